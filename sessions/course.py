"""The order of a list, from a place on: in words that lead each database to an index, or keep it from taking one."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, F, Func, Model, Value

from sessions.source import SESSIONS, Listed, Source, hidden, unindexed
from sessions.wanted import Span

SortValue = datetime | str | int


@dataclass(frozen=True)
class Place:
    """A row of a list, or where it would be."""

    value: SortValue
    key: UUID

    @property
    def order(self) -> tuple[Any, UUID]:  # Any: compared with values of the same column
        return self.value, self.key


@dataclass(frozen=True)
class Course:
    """The rows of these teams in the order of the column, from behind a place on and, if that is a time, within the
    span. With `leading` they are those of another table that has the column, too: see `through`."""

    teams: Sequence[UUID]
    column: str = "updated_at"
    falling: bool = True
    start: Place | None = None
    span: Span = field(default_factory=Span)
    source: Source = SESSIONS
    leading: type[Model] | None = None
    key: str = "id"

    def through(self, model: type[Model], key: str) -> "Course":
        """The same order of rows that lead there: each holds the column, and at `key` the key of one of the source."""
        return replace(self, leading=model, key=key)

    @property
    def model(self) -> type[Model]:
        return self.leading or self.source.model

    @property
    def columns(self) -> tuple[str, str]:
        return self.column, self.key

    def is_before(self, one: Place, other: Place) -> bool:
        return one.order > other.order if self.falling else one.order < other.order

    def sort(self, rows: Listed, *, by_index: bool) -> Listed:
        columns = [F(name) if by_index else hidden(name, self.model) for name in self.columns]
        return rows.order_by(*(column.desc() if self.falling else column.asc() for column in columns))

    def begin(self, rows: Listed, *, by_index: bool) -> Listed:
        """One condition alone: of two, SQLite would begin at the wrong one."""
        bound = self.span.end if self.falling else self.span.start
        if self.start is not None and (bound is None or (cast("datetime", self.start.value) < bound) == self.falling):
            return self._bound(rows, "<" if self.falling else ">", self.start, by_index=by_index)
        if bound is None or not by_index:
            return rows
        return rows.filter(**{f"{self.column}__{'lt' if self.falling else 'gte'}": bound})

    def end(self, rows: Listed, last: Place | None) -> Listed:
        """As `begin`. Where there is a last place, it lies within the span."""
        if last is not None:
            return self._bound(rows, ">=" if self.falling else "<=", last, by_index=True)
        bound = self.span.start if self.falling else self.span.end
        if bound is None:
            return rows
        return rows.filter(**{f"{self.column}__{'gte' if self.falling else 'lt'}": bound})

    def _bound(self, rows: Listed, sign: str, place: Place, *, by_index: bool) -> Listed:
        """PostgreSQL has no figures about pairs: it takes a stretch that begins and ends somewhere for half the table,
        unless it is told of the first of the pair. It then begins at the first row of that value: no loss for times,
        but half a million rows may have one size."""
        rows = rows.filter(_Compare(self, sign, place, by_index=by_index))
        if not by_index or connection.vendor != "postgresql" or not isinstance(place.value, datetime):
            return rows
        return rows.filter(**{f"{self.column}__{'lte' if sign[0] == '<' else 'gte'}": place.value})


class _Compare(Func):
    """`(column, id) < (value, key)`, or another sign: an index of both begins or ends there, however many rows share
    the value."""

    output_field = BooleanField()

    def __init__(self, course: Course, sign: str, place: Place, *, by_index: bool) -> None:
        columns = [unindexed(name, course.model) for name in course.columns]
        values = [
            Value(value, output_field=column.output_field)
            for value, column in zip((place.value, place.key), columns, strict=True)
        ]
        names = [F(name) for name in course.columns] if by_index else columns
        super().__init__(Func(*names, function=""), Func(*values, function=""), function="", arg_joiner=f" {sign} ")
