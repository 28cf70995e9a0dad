"""Saves: numbered, unchangeable snapshots of a session's fields and of which artifacts it had."""

from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from artifacts.models import Artifact, SavedArtifact
from artifacts.states import record_fields, snapshot_fields
from llmspell_web.teams.models import User
from llmspell_web.web.problems import NotFound
from sessions.history import COUNT_EVENT, record_event
from sessions.models import Session, SessionEvent, SessionSave

MANIFEST_BATCH = 500  # artifacts in memory at a time


def save_session(session: Session, *, actor: User, run_id: UUID | None = None) -> SessionSave:
    """Record the session's next save, in whatever status it is. The content is shared by digest, not copied.

    Fields and manifest are those of one moment: the session's row is held while they are read, and every change to
    the session or its artifacts needs that row. The instance gets its new `saved_at`, `save_count`, `updated_at`.
    """
    now = timezone.now()
    with transaction.atomic():
        in_sight = Session.objects.filter(pk=session.pk, deleted_at=None)
        if not in_sight.update(save_count=F("save_count") + 1, saved_at=now, updated_at=now, **COUNT_EVENT):
            raise NotFound(f"session not found: {session.pk}")
        current = Session.objects.get(pk=session.pk)
        save = SessionSave.objects.create(
            session=session,
            number=current.save_count,
            fields=snapshot_fields(current),
            created_by=actor,
            run_id=run_id,
            created_at=now,
        )
        _write_manifest(save)
        details = {"number": save.number, "artifact_count": current.artifact_count}
        record_event(session, SessionEvent.Kind.SAVED, actor=actor, run_id=run_id, at=now, details=details)
    session.save_count, session.saved_at, session.updated_at = save.number, now, now
    return save


def _write_manifest(save: SessionSave) -> None:
    artifacts = Artifact.objects.filter(session_id=save.session_id, deleted_at=None).order_by("id")
    rows = (_manifest_row(save, artifact) for artifact in artifacts.prefetch_related("tags").iterator(MANIFEST_BATCH))
    while batch := list(islice(rows, MANIFEST_BATCH)):
        SavedArtifact.objects.bulk_create(batch)


def _manifest_row(save: SessionSave, artifact: Artifact) -> SavedArtifact:
    return SavedArtifact(save_record=save, artifact_id=artifact.pk, blob_id=artifact.blob_id, **record_fields(artifact))
