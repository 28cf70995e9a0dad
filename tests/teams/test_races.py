"""Two requests at once, on two connections: a team keeps an admin, and a last use is one."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from llmspell_web.teams import members
from llmspell_web.teams.invitations import create_invitation, join_team
from llmspell_web.teams.models import Invitation, Membership, Team, User
from llmspell_web.web.problems import Conflict, NotFound, Problem

pytestmark = pytest.mark.django_db(transaction=True)


def beside(first: Callable[[], object], second: Callable[[], object]) -> list[Problem]:
    """`first` is done and not committed when `second` begins on a connection of its own; what `second` was told."""
    told: list[Problem] = []

    def run() -> None:
        try:
            second()
        except Problem as problem:
            told.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        thread.join(0.3)  # it has come as far as it can: to where it waits for us
    thread.join()
    return told


@pytest.fixture
def team() -> Team:
    return Team.objects.get(slug=Team.DEFAULT_SLUG)


def is_admin(user: User) -> bool:
    return Membership.objects.filter(user=user, role="admin").exists()


def leave(team: Team, user: User, other: User) -> None:
    members.end_membership(team, actor=user, user_id=user.pk)


def step_down(team: Team, user: User, other: User) -> None:
    members.change_role(team, actor=user, user_id=user.pk, role="viewer", seen="admin")


def remove(team: Team, user: User, other: User) -> None:
    members.end_membership(team, actor=user, user_id=other.pk)


@pytest.mark.parametrize("first", [leave, step_down])
@pytest.mark.parametrize("second", [leave, step_down])
def test_of_two_last_admins_one_stays(
    first: Callable[..., None], second: Callable[..., None], team: Team, make_user: Callable[..., User]
) -> None:
    one, two = make_user("one", "admin"), make_user("two", "admin")
    told = beside(lambda: first(team, one, two), lambda: second(team, two, one))
    assert [type(problem) for problem in told] == [Conflict]
    assert (is_admin(one), is_admin(two)) == (False, True)


def test_of_two_admins_who_remove_each_other_the_faster_one_stays(team: Team, make_user: Callable[..., User]) -> None:
    one, two = make_user("one", "admin"), make_user("two", "admin")
    told = beside(lambda: remove(team, one, two), lambda: remove(team, two, one))
    assert [type(problem) for problem in told] == [NotFound]
    assert (is_admin(one), is_admin(two)) == (True, False)


def test_the_last_use_is_one(team: Team, other_team: Team, make_user: Callable[..., User]) -> None:
    admin = make_user("chief", "admin")
    one, two = make_user("one", team=other_team), make_user("two", team=other_team)
    invitation, token = create_invitation(team, actor=admin, role="member", lifetime="day", uses=1)
    told = beside(lambda: join_team(token, user=one), lambda: join_team(token, user=two))
    assert [type(problem) for problem in told] == [NotFound]
    assert Invitation.objects.get(pk=invitation.pk).uses == 1
    assert set(User.objects.filter(memberships__team=team)) == {admin, one}


def test_the_same_account_twice_at_once_uses_one(team: Team, other_team: Team, make_user: Callable[..., User]) -> None:
    admin, one = make_user("chief", "admin"), make_user("one", team=other_team)
    invitation, token = create_invitation(team, actor=admin, role="member", lifetime="day", uses=2)
    assert beside(lambda: join_team(token, user=one), lambda: join_team(token, user=one)) == []
    assert Invitation.objects.get(pk=invitation.pk).uses == 1


def test_an_admin_who_is_removed_meanwhile_invites_nobody(team: Team, make_user: Callable[..., User]) -> None:
    one, two = make_user("one", "admin"), make_user("two", "admin")
    told = beside(
        lambda: remove(team, one, two),
        lambda: create_invitation(team, actor=two, role="admin", lifetime="day", uses=1),
    )
    assert [type(problem) for problem in told] == [NotFound]
    assert not Invitation.objects.exists()
