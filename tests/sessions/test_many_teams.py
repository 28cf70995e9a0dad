"""A member of many teams sees one list: in its order, each row once, for as many queries as a member of one."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from artifacts.services import store_artifact
from llmspell_web.teams.models import Membership, Team, User
from sessions import walking
from sessions.finding import Effort
from sessions.models import Session
from sessions.pages import Cursor, Order, page_rows
from sessions.services import create_session
from sessions.terms import TermReader

pytestmark = pytest.mark.django_db

ORDERS = [Order(name, descending=falling) for name in ("updated", "name") for falling in (True, False)]


@pytest.fixture
def many(owner: User, stranger: User) -> list[Team]:
    """Twelve teams with sessions, one of them the stranger's alone."""
    rng = random.Random(2)
    teams = [Team.objects.create(slug=f"t{number}", name=f"Team {number}") for number in range(11)]
    Membership.objects.bulk_create(Membership(team=team, user=owner) for team in teams)
    now = timezone.now()
    for number in range(60):
        session = create_session(owner, name=rng.choice("abc"), team=rng.choice(teams[: 1 + number // 5]))
        moment = now - timedelta(minutes=rng.randrange(40))
        Session.objects.filter(pk=session.pk).update(created_at=moment, updated_at=moment)
    create_session(stranger, name="out of sight")
    return teams


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("unions", [300, 5])
def test_every_page_goes_on_where_the_one_before_ends(
    unions: int, order: Order, owner: User, many: list[Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "UNIONS_MAX", unions)
    sign = "-" if order.descending else ""
    expected = list(Session.objects.visible_to(owner).order_by(f"{sign}{order.column}", f"{sign}id"))
    assert len(expected) == 60
    found: list[Session] = []
    after: Cursor | None = None
    while not found or after is not None:
        page = page_rows(owner, None, order, limit=7, after=after)
        found += page.rows
        after = page.next
    assert found == expected
    wanted = TermReader(owner, timezone.now(), order.column).read("text", "a")
    narrow = Effort(few=0, light=0, stretch=5, many=0)
    named = page_rows(owner, wanted, order, limit=50, effort=narrow)
    assert named.rows == [session for session in expected if session.name == "a"]
    back = page_rows(
        owner, None, order, limit=7, after=Cursor(getattr(expected[30], order.column), expected[30].pk, True)
    )
    assert back.rows == expected[23:30]


@pytest.mark.parametrize("name", ["sessions:list", "artifacts:list", "workspace:feed"])
def test_pages_cost_as_many_queries_as_for_one_team(
    name: str, client: Client, owner: User, teammate: User, many: list[Team]
) -> None:
    for author in (owner, teammate):
        store_artifact(create_session(author), actor=author, artifact_type="note", name="n", content=b"1", tags=["a"])
    costs = []
    for user in (teammate, owner):
        client.force_login(user)
        client.get(reverse(name), {"all": ""})
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name), {"all": ""}).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_box_of_artifacts_suggests_what_any_of_the_teams_has(client: Client, owner: User, many: list[Team]) -> None:
    for team, kind in ((many[0], "image/png"), (many[7], "image/gif")):
        session = create_session(owner, team=team)
        store_artifact(session, actor=owner, artifact_type="note", name="n", content=b"1", mime_type=kind)
    client.force_login(owner)
    answer = client.get(reverse("artifacts:complete"), {"q": "mime:im", "at": "7"}).json()
    assert [each["text"] for each in answer["suggestions"]] == ["mime:image/gif", "mime:image/png"]
