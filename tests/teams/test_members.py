"""Who may change what about a team and its members, and what becomes of what somebody leaves behind."""

from collections.abc import Callable
from typing import Any

import pytest

from llmspell_web.teams import members
from llmspell_web.teams.invitations import create_invitation, list_open
from llmspell_web.teams.models import Membership, Team, TeamEvent, User
from llmspell_web.teams.services import find_private_team
from llmspell_web.web.problems import Conflict, Forbidden, InvalidField, NotFound
from sessions.access import get_current_session, get_session, team_for_new_session
from sessions.placement import place_session
from sessions.services import create_session, set_current_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(make_user: Callable[..., User]) -> User:
    return make_user("chief", Membership.Role.ADMIN)


def role_of(user: User, team: Team) -> str | None:
    return Membership.objects.filter(user=user, team=team).values_list("role", flat=True).first()


def events(team: Team) -> list[tuple[str, User, User | None, dict[str, Any]]]:
    """Those behind the accounts' own joining, the oldest first."""
    rows = TeamEvent.objects.filter(team=team).exclude(kind="joined").order_by("pk")
    return [(event.kind, event.actor, event.subject, event.details) for event in rows]


def test_whoever_makes_a_team_is_its_admin(owner: User) -> None:
    team = members.create_team(owner, name="  Support  ")
    assert (team.name, team.slug.startswith("support-"), role_of(owner, team)) == ("Support", True, "admin")
    made = {"name": {"before": None, "after": "Support"}, "role": {"before": None, "after": "admin"}}
    assert events(team) == [("created", owner, owner, made)]


@pytest.mark.parametrize(
    "name",
    ["<b>bold</b>", "Ünïcode 团队 🚀", "\u202etxt.exe", "~ada", "new", "private-0", "x" * 80, "a/b"],
)
def test_a_hostile_name_is_text_and_never_an_address(name: str, owner: User) -> None:
    first, second = members.create_team(owner, name=name), members.create_team(owner, name=name)
    assert first.name == second.name == name
    assert first.slug != second.slug
    for team in (first, second):
        assert team.slug.isascii()
        assert team.slug.replace("-", "").replace("_", "").isalnum()
        assert len(team.slug) <= 50


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "two\nlines", "nul\0", "\u2028", "a\u2029b", "\u200b", "\ud800"])
def test_a_name_that_is_none_is_refused(name: str, owner: User) -> None:
    team = members.create_team(owner, name="Kept")
    with pytest.raises(InvalidField, match=r"^name: expected 1 to 80 visible characters on one line, got "):
        members.create_team(owner, name=name)
    with pytest.raises(InvalidField):
        members.rename_team(team, actor=owner, name=name)
    assert Team.objects.get(pk=team.pk).name == "Kept"


def test_a_renamed_team_keeps_its_slug(admin: User, default_team: Team) -> None:
    assert members.rename_team(default_team, actor=admin, name="Research").slug == "default"
    members.rename_team(default_team, actor=admin, name="Research")
    assert events(default_team) == [("renamed", admin, None, {"name": {"before": "Team", "after": "Research"}})]


def test_an_admin_changes_roles(admin: User, teammate: User, default_team: Team) -> None:
    members.change_role(default_team, actor=admin, user_id=teammate.pk, role="viewer", seen="member")
    assert role_of(teammate, default_team) == "viewer"
    changed = {"role": {"before": "member", "after": "viewer"}}
    assert events(default_team) == [("role_changed", admin, teammate, changed)]


def test_who_comes_second_is_told(admin: User, teammate: User, default_team: Team) -> None:
    members.change_role(default_team, actor=admin, user_id=teammate.pk, role="viewer", seen="member")
    with pytest.raises(Conflict, match="teammate is viewer now"):
        members.change_role(default_team, actor=admin, user_id=teammate.pk, role="admin", seen="member")
    members.change_role(default_team, actor=admin, user_id=teammate.pk, role="viewer", seen="member")
    assert (role_of(teammate, default_team), len(events(default_team))) == ("viewer", 1)


def test_a_role_that_there_is_not(admin: User, teammate: User, default_team: Team) -> None:
    with pytest.raises(InvalidField, match="one of viewer, member, admin"):
        members.change_role(default_team, actor=admin, user_id=teammate.pk, role="owner", seen="member")


def test_only_admins_change_anything(
    owner: User, viewer: User, teammate: User, stranger: User, default_team: Team
) -> None:
    for actor, problem in ((owner, Forbidden), (viewer, Forbidden), (stranger, NotFound)):
        with pytest.raises(problem):
            members.rename_team(default_team, actor=actor, name="Mine")
        with pytest.raises(problem):
            members.change_role(default_team, actor=actor, user_id=actor.pk, role="admin", seen="member")
        with pytest.raises(problem):
            members.end_membership(default_team, actor=actor, user_id=teammate.pk)
        with pytest.raises(problem):
            create_invitation(default_team, actor=actor, role="admin", lifetime="day", uses=1)
    assert events(default_team) == []


def test_nobody_is_let_into_what_is_private(owner: User) -> None:
    place_session(create_session(owner), actor=owner, team=find_private_team(owner), owner=owner)
    private = owner.private_team
    with pytest.raises(NotFound):
        create_invitation(private, actor=owner, role="viewer", lifetime="day", uses=1)
    with pytest.raises(NotFound):
        members.end_membership(private, actor=owner, user_id=owner.pk)


def test_the_last_admin_stays(admin: User, teammate: User, default_team: Team) -> None:
    with pytest.raises(Conflict, match="chief is the last admin of this team and cannot leave"):
        members.end_membership(default_team, actor=admin, user_id=admin.pk)
    with pytest.raises(Conflict, match="cannot get another role"):
        members.change_role(default_team, actor=admin, user_id=admin.pk, role="viewer", seen="admin")
    members.change_role(default_team, actor=admin, user_id=teammate.pk, role="admin", seen="member")
    members.end_membership(default_team, actor=admin, user_id=admin.pk)
    assert (role_of(admin, default_team), role_of(teammate, default_team)) == (None, "admin")


def test_an_admin_who_cannot_log_in_is_nobodys_last_admin(admin: User, teammate: User, default_team: Team) -> None:
    members.change_role(default_team, actor=admin, user_id=teammate.pk, role="admin", seen="member")
    teammate.is_active = False
    teammate.save()
    with pytest.raises(Conflict):
        members.end_membership(default_team, actor=admin, user_id=admin.pk)


def test_what_somebody_made_stays_and_is_out_of_their_sight(
    admin: User, owner: User, teammate: User, default_team: Team
) -> None:
    session = create_session(owner, name="Made here")
    private = create_session(owner, name="Own")
    place_session(private, actor=owner, team=find_private_team(owner), owner=owner)
    set_current_session(owner, session)
    members.end_membership(default_team, actor=admin, user_id=owner.pk)
    assert events(default_team) == [("removed", admin, owner, {"role": {"before": "member", "after": None}})]
    assert get_session(teammate, session.pk).created_by == owner
    assert get_current_session(owner) is None
    with pytest.raises(NotFound):
        get_session(owner, session.pk)
    assert get_session(owner, private.pk).name == "Own"


def test_whoever_is_removed_or_no_admin_any_more_leaves_no_link_open(
    admin: User, owner: User, teammate: User, default_team: Team
) -> None:
    members.change_role(default_team, actor=admin, user_id=owner.pk, role="admin", seen="member")
    theirs, _ = create_invitation(default_team, actor=owner, role="admin", lifetime="month", uses=9)
    own, _ = create_invitation(default_team, actor=admin, role="member", lifetime="month", uses=9)
    members.change_role(default_team, actor=admin, user_id=owner.pk, role="member", seen="admin")
    assert list(list_open(default_team)) == [own]
    members.end_membership(default_team, actor=teammate, user_id=teammate.pk)
    assert list(list_open(default_team)) == [own]
    members.end_membership(default_team, actor=admin, user_id=owner.pk)
    assert not list_open(default_team)
    revoked = [details["invitation"] for kind, _, _, details in events(default_team) if kind == "revoked"]
    assert revoked == [str(theirs.pk), str(own.pk)]


def test_new_sessions_go_to_the_chosen_team_while_one_may_create_there(owner: User, default_team: Team) -> None:
    chosen = members.create_team(owner, name="Chosen")
    assert team_for_new_session(owner, None) == owner.default_team == default_team
    members.choose_team(owner, chosen.slug)
    again = User.objects.get(pk=owner.pk)
    assert create_session(again).team == again.default_team == chosen
    Membership.objects.filter(team=chosen, user=owner).update(role="viewer")
    assert team_for_new_session(again, None) == again.default_team == default_team
    with pytest.raises(Forbidden):
        members.choose_team(owner, chosen.slug)
    Membership.objects.filter(team=chosen, user=owner).delete()
    assert team_for_new_session(again, None) == again.default_team == default_team


def test_without_any_team_it_is_said(stranger: User, other_team: Team) -> None:
    members.end_membership(other_team, actor=stranger, user_id=stranger.pk)
    with pytest.raises(NotFound, match="you belong to no team: "):
        create_session(stranger)


def test_every_new_account_leaves_an_event(default_team: Team) -> None:
    account = User.objects.create_user("newcomer")
    event = TeamEvent.objects.get(team=default_team, subject=account)
    assert (event.kind, event.actor) == ("joined", account)
    assert event.details == {"role": {"before": None, "after": "member"}}
