"""Orders and pages of the list for the browser."""

from typing import Any
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.models import Session
from sessions.pages import SESSION_COLUMNS as COLUMNS
from sessions.pages import SESSION_ORDERS, Cursor, Order, page_rows, walk_sessions
from sessions.services import create_session, delete_session
from sessions.wanted import Condition, tag_condition

pytestmark = pytest.mark.django_db

ORDERS = [f"{sign}{name}" for name in COLUMNS for sign in ("", "-")]


@pytest.fixture
def seven(owner: User) -> list[Session]:
    """With ties in every column."""
    sessions = [create_session(owner, name=f"n{number // 2} é") for number in range(7)]
    for number, session in enumerate(sessions):
        values: dict[str, Any] = {
            "created_at": sessions[number // 3].created_at,
            "updated_at": sessions[number // 2].created_at,
            "status": Session.Status.values[number % 4],
            "artifact_count": number % 3,
            "total_artifact_size": 2**40 * (number % 2),
        }
        Session.objects.filter(pk=session.pk).update(**values)
    return sessions


@pytest.mark.parametrize("text", ORDERS)
def test_key_pages_lead_there_and_back(
    text: str, owner: User, seven: list[Session], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = SESSION_ORDERS.parse(text)
    sign = "-" if order.descending else ""
    everything = list(Session.objects.order_by(f"{sign}{order.column}", f"{sign}id").values_list("pk", flat=True))
    pages: list[list[UUID]] = []
    cursor = None
    while True:
        with django_assert_num_queries(3):
            page = page_rows(owner, None, order, limit=3, after=cursor)
        pages.append([session.pk for session in page.rows])
        if page.next is None:
            break
        cursor = Cursor.parse(str(page.next), order)
    assert [key for keys in pages for key in keys] == everything
    assert [len(keys) for keys in pages] == [3, 3, 1]
    for expected in (pages[1], pages[0]):
        assert page.previous is not None
        page = page_rows(owner, None, order, limit=3, after=Cursor.parse(str(page.previous), order))
        assert [session.pk for session in page.rows] == expected
        assert page.next is not None
    assert page.previous is None


def test_a_page_stays_put_when_rows_are_added_and_taken_away(owner: User, seven: list[Session]) -> None:
    order = SESSION_ORDERS.parse("-created")
    first = page_rows(owner, None, order, limit=3)
    assert first.next is not None
    before = page_rows(owner, None, order, limit=3, after=first.next)
    create_session(owner, name="new")
    delete_session(first.rows[-1], actor=owner)
    assert page_rows(owner, None, order, limit=3, after=first.next).rows == before.rows


@pytest.mark.parametrize("wanted", [None, tag_condition("some")])
def test_a_walk_gives_everything_once_and_goes_on_where_it_was_left(
    wanted: Condition | None, owner: User, stranger: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sessions = [create_session(owner, name=f"n{number}", tags=["some"]) for number in range(7)]
    create_session(owner, name="deleted", tags=["some"])
    delete_session(create_session(owner, name="gone", tags=["some"]), actor=owner)
    create_session(stranger, name="theirs", tags=["some"])
    walk = walk_sessions(owner, wanted, size=3)
    first = next(walk)
    with django_assert_num_queries(0):
        assert [(s.tag_names, s.team.slug, s.created_by.username) for s in first] == [
            (["some"], "default", "owner")
        ] * 3
    delete_session(sessions[4], actor=owner)
    rest = [session.name for batch in walk for session in batch]
    assert [session.name for session in first] == ["n0", "n1", "n2"]
    assert rest == ["n3", "n5", "n6", "deleted"]
    again = walk_sessions(owner, wanted, after=first[-1].pk)
    assert [session.name for batch in again for session in batch] == rest


def test_strangers_see_nothing_of_it(stranger: User, seven: list[Session]) -> None:
    assert page_rows(stranger, None, Order(), limit=3).rows == []


@pytest.mark.parametrize("text", ["", "x", "after.1", "after.x.y", f"after.{10**40}.{'0' * 32}", "up.1." + "0" * 32])
def test_a_cursor_of_someone_s_making_is_refused(text: str) -> None:
    for order in ("-created", "size"):
        with pytest.raises(InvalidField, match=r"^page"):
            Cursor.parse(text, SESSION_ORDERS.parse(order))


@pytest.mark.parametrize("value", ["é", "AA", "_w", "😀"])
def test_a_cursor_of_names_holds_text_alone(value: str) -> None:
    with pytest.raises(InvalidField, match=r"^page"):
        Cursor.parse(f"after.{value}.{'0' * 32}", SESSION_ORDERS.parse("name"))


@pytest.mark.parametrize("text", ["", "id", "--name", "Name"])
def test_an_order_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidField, match=r"^sort"):
        SESSION_ORDERS.parse(text)
