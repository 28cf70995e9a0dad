"""The tables whose rows are listed team by team, and how each says which rows these are.

SQLite keeps no figures about its rows and takes an index for any column that a condition names, however many rows it
stands for; then it sorts them all. Conditions that hold for many rows are therefore hidden from its planner
(`Unindexed`), so that a list walks the index of its order and stops when the page is full.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Func, Model, Q, QuerySet
from django.db.models.lookups import In
from django.db.models.sql.compiler import SQLCompiler

from llmspell_web.teams.models import User
from sessions.metadata_filter import Compiled
from sessions.models import Session

Listed = QuerySet[Any, Any]  # of whichever table is listed


class Unindexed(Func):
    """The column itself, in a way that SQLite's planner takes no index for."""

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object) -> Compiled:  # noqa: ARG002  # has no template to fill
        column, params = compiler.compile(self.source_expressions[0])
        return f"+{column}", tuple(params)


class Hidden(Unindexed):
    """As `Unindexed`, for PostgreSQL as well."""

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object) -> Compiled:  # noqa: ARG002  # has no template to fill
        column, params = compiler.compile(self.source_expressions[0])
        return f"GREATEST({column})", tuple(params)


def hidden(name: str, model: type[Model]) -> Hidden:
    return Hidden(name, output_field=unindexed(name, model).output_field)


def unindexed(name: str, model: type[Model] = Session) -> Unindexed:
    column: Field[object, object] = model._meta.get_field(name)  # type: ignore[assignment]  # never a reverse relation
    return Unindexed(name, output_field=getattr(column, "target_field", column))


@dataclass(frozen=True)
class Source:
    """A model whose rows are listed. `team` names the column of the team in whose lists a row stands, `always` what
    else holds for all of them; indexes of the orders begin with the team and hold such rows alone. `visible_to` gives
    the same rows for a user, asked one by one: where something else leads to them."""

    model: type[Model]
    team: str
    visible_to: Callable[[User], Listed]
    always: Q = field(default_factory=Q)

    def every(self) -> Listed:
        return self.model._default_manager.all()

    def in_teams(self, teams: Sequence[UUID]) -> Listed:
        """What a member of just these teams may see. A single one begins a range of an index."""
        there = {self.team: teams[0]} if len(teams) == 1 else {f"{self.team}__in": teams}
        return self.every().filter(self.always, **there)

    def also_in_teams(self, teams: Sequence[UUID]) -> Listed:
        """The same rows, for what another index leads to."""
        return self.every().filter(self.is_in_teams(teams), self.always)

    def is_in_teams(self, teams: Iterable[UUID]) -> Q:
        return Q(In(unindexed(self.team, self.model), list(teams)))


SESSIONS = Source(Session, "team", Session.objects.visible_to, Q(deleted_at=None))
