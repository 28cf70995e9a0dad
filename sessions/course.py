"""The order of a list, from a place on: in words that lead each database to an index, or keep it from taking one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Field, Func, Value
from django.db.models.sql.compiler import SQLCompiler

from sessions.metadata_filter import Compiled
from sessions.source import SESSIONS, Listed, Source, Unindexed, unindexed
from sessions.wanted import Span

SortValue = datetime | str | int


@dataclass(frozen=True)
class Place:
    """A row of a list, or where it would be."""

    value: SortValue
    key: UUID


@dataclass(frozen=True)
class Course:
    """The rows of these teams in the order of the column, from behind a place on and, if that is a time, within the
    span."""

    teams: Sequence[UUID]
    column: str = "updated_at"
    falling: bool = True
    start: Place | None = None
    span: Span = field(default_factory=Span)
    source: Source = SESSIONS

    def sort(self, rows: Listed, *, by_index: bool) -> Listed:
        columns = [F(name) if by_index else _Unsorted(name, self.source) for name in (self.column, "id")]
        return rows.order_by(*(column.desc() if self.falling else column.asc() for column in columns))

    def begin(self, rows: Listed, *, by_index: bool) -> Listed:
        """One condition alone: of two, SQLite would begin at the wrong one."""
        bound = self.span.end if self.falling else self.span.start
        if self.start is not None and (bound is None or (cast("datetime", self.start.value) < bound) == self.falling):
            return rows.filter(_Compare(self, "<" if self.falling else ">", self.start, by_index=by_index))
        if bound is None or not by_index:
            return rows
        return rows.filter(**{f"{self.column}__{'lt' if self.falling else 'gte'}": bound})

    def end(self, rows: Listed, last: Place | None) -> Listed:
        """As `begin`. Where there is a last place, it lies within the span."""
        if last is not None:
            return rows.filter(_Compare(self, ">=" if self.falling else "<=", last, by_index=True))
        bound = self.span.start if self.falling else self.span.end
        if bound is None:
            return rows
        return rows.filter(**{f"{self.column}__{'gte' if self.falling else 'lt'}": bound})


class _Unsorted(Unindexed):
    """A column to sort by, also in a way that PostgreSQL does not take an index's order for."""

    def __init__(self, name: str, source: Source) -> None:
        super().__init__(name, output_field=unindexed(name, source.model).output_field)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object) -> Compiled:  # noqa: ARG002  # has no template to fill
        column, params = compiler.compile(self.source_expressions[0])
        return f"GREATEST({column})", tuple(params)


class _Compare(Func):
    """`(column, id) < (value, key)`, or another sign: an index of both begins or ends there, however many rows share
    the value."""

    output_field = BooleanField()

    def __init__(self, course: Course, sign: str, place: Place, *, by_index: bool) -> None:
        model = course.source.model
        model_field: Field[object, object] = model._meta.get_field(course.column)  # type: ignore[assignment]  # never a relation
        value = Value(place.value, output_field=model_field)
        key = Value(place.key, output_field=model._meta.pk)
        columns = [F(name) if by_index else unindexed(name, model) for name in (course.column, "id")]
        super().__init__(
            Func(*columns, function=""), Func(value, key, function=""), function="", arg_joiner=f" {sign} "
        )
