"""What a list that is looked at is told: which rows changed, what came, what left, and nothing of others' sessions."""

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from artifacts.services import store_artifact
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web.problems import InvalidField
from sessions import live
from sessions.lifecycle import change_status
from sessions.live import News, Position, ShownList, current_position, read_news
from sessions.models import Session, SessionEvent
from sessions.pages import Order
from sessions.services import create_session, delete_session, update_session
from sessions.session_columns import COLUMNS, list_rows
from sessions.terms import TermReader
from sessions.wanted import Condition

pytestmark = pytest.mark.django_db
# The log-in session and the account.
LOG_IN_QUERIES = 2


def term(user: User, field: str, value: str) -> Condition:
    return TermReader(user, timezone.now(), "updated_at").read(field, value)


def look(
    user: User, position: Position, *rows: Session, wanted: Condition | None = None, order: Order | None = None
) -> News:
    news = read_news(ShownList(user, wanted, order or Order(), frozenset(row.pk for row in rows)), position)
    assert news is not None
    return news


def write_events(session: Session, *numbers: int | None) -> None:
    """Each under its id; None: under the next."""
    first = session.events.count() + 1
    SessionEvent.objects.bulk_create(
        SessionEvent(
            pk=key,
            session=session,
            team=session.team,
            number=n,
            kind="saved",
            actor=session.created_by,
            at=timezone.now(),
        )
        for n, key in enumerate(numbers, first)
    )
    Session.objects.filter(pk=session.pk).update(event_count=first + len(numbers) - 1)


def test_a_row_that_changed_comes_as_it_is_now(owner: User, teammate: User) -> None:
    shown = [create_session(owner, name=name, tags=["a"]) for name in ("one", "two")]
    position = current_position()
    update_session(shown[0], actor=teammate, name="renamed", tags=["b", "c"])
    store_artifact(shown[0], actor=teammate, artifact_type="x", name="x", content=b"x")
    news = look(owner, position, *shown)
    assert [(row.name, row.tag_names, row.artifact_count) for row in news.rows] == [("renamed", ["b", "c"], 1)]
    assert news.states == {shown[0].pk: "matches"}
    assert [news.created, news.changed, news.left] == [[], [], []]
    assert read_news(ShownList(owner, None, Order(), frozenset()), news.position) is None


def test_what_left_the_list_is_told_apart(owner: User) -> None:
    suspended, trashed, elsewhere = (create_session(owner, name=name) for name in "abc")
    position = current_position()
    change_status(suspended, "suspend", actor=owner)
    delete_session(trashed, actor=owner)
    change_status(elsewhere, "suspend", actor=owner)
    news = look(owner, position, suspended, trashed, wanted=term(owner, "status", "active"))
    assert news.states == {suspended.pk: "unmatched", trashed.pk: "trashed"}
    assert news.rows == [suspended]
    assert news.left == [elsewhere.pk]


def test_new_and_changed_sessions_are_announced_where_they_belong_to_the_list(owner: User) -> None:
    old = create_session(owner, name="old")
    position = current_position()
    new, other = create_session(owner, name="new", tags=["x"]), create_session(owner, name="other")
    update_session(old, actor=owner, tags=["x"])
    by_tag = look(owner, position, wanted=term(owner, "tag", "x"))
    assert (by_tag.created, by_tag.changed, by_tag.left) == ([new.pk], [old.pk], [other.pk])
    everything = look(owner, position)
    assert (set(everything.created), everything.changed) == ({new.pk, other.pk}, [old.pk])
    by_name = look(owner, position, order=Order("name", False))
    assert (set(by_name.created), by_name.changed) == ({new.pk, other.pk}, [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "active"),
        ("tag", "support"),
        ("owner", "me"),
        ("created", "today"),
        ("updated", ">1h"),
        ("parent", "none"),
        ("meta.ticket.id", "12345"),
        ("type", "tool_result"),
        ("text", "refünd"),
    ],
)
def test_every_filter_is_asked_of_what_changed(owner: User, teammate: User, field: str, value: str) -> None:
    position = current_position()
    parent = create_session(teammate, name="other")
    change_status(parent, "suspend", actor=teammate)
    fits = create_session(owner, name="Refünd", tags=["support"], metadata={"ticket": {"id": "12345"}})
    store_artifact(fits, actor=owner, artifact_type="tool_result", name="x", content=b"x")
    news = look(owner, position, wanted=term(owner, field, value))
    assert fits.pk in news.created
    assert (parent.pk in news.left) == (field not in {"created", "updated", "parent"})
    without = look(owner, position, wanted=~term(owner, field, value))
    assert fits.pk in without.left


def test_a_filter_that_nothing_fits_is_no_mistake(owner: User) -> None:
    position = current_position()
    session = create_session(owner)
    nobody = term(owner, "owner", "nobody")
    assert look(owner, position, wanted=nobody).left == [session.pk]
    assert look(owner, position, wanted=~nobody).created == [session.pk]


def test_strangers_are_told_nothing(owner: User, stranger: User) -> None:
    session = create_session(owner, name="secret")
    position = current_position()
    update_session(session, actor=owner, name="more secret")
    delete_session(create_session(owner, name="gone"), actor=owner)
    missing = Session(name="never saved")
    news = look(stranger, position, session, missing)
    assert news.states == {session.pk: "gone", missing.pk: "gone"}
    assert [*news.rows, *news.created, *news.changed, *news.left] == []
    assert look(stranger, position).is_empty
    assert news.position.last == current_position().last
    viewed = look(owner, position, session)
    assert not viewed.is_empty


def test_nothing_new_costs_two_queries(owner: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    rows = [create_session(owner).pk for _ in range(20)]
    delete_session(Session.objects.get(pk=rows[0]), actor=owner)
    position = current_position()
    for shown, queries in (([], 1), (rows[:1], 2), (rows, 2)):
        with django_assert_num_queries(queries):
            list_shown = ShownList(owner, term(owner, "tag", "x"), Order(), frozenset(shown))
            assert read_news(list_shown, position) is None


def test_a_membership_that_ends_takes_the_rows_along_though_nothing_happened(
    owner: User, teammate: User, other_team: Team
) -> None:
    lost = create_session(owner)
    Membership.objects.create(team=other_team, user=teammate, role=Membership.Role.MEMBER)
    kept = create_session(teammate, team=other_team)
    position = current_position()
    Membership.objects.filter(user=teammate, team=lost.team).delete()
    news = look(teammate, position, lost, kept)
    assert news.states == {lost.pk: "gone"}
    assert news.position == position
    assert [*news.rows, *news.created, *news.changed, *news.left] == []
    assert read_news(ShownList(teammate, None, Order(), frozenset({kept.pk})), position) is None  # told once


def test_the_queries_do_not_grow_with_what_happened(
    owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    position = current_position()
    shown = [create_session(owner, name=str(number), tags=["a", "b"]) for number in range(20)]
    delete_session(shown[0], actor=owner)
    for rows in (shown[:2], shown):
        with django_assert_num_queries(4):  # events, states, rows, their tags
            list_rows(owner, look(owner, position, *rows).rows, COLUMNS.usual)


def test_thousands_of_foreign_events_are_read_in_bounded_steps(
    owner: User, stranger: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    position = current_position()
    theirs = create_session(stranger)
    write_events(theirs, *[None] * (3 * live.EVENTS_AT_ONCE))
    mine = create_session(owner)
    steps: list[News] = []
    while not steps or steps[-1].more:
        with django_assert_max_num_queries(3):  # events, how far the newest is, states
            steps.append(look(owner, position))
        position = steps[-1].position
    assert [step.created for step in steps] == [[], [], [], [mine.pk]]


def test_who_was_away_for_too_long_gets_the_rows_and_is_told(
    owner: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EVENTS_AT_ONCE", 5)
    monkeypatch.setattr(live, "AWAY_EVENTS", 20)
    shown, trashed, theirs = create_session(owner, name="old"), create_session(owner), create_session(stranger)
    position = current_position()
    update_session(shown, actor=owner, name="new")
    delete_session(trashed, actor=owner)
    for number in range(30):
        update_session(theirs, actor=stranger, name=str(number))
    news = look(owner, position, shown, trashed, theirs)
    assert news.away
    assert [row.name for row in news.rows] == ["new"]
    assert news.states == {shown.pk: "matches", trashed.pk: "trashed", theirs.pk: "gone"}
    assert news.position == current_position()


def test_events_that_become_visible_late_are_not_missed(owner: User) -> None:
    first, late = create_session(owner), create_session(owner)
    position = current_position()
    last = position.last
    write_events(first, last + 4, last + 9)
    news = look(owner, position, first, late)
    assert set(news.states) == {first.pk}
    assert news.position == Position(last + 9, ((last + 1, last + 3), (last + 5, last + 8)))
    write_events(late, last + 2)
    news = look(owner, news.position, first, late)
    assert set(news.states) == {late.pk}
    assert news.position.gaps == ((last + 1, last + 1), (last + 3, last + 3), (last + 5, last + 8))
    assert Position.parse(str(news.position)) == news.position
    assert read_news(ShownList(owner, None, Order(), frozenset()), news.position) is None


@pytest.mark.django_db(transaction=True)
def test_whoever_commits_last_is_told_of_once(owner: User) -> None:
    """The first to write its event is the last to commit it; on SQLite the second has to wait for it."""
    has_written, may_commit = threading.Event(), threading.Event()

    def write(name: str, *, waits: bool) -> None:
        with transaction.atomic():
            create_session(owner, name=name)
            has_written.set()
            assert not waits or may_commit.wait(20)
        connection.close()

    position = current_position()
    first = threading.Thread(target=write, args=["first"], kwargs={"waits": True})
    second = threading.Thread(target=write, args=["second"], kwargs={"waits": False})
    first.start()
    assert has_written.wait(20)
    second.start()
    second.join(1)
    told: list[UUID] = []
    for release in (False, True):
        if release:
            may_commit.set()
            first.join()
            second.join()
        news = read_news(ShownList(owner, None, Order(), frozenset()), position)
        told += news.created if news else []
        position = news.position if news else position
    assert len(told) == 2
    assert set(told) == set(Session.objects.values_list("pk", flat=True))


def test_a_first_position_knows_what_is_missing_below_it(owner: User) -> None:
    session = create_session(owner)
    last = current_position().last
    write_events(session, last + 3)
    assert current_position().gaps[-1] == (last + 1, last + 2)


def test_gaps_that_are_never_filled_do_not_pile_up(owner: User) -> None:
    session = create_session(owner)
    position = current_position()
    for _ in range(2):
        write_events(session, *range(position.last + 2, position.last + 402, 2))
        position = look(owner, position).position
    assert len(position.gaps) == live.GAPS_MAX
    assert position.gaps[-1] == (position.last - 1, position.last - 1)
    assert Position.parse(str(position)) == position
    assert len(str(position)) < 2000
    assert read_news(ShownList(owner, None, Order(), frozenset()), position) is None


BAD_POSITIONS = (
    "x -1 9. 9.2 9.2- 9.2-1-1 9.a-b 9-9 9.0-1 9.9-1 9.2-3 9.2-0 9.2-9223372036854775807 9223372036854775808 1_0 ²"
)


@pytest.mark.parametrize("text", ["", "9" * 30, "9" + ".2-1" * 257, *BAD_POSITIONS.split()])
def test_a_position_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(InvalidField):
        Position.parse(text)


def ask(client: Client, after: Position, **query: Any) -> Any:
    return client.get(reverse("sessions:list_live"), {"after": str(after), **query})


def test_the_answer_for_the_page(
    client: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(owner)
    session = create_session(owner, name="<b>shown</b>")
    page = client.get(reverse("sessions:list"), {"q": "status:active"})
    after = Position.parse(page.context["live"]["after"])
    assert page.context["live"]["url"] == f"{reverse('sessions:list_live')}?q=status%3Aactive"
    with django_assert_num_queries(LOG_IN_QUERIES + 3):  # the choices of columns, the events, the row's team
        quiet = ask(client, after, rows=str(session.pk))
    assert (quiet.status_code, quiet.content, quiet["Live-After"]) == (204, b"", str(after))
    change_status(session, "complete", actor=owner)
    new = create_session(owner)
    answer = ask(client, after, rows=f"{session.pk},", q="status:active")
    assert answer["Cache-Control"].startswith("max-age=0")
    news = answer.json()
    assert "&lt;b&gt;shown" in news["rows"]
    assert "Completed" in news["rows"]
    assert news["states"] == {str(session.pk): "unmatched"}
    assert (news["created"], news["changed"], news["left"]) == ([str(new.pk)], [], [])
    assert ask(client, Position.parse(answer["Live-After"])).status_code == 204


def test_what_others_do_moves_the_position_and_says_nothing(client: Client, owner: User, stranger: User) -> None:
    client.force_login(stranger)
    after = current_position()
    create_session(owner, name="secret")
    answer = ask(client, after)
    assert (answer.status_code, answer.content) == (204, b"")
    assert Position.parse(answer["Live-After"]).last == current_position().last


@pytest.mark.parametrize(
    "query", [{"after": "x"}, {"rows": "x"}, {"rows": "1," * 501}, {"q": "created:soon"}, {"status": "no"}]
)
def test_a_question_that_cannot_be_is_refused(client: Client, owner: User, query: dict[str, str]) -> None:
    client.force_login(owner)
    answer = client.get(reverse("sessions:list_live"), {"after": "0", **query}, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json()
