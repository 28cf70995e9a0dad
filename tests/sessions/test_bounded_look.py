"""What hardly anything matches is looked for a part of the list at a time."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from llmspell_web.teams.models import User
from sessions.finding import GLANCE, Effort
from sessions.models import NO_KEY, Session
from sessions.pages import Cursor, Order, page_rows
from sessions.services import create_session
from sessions.terms import TermReader

pytestmark = pytest.mark.django_db
NARROW = Effort(few=0, light=0, stretch=10, many=0, bounded=True)


@pytest.mark.parametrize("order", [Order("name", descending=True), Order("name", descending=False)], ids=str)
def test_a_bounded_look_leads_on_to_every_match(owner: User, order: Order) -> None:
    for number in range(60):
        create_session(owner, name=f"{number:02}", description="rare" if number % 25 == 7 else "common")
    wanted = ~TermReader(owner, timezone.now(), "name").read("text", "common")
    found: list[str] = []
    pages, cursor = 0, None
    while pages == 0 or cursor is not None:
        page = page_rows(owner, wanted, order, limit=5, after=cursor, effort=NARROW)
        found += [session.name for session in page.rows]
        pages, cursor = pages + 1, page.next
        assert page.is_cut == (cursor is not None)
    assert found == sorted(["07", "32", "57"], reverse=order.descending)
    assert pages == 6
    back = page_rows(owner, wanted, order, limit=5, after=Cursor("32", NO_KEY, backwards=True), effort=NARROW)
    assert back.is_cut
    assert back.previous is not None
    full = page_rows(owner, None, order, limit=5, effort=NARROW)
    assert (len(full.rows), full.is_cut) == (5, False)


def test_the_list_says_that_it_looked_through_a_part(visitor: Client, owner: User) -> None:
    team, now = owner.default_team, timezone.now()
    Session.objects.bulk_create(
        Session(team=team, created_by=owner, name=f"{number}", description="common", created_at=now, updated_at=now)
        for number in range(GLANCE.stretch + 10)
    )
    rare = create_session(owner, name="rare")
    Session.objects.filter(pk=rare.pk).update(updated_at=now - timedelta(days=1))
    response = visitor.get(reverse("sessions:list"), {"q": "-common"})
    assert "None so far" in response.content.decode()
    further = visitor.get(reverse("sessions:list"), {"q": "-common", "page": str(response.context["page"].next)})
    assert [session.pk for session in further.context["page"].rows] == [rare.pk]
    again = visitor.get(
        reverse("sessions:list"),
        {"q": "-common", "page": str(response.context["page"].next)},
        headers={"HX-Request": "true"},
    )
    assert again.headers["HX-Replace-Url"].startswith("/sessions/?q=-common&page=")
