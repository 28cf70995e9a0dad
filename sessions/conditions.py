"""What it means that a session matches: one function a condition, whichever door asks.

SQLite keeps no figures about its rows and takes an index for any column that a condition names, however many rows it
stands for; then it sorts them all. Conditions that hold for many rows are therefore hidden from its planner
(`Unindexed`), so that a list walks the index of its order and stops when the page is full.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, Field, Func, OuterRef, Q, QuerySet
from django.db.models.lookups import Exact, GreaterThanOrEqual, In, IsNull, LessThan
from django.db.models.sql.compiler import SQLCompiler

from sessions import matching
from sessions.fields import JsonValue
from sessions.metadata_filter import Compiled, MetadataEquals
from sessions.models import Session, SessionTag


class Unindexed(Func):
    """The column itself, in a way that SQLite's planner takes no index for."""

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object) -> Compiled:  # noqa: ARG002  # has no template to fill
        column, params = compiler.compile(self.source_expressions[0])
        return f"+{column}", tuple(params)


def unindexed(field: str) -> Unindexed:
    column: Field[object, object] = Session._meta.get_field(field)  # type: ignore[assignment]  # never a reverse relation
    return Unindexed(field, output_field=getattr(column, "target_field", column))


def has_status(statuses: Iterable[str]) -> Q:
    return Q(In(unindexed("status"), list(statuses)))


def is_root() -> Q:
    return Q(IsNull(unindexed("parent"), True))


def is_child_of(parent_id: UUID) -> Q:
    parent = unindexed("parent")
    return Q(IsNull(parent, False)) & Q(Exact(parent, parent_id))


def is_in_teams(teams: Iterable[UUID]) -> Q:
    return Q(In(unindexed("team"), list(teams)))


def is_owned_by(user_id: UUID) -> Q:
    return Q(Exact(unindexed("created_by"), user_id))


def _is_among(rows: "QuerySet[Any]", key: str) -> Q:
    """The session's key is at `key` of one of the rows. Said as a range of one: for an equality PostgreSQL may read all
    those rows first, to look the sessions up among them."""
    return Q(Exists(rows.filter(**{f"{key}__gte": OuterRef("pk"), f"{key}__lte": OuterRef("pk")})))


def tagged(name: str) -> "QuerySet[SessionTag]":
    """The rows that say so: a tag matches whole and in its own case."""
    return SessionTag.objects.filter(name=name)


def has_tag(name: str) -> Q:
    return _is_among(tagged(name), "session")


def is_called(text: str) -> Q:
    """Name or description holds the text, in any case."""
    return matching.contains("name", text) | matching.contains("description", text)


def mentions(text: str) -> Q:
    """As `is_called`, or a tag holds the text."""
    return is_called(text) | _is_among(SessionTag.objects.filter(matching.contains("name", text)), "session")


def has_metadata(path: Sequence[str], value: JsonValue) -> Q:
    return Q(MetadataEquals("metadata", path, value))


def artifacts(artifact_type: str) -> "QuerySet[Any]":
    """Artifacts of that type, in the trash or not. Their table lies above this app: it is reached as a relation."""
    # Any: which model that is, this app does not know.
    model: Any = Session._meta.get_field("artifacts").related_model
    return model._default_manager.filter(artifact_type=artifact_type.lower())  # type: ignore[no-any-return]


def holds_artifact(artifact_type: str) -> Q:
    """One that is not in the trash."""
    return _is_among(artifacts(artifact_type).filter(deleted_at=None), "session")


def is_within(field: str, start: datetime | None, end: datetime | None, *, by_index: bool) -> Q:
    """From `start` on, before `end`. `by_index` where the list is ordered by that field."""
    column = field if by_index else unindexed(field)
    found = Q()
    if start is not None:
        found &= Q((f"{field}__gte", start)) if by_index else Q(GreaterThanOrEqual(column, start))
    if end is not None:
        found &= Q((f"{field}__lt", end)) if by_index else Q(LessThan(column, end))
    return found
