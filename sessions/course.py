"""The order of a list, from a place on: in words that lead each database to an index, or keep it from taking one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Field, Func, Value
from django.db.models.sql.compiler import SQLCompiler

from sessions.conditions import Unindexed, unindexed
from sessions.metadata_filter import Compiled
from sessions.models import Session
from sessions.querysets import SessionQuerySet
from sessions.wanted import Span

SortValue = datetime | str | int


@dataclass(frozen=True)
class Place:
    """A row of a list, or where it would be."""

    value: SortValue
    key: UUID


@dataclass(frozen=True)
class Course:
    """Sessions of these teams in the order of the column, from behind a place on and, if that is a time, within the
    span."""

    teams: Sequence[UUID]
    column: str = "updated_at"
    falling: bool = True
    start: Place | None = None
    span: Span = field(default_factory=Span)

    def sort(self, sessions: SessionQuerySet, *, by_index: bool) -> SessionQuerySet:
        columns = [F(name) if by_index else _Unsorted(name) for name in (self.column, "id")]
        return sessions.order_by(*(column.desc() if self.falling else column.asc() for column in columns))

    def begin(self, sessions: SessionQuerySet, *, by_index: bool) -> SessionQuerySet:
        """One condition alone: of two, SQLite would begin at the wrong one."""
        bound = self.span.end if self.falling else self.span.start
        if self.start is not None and (bound is None or (cast("datetime", self.start.value) < bound) == self.falling):
            return sessions.filter(_Compare(self.column, "<" if self.falling else ">", self.start, by_index=by_index))
        if bound is None or not by_index:
            return sessions
        return sessions.filter(**{f"{self.column}__{'lt' if self.falling else 'gte'}": bound})

    def end(self, sessions: SessionQuerySet, last: Place | None) -> SessionQuerySet:
        """As `begin`. Where there is a last place, it lies within the span."""
        if last is not None:
            return sessions.filter(_Compare(self.column, ">=" if self.falling else "<=", last, by_index=True))
        bound = self.span.start if self.falling else self.span.end
        if bound is None:
            return sessions
        return sessions.filter(**{f"{self.column}__{'gte' if self.falling else 'lt'}": bound})


class _Unsorted(Unindexed):
    """A column to sort by, also in a way that PostgreSQL does not take an index's order for."""

    def __init__(self, name: str) -> None:
        super().__init__(name, output_field=unindexed(name).output_field)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object) -> Compiled:  # noqa: ARG002  # has no template to fill
        column, params = compiler.compile(self.source_expressions[0])
        return f"GREATEST({column})", tuple(params)


class _Compare(Func):
    """`(column, id) < (value, key)`, or another sign: an index of both begins or ends there, however many rows share
    the value."""

    output_field = BooleanField()

    def __init__(self, column: str, sign: str, place: Place, *, by_index: bool) -> None:
        model_field: Field[object, object] = Session._meta.get_field(column)  # type: ignore[assignment]  # never a relation
        value = Value(place.value, output_field=model_field)
        key = Value(place.key, output_field=Session._meta.pk)
        columns = [F(name) if by_index else unindexed(name) for name in (column, "id")]
        super().__init__(
            Func(*columns, function=""), Func(value, key, function=""), function="", arg_joiner=f" {sign} "
        )
