"""The history of a session, page by page. The URL is the only state: kinds, actor, and where the page begins."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.http import QueryDict

from llmspell_web.teams.models import User
from llmspell_web.web.paging import read_position
from sessions.event_view import EventView, view_events
from sessions.models import Session, SessionEvent

PAGE_SIZE = 50
AROUND = 20  # events on each side of one that is linked to
ACTORS_AMONG = 1000  # newest events whose actors can be chosen from
NUMBER_MAX = 2**31 - 1


@dataclass(frozen=True)
class Gap:
    """Events that were recorded and are not in the database any more."""

    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class HistoryFilter:
    """`problems` says, by the name of the parameter, what the URL asks for that cannot be."""

    kinds: Sequence[str] = ()
    actor: str = ""
    problems: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, query: QueryDict) -> "HistoryFilter":
        kinds = [kind for kind in query.getlist("kind") if kind]
        unknown = [kind for kind in kinds if kind not in SessionEvent.Kind.values]
        actor = query.get("actor", "")
        problems = {}
        if unknown:
            problems["kind"] = f"Expected one of {', '.join(SessionEvent.Kind.values)}."
        if "\0" in actor or len(actor) > 150:
            problems["actor"] = "Expected a user name."
        return cls(kinds, actor, problems)

    @property
    def is_on(self) -> bool:
        return bool(self.kinds or self.actor)

    def events_of(self, session: Session) -> "QuerySet[SessionEvent]":
        """As far as the given instance counts them: what comes after, the next look finds."""
        events = session.events.select_related("actor").filter(number__lte=session.event_count)
        if self.kinds:
            events = events.filter(kind__in=self.kinds)
        return events.filter(actor__username=self.actor) if self.actor else events


@dataclass(frozen=True)
class HistoryPage:
    """Events and gaps, newest first. `older` and `newer` are the numbers that the pages beside it begin at, or None."""

    entries: list[EventView | Gap]
    newer: int | None
    older: int | None


@dataclass(frozen=True)
class _Bounds:
    """The numbers that a page holds all events of: up to `ceiling`, above `floor`; None where its last row is one."""

    ceiling: int | None
    floor: int | None


def read_page(session: Session, wanted: HistoryFilter, query: QueryDict, reader: User) -> HistoryPage:
    """`?before=NUMBER` goes on with older ones, `?after=NUMBER` with newer ones; anything else is the newest page."""
    before, after = read_number(query.get("before", "")), read_number(query.get("after", ""))
    events = wanted.events_of(session)
    if after is not None:
        rows = list(events.filter(number__gt=after).order_by("number")[: PAGE_SIZE + 1])
        has_newer, has_older = len(rows) > PAGE_SIZE, after > 0
        rows = rows[:PAGE_SIZE][::-1]
    else:
        older = events if before is None else events.filter(number__lt=before)
        rows = list(older.order_by("-number")[: PAGE_SIZE + 1])
        has_newer, has_older = before is not None, len(rows) > PAGE_SIZE
        rows = rows[:PAGE_SIZE]
    bounds = _Bounds(
        ceiling=before - 1 if before is not None else None if has_newer else session.event_count,
        floor=after if after is not None else None if has_older else 0,
    )
    return _page(rows, wanted, reader, has_older=has_older, has_newer=has_newer, bounds=bounds)


def read_around(session: Session, number: int, reader: User) -> HistoryPage:
    """The page with that event, or the gap that it left, and what stands on both sides of it."""
    events = HistoryFilter().events_of(session)
    newer = list(events.filter(number__gte=number).order_by("number")[: AROUND + 2])
    older = list(events.filter(number__lt=number).order_by("-number")[: AROUND + 1])
    has_newer, has_older = len(newer) > AROUND + 1, len(older) > AROUND
    rows = [*newer[: AROUND + 1][::-1], *older[:AROUND]]
    bounds = _Bounds(ceiling=None if has_newer else session.event_count, floor=None if has_older else 0)
    return _page(rows, HistoryFilter(), reader, has_older=has_older, has_newer=has_newer, bounds=bounds)


def read_new(session: Session, wanted: HistoryFilter, after: int, reader: User) -> list[EventView]:
    """What has come since that number, newest first; at most a page of it."""
    rows = wanted.events_of(session).filter(number__gt=after).order_by("-number")[:PAGE_SIZE]
    return view_events(rows, reader)


def known_actors(session: Session) -> list[str]:
    newest = session.events.order_by("-number").values_list("actor", flat=True)[:ACTORS_AMONG]
    return sorted(User.objects.filter(pk__in=set(newest)).values_list("username", flat=True))


def read_number(text: str) -> int | None:
    number = read_position(text)
    return None if number is None or number > NUMBER_MAX else number


def _page(
    rows: list[SessionEvent],
    wanted: HistoryFilter,
    reader: User,
    *,
    has_older: bool,
    has_newer: bool,
    bounds: _Bounds,
) -> HistoryPage:
    views = view_events(rows, reader)
    newer = rows[0].number if rows and has_newer else None
    older = rows[-1].number if rows and has_older else None
    if wanted.is_on:
        return HistoryPage(list(views), newer, older)
    return HistoryPage(_with_gaps(views, bounds), newer, older)


def _with_gaps(views: list[EventView], bounds: _Bounds) -> list[EventView | Gap]:
    """Numbers rise by one, from 1 to the session's count: those that are missing were lost."""
    entries: list[EventView | Gap] = []
    expected = bounds.ceiling
    for view in views:
        number = view.event.number
        if expected is not None and number < expected:
            entries.append(Gap(number + 1, expected))
        entries.append(view)
        expected = number - 1
    if bounds.floor is not None and expected is not None and expected > bounds.floor:
        entries.append(Gap(bounds.floor + 1, expected))
    return entries
