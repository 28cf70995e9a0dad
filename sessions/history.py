"""The events of a session: its history page, the audit log and the live feed are the same rows."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from llmspell_web.teams.models import User
from sessions.models import Session, SessionEvent
from sessions.prepared import insert_row


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
    """Append to the session's history, in the caller's transaction and after it has changed the session's row.
    `bulk_id` is the bulk action that this is a part of.

    That change holds the row until the commit, so the ids of one session's events rise in the order in which
    they become visible: a reader that resumes after the last id it saw misses none.
    """
    assert connection.in_atomic_block, "an event belongs to the transaction of the change it tells about"
    told = dict(details or {})
    if bulk_id:
        told["bulk"] = str(bulk_id)
    insert_row(SessionEvent(session_id=session.pk, kind=kind, actor_id=actor.pk, run_id=run_id, at=at, details=told))
