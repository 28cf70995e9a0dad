"""The search box: what it finds, and where its errors point."""

from datetime import UTC, datetime, timedelta

import pytest

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.box import BoxError, read_box
from sessions.lifecycle import change_status
from sessions.models import Session
from sessions.pages import SESSION_ORDERS, find, page_rows
from sessions.services import create_session, delete_session
from sessions.terms import TermReader, read_times

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 15, 12, 30, tzinfo=UTC)


@pytest.fixture
def sessions(owner: User, teammate: User, stranger: User) -> dict[str, Session]:
    chat = create_session(
        owner,
        name="Refund chat",
        tags=["support", "a,b"],
        metadata={"ticket_id": "12345", "n": 1, "model": {"name": "m", "deep": {"on": True}}},
    )
    child = create_session(
        teammate, name="Child", description="100% of GRÜSSE", tags=["Support"], parent=chat, metadata={"model": "m"}
    )
    done = create_session(owner, name="done deal", tags=["x"], metadata={"ticket_id": 12345, "n": None})
    change_status(done, "complete", actor=owner)
    Session.objects.filter(pk=done.pk).update(created_at=NOW - timedelta(days=40))
    Session.objects.filter(pk__in=[chat.pk, child.pk]).update(created_at=NOW - timedelta(days=1))
    create_session(stranger, name="Refund of another team", tags=["support"])
    delete_session(create_session(owner, name="Refund in the trash"), actor=owner)
    return {"chat": chat, "child": child, "done": done}


def found(user: User, text: str) -> set[str]:
    condition = read_box(text, TermReader(user, NOW, "updated_at"))
    names = {"Refund chat": "chat", "Child": "child", "done deal": "done"}
    return {names[session.name] for session in find(user, condition)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "chat child done"),
        ("   ", "chat child done"),
        ("refund", "chat"),
        ("REFUND chat", "chat"),
        ('"refund chat"', "chat"),
        ('"chat refund"', ""),
        ("100%", "child"),
        ("grüsse", "child"),
        ("support", "chat child"),
        ("tag:support", "chat"),
        ('tag:"a,b"', "chat"),
        ("-tag:support", "child done"),
        ("NOT tag:support", "child done"),
        ("tag:nothing", ""),
        ("-tag:nothing", "chat child done"),
        ("status:completed", "done"),
        ("status:active,completed", "chat child done"),
        ("owner:me", "chat done"),
        ("owner:teammate", "child"),
        ("owner:nobody", ""),
        ("-owner:nobody", "chat child done"),
        ("team:default", "chat child done"),
        ("team:default refund", "chat"),
        ("-team:default", ""),
        ("team:other", ""),
        ("team:nothing", ""),
        ("-team:nothing", "chat child done"),
        ("owner:nobody OR tag:support", "chat"),
        ("team:other OR tag:support", "chat"),
        ("parent:none", "chat done"),
        ("-parent:none", "child"),
        ("meta.ticket_id:12345", "chat done"),
        ("-meta.ticket_id:12345", "child"),
        ("meta.n:null", "done"),
        ("meta.model.name:m", "chat"),
        ("meta.model.deep.on:true", "chat"),
        ("-meta.model.name:m", "child done"),
        ("meta.model:m", "child"),
        ("created:>7d", "chat child"),
        ("created:<7d", "done"),
        ("-created:>7d", "done"),
        ("created:2026-03-14", "chat child"),
        ("created:yesterday refund", "chat"),
        ("type:tool_result", ""),
        ("-type:tool_result", "chat child done"),
        ("refund OR done", "chat done"),
        ("refund OR done AND status:active", "chat"),
        ("(refund OR done) status:completed", "done"),
        ("-(refund OR done)", "child"),
        ("--refund", "chat"),
        ("text:refund", "chat"),
        ("or", "chat child"),
    ],
)
def test_finds(text: str, expected: str, owner: User, sessions: dict[str, Session]) -> None:
    assert found(owner, text) == set(expected.split())


def test_finds_by_id_and_by_parent(owner: User, sessions: dict[str, Session]) -> None:
    chat = sessions["chat"].pk
    assert found(owner, str(chat)) == found(owner, f"id:{chat}") == {"chat"}
    assert found(owner, f"parent:{chat}") == {"child"}
    assert found(owner, f"-parent:{chat}") == {"chat", "done"}


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("status:sleeping x", (0, 15), "one of active"),
        ("a colour:red", (2, 12), "one of the fields"),
        ("x created:soon", (2, 14), "a time such as"),
        ("created:2026-02-30", (0, 18), "a time such as"),
        ("a (b OR c", (9, 10), "\\) is missing"),
        ("a) b", (1, 2), "closes nothing"),
        ("a OR", (4, 5), "missing at the end"),
        ("OR a", (0, 2), "missing before OR"),
        ("a AND OR b", (6, 8), "missing before OR"),
        ("()", (1, 2), "missing before"),
        ('a "b', (2, 4), "not closed"),
        ('tag:"b', (4, 6), "not closed"),
        ("tag:", (0, 4), "characters"),
        ('""', (0, 2), "characters"),
        ("id:7", (0, 4), "invalid session id"),
        ("parent:me", (0, 9), "invalid session id"),
        ("meta.:1", (0, 7), "keys joined by dots"),
        ("meta.a..b:1", (0, 11), "keys joined by dots"),
        ("a\0b", (0, 3), "characters"),
        (" ".join(["x"] * 65), (128, 129), "at most 64"),
        ("(" * 40 + "a" + ")" * 40, (17, 18), "levels"),
        ("x" * 2001, (2000, 2001), "2000 characters"),
    ],
)
def test_an_error_points_at_the_token(text: str, place: tuple[int, int], words: str, owner: User) -> None:
    with pytest.raises(BoxError, match=words) as error:
        read_box(text, TermReader(owner, NOW, "updated_at"))
    assert (error.value.start, error.value.end) == place


DAY = datetime(2026, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("7d", NOW - timedelta(days=7), None),
        (">2h", NOW - timedelta(hours=2), None),
        ("<2w", None, NOW - timedelta(weeks=2)),
        ("today", DAY, DAY + timedelta(days=1)),
        ("2026-03-15", DAY, DAY + timedelta(days=1)),
        (">2026-03-14", DAY, None),
        (">=2026-03-15", DAY, None),
        ("<2026-03-15", None, DAY),
        ("<=2026-03-14", None, DAY),
        ("2026-03-14..2026-03-15", DAY - timedelta(days=1), DAY + timedelta(days=1)),
        (">2026-03-15T12:30", NOW, None),
        (">2026-03-15T13:30+01:00", NOW, None),
    ],
)
def test_times(text: str, start: datetime | None, end: datetime | None) -> None:
    assert read_times("created", text, NOW) == (start, end)


@pytest.mark.parametrize("text", ["", "7", "d", "2026", "1..2..3", ">", "tomorrow", "0001-01-01T00:00+23:00.."])
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(InvalidField, match=r"^created: expected a time"):
        read_times("created", text, NOW)


@pytest.mark.parametrize("order", ["-created", "-updated", "name"])
def test_an_order_does_not_change_what_is_found(order: str, owner: User, sessions: dict[str, Session]) -> None:
    by = SESSION_ORDERS.parse(order)
    for text in ("created:>7d", "updated:today OR created:<7d", "tag:support owner:me created:>7d"):
        condition = read_box(text, TermReader(owner, NOW, by.column))
        assert {s.pk for s in page_rows(owner, condition, by, limit=9).rows} == {
            sessions[name].pk for name in found(owner, text)
        }
