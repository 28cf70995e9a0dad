"""Ways into a list that an index knows: rows that hold every match of a condition, and perhaps few of them.

A list is walked in its order until the page is full. Where hardly anything matches that takes long, and fetching what
one condition of the search leads to is better. `finding.py` chooses.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigAutoField, Q, QuerySet, UUIDField
from django.db.models.lookups import In
from django.db.models.sql.compiler import SQLCompiler

from sessions import conditions, text_rows
from sessions.fields import JsonValue
from sessions.metadata_filter import Compiled
from sessions.models import Session, SessionTag, SessionValue
from sessions.search_text import digest
from sessions.source import SESSIONS, Source

MANY = 10_000  # rows
PARTS_MAX = 8  # of a way that is walked: each is a question of its own


@BigAutoField.register_lookup
@UUIDField.register_lookup
class Among(In):
    """`pk__among=keys`: IN, in words that make PostgreSQL fetch by key however many it expects there to be."""

    lookup_name = "among"

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Compiled:
        left, left_params = self.process_lhs(compiler, connection)
        keys, params = self.process_rhs(compiler, connection)
        return f"{left} = ANY(ARRAY{keys})", (*left_params, *params)


@dataclass(frozen=True)
class Rows:
    """`ask` gives rows of any table for these teams, or of more, each with the key of a session at `key`; None where
    the index cannot tell. `is_many`: more than anybody fetches at once, so that counting them would not help. `column`:
    by which a list may be ordered; these rows hold it as well, and an index leads along it and the key."""

    # Any: what a QuerySet is generic over.
    ask: "Callable[[Sequence[UUID]], QuerySet[Any, Any] | None]"
    key: str
    is_many: Callable[[], bool] = lambda: False
    column: str = ""


@dataclass(frozen=True)
class Way:
    """All the rows together. `q` asks for the same ones of the sessions' own table. `rest` is what has to be asked of
    what it leads to, where that is less than the condition that it is a way to."""

    rows: tuple[Rows, ...]
    q: Q | None = None
    rest: Q | None = None

    def __or__(self, other: "Way") -> "Way":
        is_all = self.rest == other.rest == Q()
        return Way(self.rows + other.rows, rest=Q() if is_all else None)

    def on_the_way(self, whole: Q, more: Q) -> "Way":
        """The same to a condition of `whole`, which it is a way to, and more."""
        return replace(self, rest=(whole if self.rest is None else self.rest) & more)

    def size(self, teams: Sequence[UUID], most: int) -> int:
        """How many rows, counted up to one more than `most`; also that where the index cannot tell."""
        found = 0
        for part in self.rows:
            if most <= MANY and part.is_many():
                return most + 1
            rows = part.ask(teams)
            found += most + 1 if rows is None else rows[: most + 1 - found].count()
            if found > most:
                return most + 1
        return found

    def is_known(self, teams: Sequence[UUID]) -> bool:
        return all(part.is_many() or part.ask(teams) is not None for part in self.rows)

    def leads_along(self, column: str) -> bool:
        return 0 < len(self.rows) <= PARTS_MAX and all(part.column == column for part in self.rows)

    def condition(self, teams: Sequence[UUID]) -> Q:
        """To be asked only of a way that has a size."""
        if self.q is not None:
            return self.q
        found = [rows.values_list(part.key) for part in self.rows if (rows := part.ask(teams)) is not None]
        if not found:
            return Q(pk__in=[])
        return Q(pk__among=found[0].union(*found[1:], all=True) if found[1:] else found[0])


def by_key(q: Q) -> Way:
    """Sessions that an index of their table leads to whose first column is not the team."""
    return Way((Rows(lambda _: Session.objects.filter(q, deleted_at=None), "pk"),))


def by_column(q: Q, source: Source = SESSIONS) -> Way:
    """Rows that an index of their table leads to, team by team, which is all that the condition asks."""
    return Way((Rows(lambda teams: source.in_teams(teams).filter(q), "pk"),), q, rest=Q())


def by_tag(name: str) -> Way:
    return Way((Rows(lambda _: SessionTag.objects.filter(name=name).order_by(), "session"),), rest=Q())


def by_artifact(artifact_type: str) -> Way:
    return Way((Rows(lambda _: conditions.artifacts(artifact_type).order_by(), "session"),))


def by_value(path: Sequence[str], values: Sequence[JsonValue]) -> Way:
    wanted = [digest(path, value) for value in values]
    return Way((Rows(lambda _: SessionValue.objects.filter(digest__in=wanted), "document__session"),))


def by_text(text: str) -> Way:
    sample = cache(text_rows.sample)
    rows = cache(lambda: text_rows.find(text, sample))  # which weighs what to ask for
    return Way((Rows(lambda _: rows(), text_rows.key(), lambda: text_rows.is_common(text, sample)),))
