"""Counts beside the list: of teams, of long lists, and where counting on would take too long."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from llmspell_web.teams.models import Membership, Team, User
from sessions import facets
from sessions.access import teams_of
from sessions.box import read_box
from sessions.course import Course
from sessions.facets import FacetCount, count_facets
from sessions.finding import Effort, count_rows, some_values
from sessions.services import create_session
from sessions.session_table import SESSION_TABLE
from sessions.terms import TermReader

pytestmark = pytest.mark.django_db

FACETS = reverse("sessions:facets")
SHORT = Effort(few=0, light=0, stretch=2, many=0, at_least=True)


@pytest.fixture
def second(owner: User) -> Team:
    team = Team.objects.create(slug="second", name="Second")
    Membership.objects.create(team=team, user=owner)
    return team


def counts(client: Client, **query: str) -> dict[str, dict[str, str]]:
    lists = client.get(FACETS, query).context["facets"]
    return {title: {link.label: link.count for link in links} for title, links in lists}


def test_teams_are_counted_for_a_member_of_several(client: Client, owner: User, teammate: User, second: Team) -> None:
    create_session(owner, name="one")
    create_session(owner, name="two", team=second)
    create_session(owner, name="three", team=second)
    client.force_login(owner)
    assert counts(client)["Team"] == {"default": "1", "second": "2"}
    assert counts(client, team="second")["Team"] == {"default": "0", "second": "2"}
    assert [link.is_on for title, links in client.get(FACETS, {"team": "second"}).context["facets"] for link in links
            if title == "Team"] == [False, True]  # fmt: skip
    client.force_login(teammate)
    assert counts(client)["Team"] == {}
    assert counts(client)["Owner"] == {"owner": "1"}


def test_a_team_of_others_is_as_one_that_there_is_not(client: Client, owner: User, stranger: User) -> None:
    create_session(owner, name="mine")
    create_session(stranger, name="theirs")
    client.force_login(owner)
    for slug in ("other", "nothing"):
        page = client.get(reverse("sessions:list"), {"team": slug})
        assert page.status_code == 200
        assert page.context["page"].rows == []
    assert client.get(reverse("sessions:list"), {"team": "x" * 2000}).status_code == 422


def test_a_long_list_is_counted_value_by_value(
    owner: User, teammate: User, second: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "EXACT_MAX", 3)
    for number in range(4):
        create_session(owner, name=f"a {number}", tags=["x"], team=second if number else None)
    create_session(teammate, name="a 4")
    wanted = read_box("a", TermReader(owner, timezone.now(), "updated_at"))
    for condition in (None, wanted):
        counted = count_facets(owner, SESSION_TABLE.facets, condition, "updated_at")
        assert counted.total.text == "3+"
        assert [(count.value, count.text) for count in counted.counts["tag"]] == [("x", "3+")]
        assert (counted.counts["owner"][0].value, counted.counts["owner"][0].text) == ("owner", "3+")
        assert [(count.value, count.text) for count in counted.counts["team"]] == [("default", "2"), ("second", "3")]
        assert [count.text for count in counted.counts["status"]] == ["3+", "0", "0", "0"]


def test_what_counting_gave_up_is_said_to_be_more(owner: User) -> None:
    for number in range(6):
        create_session(owner, name=str(number), tags=["x"] if number in {0, 5} else [])
    course = Course([team.pk for team in teams_of(owner)])
    for text, expected in (("tag:x", (1, False)), ("tag:y", (0, True)), ("status:active", (4, True))):
        wanted = read_box(text, TermReader(owner, timezone.now(), "updated_at"))
        assert count_rows(course, wanted, 4, effort=SHORT) == expected
        rows, is_exact = some_values(course, wanted, 4, "name", effort=SHORT)
        assert (len(rows), is_exact) == expected
    assert FacetCount("x", 1, is_exact=False).text == "1+"
