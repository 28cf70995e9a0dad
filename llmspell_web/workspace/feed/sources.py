"""What the feed is made of. Another table that tells what happened in teams becomes one more of SOURCES. It needs two
indexes, of team, time and key and of actor, team, time and key, times and keys falling."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigAutoField, Model, Q
from django.db.models.lookups import In

from llmspell_web.teams.models import Team, User
from llmspell_web.workspace.access import with_session_in_sight
from llmspell_web.workspace.models import Run
from sessions.conditions import is_within
from sessions.event_view import view_events
from sessions.finding import Fetch
from sessions.models import SessionEvent
from sessions.source import Listed, Source, unindexed
from sessions.wanted import EVERYTHING, Condition, Span
from sessions.ways import Among, Rows, Way

BigAutoField.register_lookup(Among)  # for the keys of events, as for those of all else that is listed

RUN_STARTED, RUN_ENDED = "run_started", "run_ended"


class EventSource(Source):
    """Events go by numbers, teams by UUIDs."""

    def key_value(self, key: UUID, connection: BaseDatabaseWrapper) -> Any:  # Any: as the driver takes it
        return Team._meta.pk.get_db_prep_value(key, connection)


@dataclass(frozen=True)
class Asked:
    """What the feed is filtered by; None: not. `but_of` is whose acts are left out."""

    kinds: frozenset[str] = frozenset()
    person: UUID | None = None
    session: UUID | None = None
    team: UUID | None = None
    span: Span = field(default_factory=Span)
    but_of: UUID | None = None


@dataclass(frozen=True)
class FeedSource:
    """Rows of one table as entries of the feed. `column` is when what they tell happened, `actor` the column of who did
    it; `lowest` and `highest` lie outside the keys of its rows.

    `kinds` are the names of what it tells in URLs, `kind` the column that holds them, empty where all rows are of one.
    `tell` makes of the rows what `template` prints, one for each.
    """

    name: str
    source: Source
    column: str
    actor: str
    kinds: Sequence[tuple[str, str]]
    kind: str
    template: str
    read_key: Callable[[str], Any]  # Any: a number or a UUID
    lowest: Any
    highest: Any
    fetch: Callable[[User], Fetch]
    tell: Callable[[Sequence[Any], User], Sequence[object]]

    def condition(self, asked: Asked) -> Condition | None:
        """None where nothing of this source is asked for."""
        kinds = [name for name, _ in self.kinds if name in asked.kinds]
        if asked.kinds and not kinds:
            return None
        found = EVERYTHING
        if kinds and len(kinds) < len(self.kinds):
            found &= Condition(Q(**{f"{self.kind}__in": kinds}))
        if asked.person is not None:
            found &= self._by(asked.person)
        if asked.session is not None:
            found &= self._in_session(asked.session)
        if asked.but_of is not None:
            found &= Condition(~Q(In(unindexed(self.actor, self.model), [asked.but_of])))
        return found & self._within(asked.span)

    @property
    def model(self) -> type[Model]:
        return self.source.model

    def _by(self, person: UUID) -> Condition:
        q = Q(In(unindexed(self.actor, self.model), [person]))
        return Condition(q, column=self.column, guide=Q(**{self.actor: person}), guide_says_all=True)

    def _in_session(self, session: UUID) -> Condition:
        way = Way((Rows(lambda _: self.source.every().filter(session=session), "pk"),))
        return Condition(Q(In(unindexed("session", self.model), [session])), (way,))

    def _within(self, span: Span) -> Condition:
        if span == Span():
            return EVERYTHING
        return Condition(
            is_within(self.column, span.start, span.end, by_index=False, model=self.model),
            column=self.column,
            span=span,
            guide_says_all=True,
        )


def _read_number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
    if not 0 < number < 2**63:
        raise ValueError(text)
    return number


_SHOWN = [field.name for field in SessionEvent._meta.local_concrete_fields]
_SHOWN += ["session__name", "session__deleted_at", "actor__username"]  # whole rows take half as long again


def _events(_reader: User) -> Fetch:
    return lambda events: events.select_related("session", "actor").only(*_SHOWN)


def _runs(reader: User) -> Fetch:
    return lambda runs: with_session_in_sight(runs.for_lists(), reader)


def _run_source(name: str, column: str, kind: tuple[str, str], always: Q) -> FeedSource:
    return FeedSource(
        name=name,
        source=Source(Run, "team", Run.objects.visible_to, always),
        column=column,
        actor="user",
        kinds=[kind],
        kind="",
        template=f"workspace/_feed_{name}.html",
        read_key=UUID,
        lowest=UUID(int=0),
        highest=UUID(int=2**128 - 1),
        fetch=_runs,
        tell=lambda runs, _: runs,
    )


def _visible_events(user: User) -> Listed:
    return SessionEvent.objects.filter(team__memberships__user=user.pk)


EVENTS = FeedSource(
    name="event",
    source=EventSource(SessionEvent, "team", _visible_events),
    column="at",
    actor="actor",
    kinds=SessionEvent.Kind.choices,
    kind="kind",
    template="workspace/_feed_event.html",
    read_key=_read_number,
    lowest=0,
    highest=2**63 - 1,
    fetch=_events,
    tell=view_events,
)
STARTS = _run_source("start", "created_at", (RUN_STARTED, "Run started"), Q())
ENDS = _run_source("end", "ended_at", (RUN_ENDED, "Run ended"), Q(ended_at__isnull=False))
SOURCES = [STARTS, EVENTS, ENDS]  # of one moment, the later ones stand above
KINDS = [kind for source in (EVENTS, STARTS, ENDS) for kind in source.kinds]


def register(*sources: FeedSource) -> None:
    """What rooms above tell: once, while Django starts."""
    SOURCES.extend(sources)
    KINDS.extend(kind for source in sources for kind in source.kinds)
