"""The events of a session: its history page, the audit log and the live feed are the same rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F

from llmspell_web.teams.models import User
from sessions.edits import ABSENT, is_same
from sessions.models import Session, SessionEvent

KEY_EVENTS_MAX = 50  # each may hold 128 KiB of metadata
# Belongs into the UPDATE of the session's row that every event tells about: it numbers the event without a query more.
COUNT_EVENT = {"event_count": F("event_count") + 1}

# Written out, as every change passes here: the number is that which the row was just given, the team the row's own.
_OF_SESSION = {"id", "session", "team", "number"}
_FIELDS = [field for field in SessionEvent._meta.local_concrete_fields if field.name not in _OF_SESSION]
_INSERT = """
    INSERT INTO llmspell_sessions_sessionevent
    (session_id, team_id, number, kind, actor_id, run_id, request_id, at, details)
    SELECT id, team_id, event_count, %s, %s, %s, %s, %s, %s FROM llmspell_sessions_session WHERE id IN ({keys})
"""
_INSERT_ONE = _INSERT.format(keys="%s")


def record_event(
    session: Session,
    kind: SessionEvent.Kind,
    *,
    actor: User,
    run_id: UUID | None = None,
    bulk_id: UUID | None = None,
    at: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Append to the session's history, in the caller's transaction and after it has changed the session's row with
    `COUNT_EVENT` (a new row begins at 1). Without it the number is taken already, and the transaction fails.
    `bulk_id` is the bulk action that this is a part of.

    That change holds the row until the commit, so the ids and numbers of one session's events rise in the order in
    which they become visible: a reader that resumes after the last one it saw misses none.
    """
    told = dict(details or {})
    if bulk_id:
        told["bulk"] = str(bulk_id)
    event = SessionEvent(kind=kind, actor_id=actor.pk, run_id=run_id, at=at, details=told)
    _insert(_INSERT_ONE, event, [session.pk])


def record_events(
    sessions: Sequence[UUID],
    kind: SessionEvent.Kind,
    *,
    actor: User,
    at: datetime,
    details: Mapping[str, object],
) -> None:
    """As `record_event`, the same of many sessions in one statement; at most some 900 for a database's limit."""
    event = SessionEvent(kind=kind, actor_id=actor.pk, run_id=None, at=at, details=dict(details))
    _insert(_INSERT.format(keys=", ".join(["%s"] * len(sessions))), event, sessions)


def _insert(statement: str, event: SessionEvent, sessions: Sequence[UUID]) -> None:
    assert connection.in_atomic_block, "an event belongs to the transaction of the change it tells about"
    values = [field.get_db_prep_save(getattr(event, field.attname), connection) for field in _FIELDS]
    keys = [Session._meta.pk.get_db_prep_value(key, connection) for key in sessions]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *keys])
        assert cursor.rowcount == len(keys), "the sessions' rows are there: the caller has just changed them"


def last_change(session_id: UUID, field: str) -> SessionEvent | None:
    """The newest event that tells of a change of the field (`name`, `status`, `metadata`…), with its actor."""
    events = SessionEvent.objects.filter(session=session_id, details__has_key=field)
    events = events.exclude(kind__startswith="artifact_")  # whose names and tags are those of artifacts
    return events.select_related("actor").order_by("-number").first()


def last_key_changes(session_id: UUID, keys: Iterable[str]) -> dict[str, SessionEvent]:
    """For each key of the metadata the newest event that tells of its change, among the last KEY_EVENTS_MAX."""
    events = SessionEvent.objects.filter(session=session_id, details__has_key="metadata").select_related("actor")
    found: dict[str, SessionEvent] = {}
    for event in events.order_by("-number")[:KEY_EVENTS_MAX].iterator():
        before, after = (event.details["metadata"].get(side, {}) for side in ("before", "after"))
        for key in keys:
            if key not in found and not is_same(before.get(key, ABSENT), after.get(key, ABSENT)):
                found[key] = event
    return found
