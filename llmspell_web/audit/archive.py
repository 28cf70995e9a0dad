"""What a purge takes away and the audit keeps: the events of sessions, row by row as they go."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from llmspell_web.audit.models import KeptEvent
from llmspell_web.trash.models import PurgeRecord


def keep_events(events: "QuerySet[Any]", record: PurgeRecord) -> None:
    """Of a session that is being taken away, in the transaction that deletes them: whoever dies in it has neither kept
    nor deleted them."""
    assert connection.in_atomic_block
    now = timezone.now()
    KeptEvent.objects.bulk_create(
        KeptEvent(
            source="event",
            key=str(event.pk),
            team_id=event.team_id,
            session_id=record.object_id,
            session_name=record.name,
            number=event.number,
            kind=event.kind,
            actor_id=event.actor_id,
            actor_name=event.actor.username,
            run_id=event.run_id,
            request_id=event.request_id,
            at=event.at,
            details=event.details,
            kept_at=now,
        )
        for event in events.select_related("actor").order_by("pk")
    )
