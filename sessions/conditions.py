"""What it means that a session matches: one function a condition, whichever door asks.

Conditions that hold for many rows are hidden from SQLite's planner: see `source.py`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.lookups import Exact, GreaterThanOrEqual, In, IsNull, LessThan

from sessions import matching
from sessions.fields import JsonValue
from sessions.metadata_filter import MetadataEquals
from sessions.models import Session, SessionTag
from sessions.source import unindexed

Bound = datetime | int | None  # of a range


def has_status(statuses: Iterable[str]) -> Q:
    return Q(In(unindexed("status"), list(statuses)))


def is_root() -> Q:
    return Q(IsNull(unindexed("parent"), True))


def is_child_of(parent_id: UUID) -> Q:
    parent = unindexed("parent")
    return Q(IsNull(parent, False)) & Q(Exact(parent, parent_id))


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


def is_within(field: str, start: Bound, end: Bound, *, by_index: bool, model: type[Model] = Session) -> Q:
    """From `start` on, before `end`. `by_index` where the list is ordered by that field."""
    column = field if by_index else unindexed(field, model)
    found = Q()
    if start is not None:
        found &= Q((f"{field}__gte", start)) if by_index else Q(GreaterThanOrEqual(column, start))
    if end is not None:
        found &= Q((f"{field}__lt", end)) if by_index else Q(LessThan(column, end))
    return found
