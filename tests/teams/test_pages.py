"""The pages of teams, as a browser without JavaScript uses them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from llmspell_web.teams import members
from llmspell_web.teams.invitations import create_invitation
from llmspell_web.teams.models import Invitation, Membership, Team, User
from llmspell_web.teams.services import private_team
from sessions.models import Session
from sessions.saved_views import create_view
from sessions.services import create_session
from sessions.session_table import SESSION_TABLE

pytestmark = pytest.mark.django_db
TEAM = reverse("teams:detail", args=["default"])


@pytest.fixture
def admin(make_user: Callable[..., User]) -> User:
    return make_user("chief", Membership.Role.ADMIN)


@pytest.fixture
def office(client: Client, admin: User) -> Client:
    """A browser in which an admin is logged in."""
    client.force_login(admin)
    return client


def test_everybody_in_the_team_sees_its_members_and_admins_alone_the_invitations(
    office: Client, admin: User, owner: User, viewer: User, default_team: Team
) -> None:
    create_invitation(default_team, actor=admin, role="member", lifetime="day", uses=3)
    page = office.get(TEAM).content.decode()
    assert "3 of 3" in page
    assert all(f"<bdi>{name}</bdi>" in page for name in ("chief", "owner", "viewer"))
    office.force_login(viewer)
    page = office.get(TEAM).content.decode()
    assert all(f"<bdi>{name}</bdi>" in page for name in ("chief", "owner", "viewer"))
    assert "3 of 3" not in page
    assert "<select" not in page
    assert "Invite" not in page


@pytest.mark.parametrize("size", [1, 12])
def test_the_pages_cost_the_same_whatever_they_hold(
    size: int,
    office: Client,
    admin: User,
    make_user: Callable[..., User],
    default_team: Team,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for number in range(size):
        make_user(f"user{number}")
        members.create_team(admin, name=f"Team {number}")
        create_invitation(default_team, actor=admin, role="member", lifetime="day", uses=3)
        ended, _ = create_invitation(default_team, actor=admin, role="member", lifetime="day", uses=3)
        Invitation.objects.filter(pk=ended.pk).update(uses=3)
    with django_assert_num_queries(7):  # who asks, place, members, invitations, the header's session
        office.get(TEAM)
    with django_assert_num_queries(4):
        office.get(reverse("teams:list"))
    with django_assert_num_queries(3):
        office.get(reverse("teams:list"), headers={"hx-request": "true"})


def test_a_new_team_and_its_name_beside_the_field(office: Client) -> None:
    url = reverse("teams:create")
    assert office.post(url, {"name": "  "}).status_code == office.post(url).status_code == 422
    response = office.post(url, {"name": "two\u2028lines"})
    assert (response.status_code, "Name: expected 1 to 80 visible" in response.content.decode()) == (422, True)
    response = office.post(url, {"name": "<b>Ops</b>"})
    page = office.get(response.headers["Location"]).content.decode()
    assert "&lt;b&gt;Ops&lt;/b&gt;" in page
    assert "<b>Ops" not in page


def test_renaming(office: Client) -> None:
    assert office.post(f"{TEAM}rename", {"name": "x" * 81}).status_code == 422
    assert office.post(f"{TEAM}rename", {"name": "Research"}).headers["Location"] == TEAM
    assert "<bdi>Research</bdi>" in office.get(TEAM).content.decode()


def test_a_role_is_changed_and_who_comes_second_is_told(office: Client, teammate: User) -> None:
    url = reverse("teams:role", args=["default", teammate.pk])
    office.post(url, {"role": "viewer", "seen": "member"})
    assert teammate.memberships.get().role == "viewer"
    response = office.post(url, {"role": "admin", "seen": "member"})
    assert response.status_code == 409
    assert "teammate is viewer now" in response.content.decode()
    assert office.post(url, {"role": "chef", "seen": "viewer"}).status_code == 422
    assert office.post(url, {}).status_code == 422
    assert teammate.memberships.get().role == "viewer"


def test_removing_asks_once_and_open_pages_are_gone(office: Client, admin: User, owner: User) -> None:
    session = create_session(owner)
    theirs = Client()
    theirs.force_login(owner)
    assert theirs.get(session.get_absolute_url()).status_code == 200
    url = reverse("teams:remove", args=["default", owner.pk])
    assert "Remove <bdi>owner</bdi> from" in office.get(url).content.decode()
    assert owner.memberships.exists()
    assert office.post(url).headers["Location"] == TEAM
    for page in (session.get_absolute_url(), TEAM):
        assert theirs.get(page).status_code == 404
    assert office.post(url).status_code == 404


def test_leaving(visitor: Client, owner: User) -> None:
    url = reverse("teams:remove", args=["default", owner.pk])
    assert "Leave <bdi>Team</bdi>?" in visitor.get(url).content.decode()
    assert visitor.post(url).headers["Location"] == reverse("teams:list")
    assert "You are in no team" in visitor.get(reverse("teams:list")).content.decode()


def test_the_last_admin_is_told_so_before_and_after(office: Client, admin: User) -> None:
    url = reverse("teams:remove", args=["default", admin.pk])
    page = office.get(url).content.decode()
    assert "Make somebody else an admin first" in page
    assert "Leave team</button>" not in page
    assert office.post(url).status_code == 409


def test_the_link_is_shown_once_and_can_be_revoked(office: Client, stranger: User) -> None:
    url = reverse("teams:invite", args=["default"])
    assert office.post(url, {"role": "member", "lifetime": "day", "uses": "0"}).status_code == 422
    response = office.post(url, {"role": "member", "lifetime": "week", "uses": "2"})
    assert "no-store" in response.headers["Cache-Control"]
    link = re.search(r"http://testserver(/join/[\w-]+/)", response.content.decode())
    assert link
    token = link[1].split("/")[2]
    assert token not in office.get(TEAM).content.decode()
    revoke = reverse("teams:revoke", args=["default", Invitation.objects.get().pk])
    assert "2 of 2 uses left" in office.get(revoke).content.decode()
    assert office.post(revoke).headers["Location"] == TEAM
    assert office.post(revoke).status_code == 404
    theirs = Client()
    theirs.force_login(stranger)
    assert theirs.get(link[1]).status_code == 404
    assert "Revoked" in office.get(TEAM).content.decode()


def test_an_invitation_of_another_team_is_not_there(office: Client, admin: User, other_team: Team) -> None:
    Membership.objects.create(team=other_team, user=admin, role="admin")
    invitation, _ = create_invitation(other_team, actor=admin, role="member", lifetime="day", uses=1)
    assert office.post(reverse("teams:revoke", args=["default", invitation.pk])).status_code == 404
    assert Invitation.objects.get().revoked_at is None


def test_the_switch_in_the_header_says_where_new_sessions_go(visitor: Client, owner: User) -> None:
    team = members.create_team(owner, name="Support")
    switch = visitor.get(reverse("teams:list") + "?next=/runs/", headers={"hx-request": "true"}).content.decode()
    assert re.findall(r'aria-current="true">.*?<bdi>(.*?)</bdi>', switch, re.DOTALL) == ["Team"]
    response = visitor.post(reverse("teams:use", args=[team.slug]), {"next": "/runs/"})
    assert response.headers["Location"] == "/runs/"
    assert "The team <bdi>Support</bdi> will see it" in visitor.get(reverse("sessions:create")).content.decode()
    other_browser = Client()
    other_browser.force_login(owner)
    other_browser.post(reverse("sessions:create"), {"name": "New", "metadata": "{}"})
    assert Session.objects.get().team == team


def test_a_private_team_has_no_pages(visitor: Client, owner: User) -> None:
    team = private_team(owner)
    for name in ("detail", "rename", "invite"):
        assert visitor.get(reverse(f"teams:{name}", args=[team.slug])).status_code == 404
    assert team.slug not in visitor.get(reverse("teams:list")).content.decode()


def test_a_teams_view_that_was_ones_default_is_gone_with_the_team(
    visitor: Client, admin: User, owner: User, default_team: Team
) -> None:
    view = create_view(admin, SESSION_TABLE, name="Telltale", query="status=active", team_id=default_team.pk)
    visitor.post(reverse("sessions:view_default", args=[view.pk]))
    assert "Telltale" in visitor.get(reverse("sessions:list"), follow=True).content.decode()
    members.end_membership(default_team, actor=admin, user_id=owner.pk)
    response = visitor.get(reverse("sessions:list"))
    assert response.status_code == 200
    assert "Telltale" not in response.content.decode()
