"""What has happened to a list since it was shown. The events of all sessions are the feed: see docs/decisions/010."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db.models import BooleanField, Case, Q, Value, When

from llmspell_web.teams.models import User
from llmspell_web.web.paging import read_key
from llmspell_web.web.problems import InvalidField
from sessions.columns import Columns
from sessions.fields import describe
from sessions.models import Session, SessionEvent
from sessions.pages import Order
from sessions.session_columns import COLUMNS, fetch
from sessions.wanted import Condition

EVENTS_AT_ONCE = 500  # what one answer looks at, whoever's sessions they are about
AWAY_EVENTS = 100_000  # who is further behind is told so, instead of catching up
LOOK_BACK_EVENTS = 64  # how far below the newest event a first position looks for gaps
GAPS_MAX = 256  # as many as long transactions beside many short ones leave open
SHOWN_MAX = 500

_POSITION = re.compile(r"\d{1,19}(\.\d{1,19}-\d{1,19})*", re.ASCII)

State = Literal["matches", "unmatched", "trashed", "gone"]
Gap = tuple[int, int]


@dataclass(frozen=True)
class Position:
    """Up to which event a reader has read, and the numbers below it that were not there to be read.

    PostgreSQL gives events their numbers when they are written and shows them when they are committed: a later one may
    be seen first. What was missing is therefore asked for again, until GAPS_MAX newer gaps push it out: a number whose
    transaction was rolled back never comes.
    """

    last: int
    gaps: tuple[Gap, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Position":
        """`1500`, or with gaps, each by how far below it begins and how long it is, `1500.10-1.7-5`."""
        refusal = InvalidField("after", "the number of an event", describe(text))
        if not _POSITION.fullmatch(text):
            raise refusal
        last, *below = text.split(".")
        starts = [(int(last) - int(start), int(length)) for start, length in (gap.split("-") for gap in below)]
        position = cls(int(last), tuple((first, first + length - 1) for first, length in starts))
        fits = all(0 < first <= end < position.last for first, end in position.gaps)
        if not (fits and position.last < 2**63 and len(position.gaps) <= GAPS_MAX):
            raise refusal
        return position

    def __str__(self) -> str:
        gaps = (f"{self.last - first}-{end - first + 1}" for first, end in self.gaps)
        return ".".join([str(self.last), *gaps])

    def behind(self) -> Q:
        """The events that the reader has not read."""
        found = Q(pk__gt=self.last)
        for gap in self.gaps:
            found |= Q(pk__range=gap)
        return found

    def move(self, read: Sequence[int]) -> "Position":
        """Behind these events, which are the first of those that were unread, by rising number."""
        known = set(read)
        last = max(self.last, *read)
        gaps = [hole for first, end in self.gaps for hole in _holes(first, end, known)]
        gaps += _holes(self.last + 1, last, known)
        return Position(last, tuple(gaps[-GAPS_MAX:]))


@dataclass(frozen=True)
class ShownList:
    """A list as somebody looks at it; `rows` are the sessions on the page, with these columns."""

    user: User
    wanted: Condition | None
    order: Order
    rows: frozenset[UUID]
    columns: Columns = COLUMNS.usual


@dataclass(frozen=True)
class News:
    """`rows` are shown ones that changed, as they are now; `states` say of every shown one that changed whether it
    still belongs to the list. `created` and `changed` belong to it and are not shown; `left` no longer do. `more`:
    there is more to read at once. `away`: too much has happened to say what, only shown rows are up to date."""

    position: Position
    rows: list[Session]
    states: dict[UUID, State]
    created: list[UUID]
    changed: list[UUID]
    left: list[UUID]
    more: bool = False
    away: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.states or self.created or self.changed or self.left or self.more or self.away)


def current_position() -> Position:
    """Behind everything that has happened. Ask for it before the rows are read: what comes in between is told twice."""
    newest = list(SessionEvent.objects.order_by("-pk").values_list("pk", flat=True)[:LOOK_BACK_EVENTS])
    if not newest:
        return Position(0)
    return Position(newest[-1]).move(newest[::-1])


def read_shown(text: str) -> frozenset[UUID]:
    """The keys of the rows on the page, separated by commas."""
    keys = [read_key(part) for part in text.split(",") if part]
    if len(keys) > SHOWN_MAX or None in keys:
        raise InvalidField("rows", f"at most {SHOWN_MAX} ids of sessions, separated by commas", describe(text))
    return frozenset(key for key in keys if key is not None)


def read_news(shown: ShownList, position: Position) -> News | None:
    """What the user may know of what happened behind the position; None when nothing did, which costs two queries: a
    membership ends without an event of any session.

    Two where nobody's sessions are the user's; at most four, whatever has happened.
    """
    events = list(
        SessionEvent.objects.filter(position.behind())
        .order_by("pk")
        .values_list("pk", "session_id", "kind")[:EVENTS_AT_ONCE]
    )
    if not events:
        lost = _lost(shown)
        return News(position, [], lost, [], [], []) if lost else None
    more = len(events) == EVENTS_AT_ONCE
    if more and (now := current_position()).last - position.last > AWAY_EVENTS:
        states = _read_states(shown, set(shown.rows))
        return News(now, _read_rows(shown, states), _gone(shown, states) | states, [], [], [], away=True)
    touched = {session for _, session, _ in events}
    known = _read_states(shown, touched | shown.rows)
    states = {key: state for key, state in known.items() if key in touched}
    made = {session for _, session, kind in events if kind == SessionEvent.Kind.CREATED}
    matching = [key for key, state in states.items() if state == "matches" and key not in shown.rows]
    # A change tells something new of a list where it may be why the session belongs to it, or stands first in it.
    tells = shown.wanted is not None or shown.order.column == "updated_at"
    return News(
        position.move([number for number, _, _ in events]),
        _read_rows(shown, states),
        _gone(shown, known) | {key: state for key, state in states.items() if key in shown.rows},
        [key for key in matching if key in made],
        [key for key in matching if key not in made] if tells else [],
        [key for key, state in states.items() if state != "matches" and key not in shown.rows],
        more,
    )


def _lost(shown: ShownList) -> dict[UUID, State]:
    """The shown ones that the reader cannot see any more."""
    if not shown.rows:
        return {}
    seen = Session.objects.in_teams_of(shown.user).filter(pk__in=shown.rows)
    return dict.fromkeys(shown.rows.difference(seen.values_list("pk", flat=True)), "gone")


def _gone(shown: ShownList, known: dict[UUID, State]) -> dict[UUID, State]:
    """What the reader cannot see looks the same, whether a team was lost, a session moved, or the key is nobody's."""
    return dict.fromkeys(shown.rows - known.keys(), "gone")


def _read_states(shown: ShownList, keys: set[UUID]) -> dict[UUID, State]:
    """Of those in the user's teams; nothing of the others."""
    belongs = Q(deleted_at=None) if shown.wanted is None else Q(deleted_at=None) & shown.wanted.q
    rows = (
        Session.objects.in_teams_of(shown.user)
        .filter(pk__in=keys)
        .annotate(belongs=Case(When(belongs, then=Value(True)), default=Value(False), output_field=BooleanField()))
        .values_list("pk", "belongs", "deleted_at")
    )
    return {
        key: "matches" if belongs_to_list else "unmatched" if deleted_at is None else "trashed"
        for key, belongs_to_list, deleted_at in rows
    }


def _read_rows(shown: ShownList, states: dict[UUID, State]) -> list[Session]:
    keys = [key for key, state in states.items() if key in shown.rows and state in {"matches", "unmatched"}]
    if not keys:
        return []
    return list(fetch(Session.objects.visible_to(shown.user).filter(pk__in=keys), shown.columns))


def _holes(first: int, end: int, known: set[int]) -> Iterator[Gap]:
    """The stretches of first to end, both included, without the known numbers."""
    start = first
    for number in sorted(number for number in known if first <= number <= end):
        if start < number:
            yield start, number - 1
        start = number + 1
    if start <= end:
        yield start, end
