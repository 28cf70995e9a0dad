"""What a list of sessions is asked for: conditions with all that helps to find what they hold for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from sessions import conditions, ways
from sessions.fields import JsonValue
from sessions.source import SESSIONS
from sessions.ways import Way

WAYS_MAX = 8  # of an OR between two sides with several each


@dataclass(frozen=True)
class Span:
    """From `start` on, before `end`."""

    start: datetime | None = None
    end: datetime | None = None

    def __and__(self, other: "Span") -> "Span":
        starts = [moment for moment in (self.start, other.start) if moment is not None]
        ends = [moment for moment in (self.end, other.end) if moment is not None]
        return Span(max(starts, default=None), min(ends, default=None))


@dataclass(frozen=True)
class Condition:
    """`q` decides. The rest follows from it and helps to find what it holds for:

    each of `ways` leads to every match. In the order of `column`, `guide` lets the list walk a shorter index, and
    `span` bounds it where that is a time; both may say all that `q` says. `is_light`: an index of times holds all that
    `q` looks at. Nothing of another team than `teams` matches (None: of any).
    """

    q: Q
    ways: tuple[Way, ...] = ()
    column: str | None = None
    guide: Q = field(default_factory=Q)
    span: Span = Span()
    guide_says_all: bool = False
    is_light: bool = False
    teams: frozenset[UUID] | None = None

    def __and__(self, other: "Condition") -> "Condition":
        assert None in (self.column, other.column) or self.column == other.column, "read for one list"
        teams = [known for known in (self.teams, other.teams) if known is not None]
        return Condition(
            self.q & other.q,
            (
                *(way.on_the_way(self.q, other.q) for way in self.ways),
                *(way.on_the_way(other.q, self.q) for way in other.ways),
            ),
            self.column or other.column,
            self.guide & other.guide,
            self.span & other.span,
            self.guide_says_all and other.guide_says_all,
            self.is_light and other.is_light,
            frozenset.intersection(*teams) if teams else None,
        )

    def __or__(self, other: "Condition") -> "Condition":
        both = tuple(one | another for one in self.ways for another in other.ways)
        teams = None if self.teams is None or other.teams is None else self.teams | other.teams
        return Condition(self.q | other.q, both[:WAYS_MAX], teams=teams)

    def __invert__(self) -> "Condition":
        return Condition(~self.q)

    def along(self, column: str) -> "Condition":
        """The same for a list in another order than it was read for, if that is another one."""
        return self if self.column in (None, column) else Condition(self.q, self.ways, teams=self.teams)


EVERYTHING = Condition(Q(), guide_says_all=True, is_light=True)


def tag_condition(name: str) -> Condition:
    return Condition(conditions.has_tag(name), (ways.by_tag(name),))


def status_condition(statuses: Sequence[str], column: str) -> Condition:
    """`column`: by which the list is ordered."""
    ways_in = (ways.by_column(Q(status__in=statuses)),)
    q = conditions.has_status(statuses)
    if len(statuses) == 1 and column in {"updated_at", "status"}:
        return Condition(q, ways_in, column, Q(status=statuses[0]), guide_says_all=True)
    return Condition(q, ways_in)


def owner_condition(user_id: UUID, column: str) -> Condition:
    owned = Q(created_by=user_id)
    q, ways_in = conditions.is_owned_by(user_id), (ways.by_column(owned),)
    if column == "updated_at":
        return Condition(q, ways_in, column, owned, guide_says_all=True)
    return Condition(q, ways_in)


def root_condition() -> Condition:
    return Condition(conditions.is_root())


def holder_condition(artifact_type: str) -> Condition:
    return Condition(conditions.holds_artifact(artifact_type), (ways.by_artifact(artifact_type),))


def child_condition(parent_id: UUID) -> Condition:
    return Condition(conditions.is_child_of(parent_id), (ways.by_key(Q(parent=parent_id)),))


def team_condition(team_id: UUID) -> Condition:
    return Condition(SESSIONS.is_in_teams([team_id]), guide_says_all=True, is_light=True, teams=frozenset([team_id]))


def time_condition(name: str, start: datetime | None, end: datetime | None, column: str) -> Condition:
    """Created or updated within. Along the other time, what follows for that one bounds the walk: nothing is updated
    before it is created."""
    if start is end is None:
        return EVERYTHING
    field_name, span = f"{name}_at", Span()
    if field_name == column:
        span = Span(start, end)
    elif (name, column) == ("created", "updated_at"):
        span = Span(start, None)
    elif (name, column) == ("updated", "created_at"):
        span = Span(None, end)
    way = ways.by_column(conditions.is_within(field_name, start, end, by_index=True))
    q = conditions.is_within(field_name, start, end, by_index=False)
    return Condition(q, (way,), column, span=span, guide_says_all=field_name == column, is_light=True)


def metadata_condition(path: Sequence[str], values: Sequence[JsonValue]) -> Condition:
    """One of the values stands at the path."""
    found = Q()
    for value in values:
        found |= conditions.has_metadata(path, value)
    return Condition(found, (ways.by_value(path, values),))


def text_condition(text: str, q: Q) -> Condition:
    """`q`: where the text has to be."""
    return Condition(q, (ways.by_text(text),))


def id_condition(key: UUID) -> Condition:
    return Condition(Q(pk=key), (ways.by_key(Q(pk=key)),))
