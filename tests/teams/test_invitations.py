"""Links by which people join: what they give, when they end, and that nobody learns anything from one that has."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from llmspell_web.teams.invitations import (
    OPEN_MAX,
    create_invitation,
    join_team,
    join_with_new_account,
    revoke_invitation,
)
from llmspell_web.teams.models import Invitation, Membership, Team, TeamEvent, User
from llmspell_web.web.mail import wait_until_sent
from llmspell_web.web.problems import InvalidField, NotFound
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
FORM = {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def admin(make_user: Callable[..., User]) -> User:
    return make_user("chief", Membership.Role.ADMIN)


@pytest.fixture
def invite(admin: User, default_team: Team) -> Callable[..., tuple[Invitation, str]]:
    def make(role: str = "member", uses: int = 1) -> tuple[Invitation, str]:
        return create_invitation(default_team, actor=admin, role=role, lifetime="day", uses=uses)

    return make


Invite = Callable[..., tuple[Invitation, str]]


def link(token: str) -> str:
    return reverse("teams:join", args=[token])


def test_only_a_digest_of_the_token_is_kept(invite: Invite) -> None:
    invitation, token = invite()
    assert len(token) >= 43
    assert token not in str(Invitation.objects.filter(pk=invitation.pk).values())
    assert token not in str(TeamEvent.objects.values())


def test_a_link_asks_and_a_post_joins_once(invite: Invite, stranger: User, client: Client, default_team: Team) -> None:
    invitation, token = invite("viewer", uses=2)
    client.force_login(stranger)
    page = client.get(link(token)).content.decode()
    assert "as <strong>viewer</strong>" in page
    assert "stranger" in page
    assert not stranger.memberships.filter(team=default_team).exists()
    for _ in range(2):
        assert client.post(link(token)).headers["Location"] == reverse("teams:detail", args=["default"])
    assert stranger.memberships.get(team=default_team).role == "viewer"
    invitation.refresh_from_db()
    assert (invitation.uses, invitation.last_used_at is not None) == (1, True)
    event = TeamEvent.objects.get(team=default_team, subject=stranger, details__invitation=str(invitation.pk))
    assert (event.kind, event.details["role"]) == ("joined", {"before": None, "after": "viewer"})


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_a_member_keeps_the_role_and_uses_nothing(role: str, invite: Invite, owner: User, client: Client) -> None:
    invitation, token = invite(role)
    client.force_login(owner)
    assert "already" in client.get(link(token)).content.decode()
    client.post(link(token))
    assert owner.memberships.get().role == "member"
    assert Invitation.objects.get(pk=invitation.pk).uses == 0


def test_joining_again_by_a_link_that_one_has_used_up(invite: Invite, stranger: User, client: Client) -> None:
    _, token = invite()
    client.force_login(stranger)
    client.post(link(token))
    assert client.post(link(token)).status_code == 302
    assert "already" in client.get(link(token)).content.decode()


def test_who_has_no_account_makes_one_that_is_in_this_team_alone(
    invite: Invite, other_team: Team, client: Client
) -> None:
    chief = User.objects.get(username="chief")
    Membership.objects.create(team=other_team, user=chief, role="admin")
    _, token = create_invitation(other_team, actor=chief, role="viewer", lifetime="hour", uses=1)
    sign_up = client.get(link(token)).headers["Location"]
    page = client.get(sign_up).content.decode()
    assert "Other" in page
    assert f"/login/?next={link(token)}" in page
    assert client.post(sign_up, FORM).headers["Location"] == reverse("teams:detail", args=["other"])
    user = User.objects.get(username="newcomer")
    assert [(place.team, place.role) for place in user.memberships.all()] == [(other_team, "viewer")]
    assert client.get(reverse("teams:detail", args=["other"])).context["user"] == user
    assert user.check_password(PASSWORD)


def test_logging_in_leads_back_to_the_question(invite: Invite, stranger: User, client: Client) -> None:
    _, token = invite()
    form = {"username": "stranger", "password": PASSWORD, "next": link(token)}
    assert client.post(reverse("teams:login"), form).headers["Location"] == link(token)
    assert client.get(reverse("teams:sign_up", args=[token])).headers["Location"] == link(token)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password1": "12345678", "password2": "12345678"}, "too common"),
        ({"password2": "other"}, "didn’t match"),
        ({"username": "CHIEF"}, "already exists"),
        ({"username": "a b"}, "valid username"),
    ],
)
def test_what_is_wrong_is_said_and_no_account_is_made(
    change: dict[str, str], words: str, invite: Invite, client: Client
) -> None:
    invitation, token = invite()
    response = client.post(reverse("teams:sign_up", args=[token]), FORM | change)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert User.objects.count() == 1
    assert Invitation.objects.get(pk=invitation.pk).uses == 0


def test_a_name_that_was_taken_meanwhile(invite: Invite, owner: User) -> None:
    invitation, token = invite()
    with pytest.raises(InvalidField, match=r"^username: expected a name that nobody has"):
        join_with_new_account(token, username="owner", password=PASSWORD)
    assert Invitation.objects.get(pk=invitation.pk).uses == 0


def expire(invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def revoke(invitation: Invitation) -> None:
    revoke_invitation(invitation, actor=invitation.created_by)


def use_up(invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(uses=1)


@pytest.mark.parametrize("end", [expire, revoke, use_up, Invitation.delete, None])
def test_every_ended_link_looks_alike_and_gives_nothing(
    end: Callable[[Invitation], object] | None, invite: Invite, stranger: User, client: Client
) -> None:
    Team.objects.filter(slug=Team.DEFAULT_SLUG).update(name="Telltale")
    invitation, token = invite()
    if end:
        end(invitation)
    else:
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    for url in (link(token), reverse("teams:sign_up", args=[token])):
        for answer in (client.get(url), client.post(url, FORM)):
            assert answer.status_code == 404
            assert "This invitation is not valid, or not any more" in answer.content.decode()
            assert "Telltale" not in answer.content.decode()
    client.force_login(stranger)
    assert client.get(link(token)).status_code == client.post(link(token)).status_code == 404
    with pytest.raises(NotFound):
        join_team(token, user=stranger)
    assert User.objects.count() == 2
    assert stranger.memberships.count() == 1


def test_a_team_that_is_renamed_meanwhile_is_the_same(invite: Invite, stranger: User, default_team: Team) -> None:
    _, token = invite()
    Team.objects.filter(pk=default_team.pk).update(name="Other words")
    assert join_team(token, user=stranger).team == default_team


@pytest.mark.parametrize(
    ("field", "value"), [("role", "owner"), ("lifetime", "year"), ("uses", 0), ("uses", 101), ("uses", 2**70)]
)
def test_what_an_invitation_cannot_be(field: str, value: object, admin: User, default_team: Team) -> None:
    given = {"role": "member", "lifetime": "day", "uses": 1} | {field: value}
    with pytest.raises(InvalidField, match=f"^{field}: expected "):
        create_invitation(default_team, actor=admin, **given)  # type: ignore[arg-type]  # what it must refuse
    assert not Invitation.objects.exists()


def test_a_team_has_only_so_many_open_at_once(invite: Invite, admin: User, client: Client) -> None:
    first, _ = invite()
    for _ in range(OPEN_MAX - 1):
        invite()
    client.force_login(admin)
    url, form = reverse("teams:invite", args=["default"]), {"role": "member", "lifetime": "day", "uses": "1"}
    response = client.post(url, form)
    assert (response.status_code, "This team has 50 open" in response.content.decode()) == (422, True)
    revoke_invitation(first, actor=admin)
    assert client.post(url, form).status_code == 200


def test_an_invitation_is_sent_where_mail_is_set_up(
    admin: User, default_team: Team, client: Client, settings: Settings
) -> None:
    client.force_login(admin)
    form = {"role": "member", "lifetime": "day", "uses": "1", "email": "new@example.com"}
    path = reverse("teams:invite", args=[default_team.slug])
    assert "Send to" not in client.get(path).content.decode()
    client.post(path, form)
    wait_until_sent()
    assert mail.outbox == []
    settings.SENDS_MAIL = True
    default_team.name = "Über <b> & Söhne"
    default_team.save()
    page = client.post(path, form)
    wait_until_sent()
    (message,) = mail.outbox
    assert message.to == ["new@example.com"]
    assert page.context["link"] in str(message.body)
    assert "chief invites you to the team Über <b> & Söhne on LLMSpell, as member" in str(message.body)
    assert client.post(path, form | {"email": "no"}).status_code == 422
    assert {client.post(path, form | {"email": "x@example.com"}).status_code for _ in range(29)} == {200}
    assert client.post(path, form).status_code == 429
