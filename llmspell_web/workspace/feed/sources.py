"""What the feed is made of. Another table that tells what happened in teams becomes one more of SOURCES. It needs two
indexes, of team, time and key and of actor, team, time and key, times and keys falling."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model, Q
from django.db.models.lookups import In

from llmspell_web.teams.models import TeamEvent, User
from llmspell_web.workspace.access import with_session_in_sight
from llmspell_web.workspace.feed.team_events import view_team_events
from llmspell_web.workspace.models import Run
from sessions.conditions import is_within
from sessions.event_view import view_events
from sessions.finding import Fetch
from sessions.models import SessionEvent
from sessions.source import Listed, Source, unindexed
from sessions.wanted import EVERYTHING, Condition, Span
from sessions.ways import Rows, Way

RUN_STARTED, RUN_ENDED = "run_started", "run_ended"


@dataclass(frozen=True)
class Asked:
    """What the feed is filtered by; None: not. `but_of` is whose acts are left out."""

    kinds: frozenset[str] = frozenset()
    person: UUID | None = None
    session: UUID | None = None
    team: UUID | None = None
    span: Span = field(default_factory=Span)
    but_of: UUID | None = None


@dataclass(frozen=True, eq=False)
class FeedSource:
    """Rows of one table as entries of the feed. `column` is when what they tell happened, `actor` the column of who did
    it; `lowest` and `highest` lie outside the keys of its rows.

    `kinds` are what it tells of, `kind` the column that holds them, empty where all rows are of one; in URLs they have
    `prefix` before them. `tell` makes of the rows what `template` prints, one for each. `session` is the column of the
    session that a row is about, empty where there is none. Of one moment, what has a higher `rank` stands above.
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
    prefix: str = ""
    session: str = "session"
    rank: int = 1

    @property
    def kinds_in_urls(self) -> list[tuple[str, str]]:
        return [(f"{self.prefix}{name}", label) for name, label in self.kinds]

    def parts(self, teams: Sequence[UUID], asked: Asked) -> list[UUID]:
        """Of these teams, those whose rows are walked for what is asked."""
        return [team for team in teams if asked.team in (None, team)]

    def condition(self, asked: Asked) -> Condition | None:
        """None where nothing of this source is asked for."""
        kinds = [name for name, _ in self.kinds if f"{self.prefix}{name}" in asked.kinds]
        if (asked.kinds and not kinds) or (asked.session is not None and not self.session):
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

    @property
    def reading(self) -> tuple[object, ...]:
        """Equal for sources that can be read together: both tell the same of the same rows."""
        return self.model, self.fetch, self.tell

    def _by(self, person: UUID) -> Condition:
        q = Q(In(unindexed(self.actor, self.model), [person]))
        return Condition(q, column=self.column, guide=Q(**{self.actor: person}), guide_says_all=True)

    def _in_session(self, session: UUID) -> Condition:
        way = Way((Rows(lambda _: self.source.every().filter(**{self.session: session}), "pk"),))
        return Condition(Q(In(unindexed(self.session, self.model), [session])), (way,))

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


def _tell_runs(runs: Sequence[Any], _: User) -> Sequence[Any]:  # Any: as FeedSource has it
    return runs


def _run_source(name: str, column: str, kind: tuple[str, str], always: Q, rank: int) -> FeedSource:
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
        tell=_tell_runs,
        rank=rank,
    )


def _visible_events(user: User) -> Listed:
    return SessionEvent.objects.filter(team__memberships__user=user.pk)


def _visible_team_events(user: User) -> Listed:
    return TeamEvent.objects.filter(team__memberships__user=user.pk)


EVENTS = FeedSource(
    name="event",
    source=Source(SessionEvent, "team", _visible_events),
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
STARTS = _run_source("start", "created_at", (RUN_STARTED, "Run started"), Q(), rank=0)
ENDS = _run_source("end", "ended_at", (RUN_ENDED, "Run ended"), Q(ended_at__isnull=False), rank=2)
# What becomes of a team and its members. Invitations are its admins' business, and views stand above the lists.
OF_MEMBERS = (
    TeamEvent.Kind.CREATED,
    TeamEvent.Kind.RENAMED,
    TeamEvent.Kind.JOINED,
    TeamEvent.Kind.ROLE_CHANGED,
    TeamEvent.Kind.LEFT,
    TeamEvent.Kind.REMOVED,
)
TEAMS = FeedSource(
    name="team",
    source=Source(TeamEvent, "team", _visible_team_events, Q(kind__in=OF_MEMBERS)),
    column="at",
    actor="actor",
    kinds=[(kind.value, kind.label) for kind in OF_MEMBERS],
    kind="kind",
    template="workspace/_feed_team.html",
    read_key=UUID,
    lowest=UUID(int=0),
    highest=UUID(int=2**128 - 1),
    fetch=lambda _: lambda events: events.select_related("team", "actor", "subject"),
    tell=view_team_events,
    prefix="team_",
    session="",
)
SOURCES = [STARTS, EVENTS, TEAMS, ENDS]
KINDS = [kind for source in (EVENTS, STARTS, ENDS, TEAMS) for kind in source.kinds_in_urls]


def register(*sources: FeedSource) -> None:
    """What rooms above tell: once, while Django starts."""
    SOURCES.extend(sources)
    KINDS.extend(kind for source in sources for kind in source.kinds_in_urls)
