"""Deleting for good. The callers have asked `access.py` whether the actor may, or are the expiry.

One conditional UPDATE decides between a purge and whoever takes the same thing out of the trash: it holds only for what
still lies there as it was seen, and what it marks is in nobody's sight from then on. Of a session, which may be large,
the rows go afterwards, piece by piece (`removal.py`).
"""

from django.db import transaction
from django.db.models import CASCADE
from django.utils import timezone

from artifacts.blobs import save_blob, stage_blob
from artifacts.models import Artifact, Blob
from artifacts.sweeping import without_referrers
from llmspell_web.teams.models import User
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.trash.removal import freed_by, relations
from llmspell_web.web.problems import Conflict
from sessions.models import Session

GONE = "it is not in the trash any more: somebody has taken it out, or deleted it for good"


def purge_session(session: Session, *, actor: User | None) -> PurgeRecord:
    """Delete a session in the trash for good, with its artifacts, saves and history. `actor` None: it went by itself.

    `Conflict` where it does not lie there any more as the caller saw it. Children stay, under no parent; runs stay.
    The record is unfinished while rows are left, which nobody sees.
    """
    now = timezone.now()
    with transaction.atomic():
        seen = Session.objects.in_trash().filter(pk=session.pk, deleted_at=session.deleted_at)
        if not seen.update(purged_at=now):
            raise Conflict(GONE)
        session.refresh_from_db()
        assert session.deleted_at is not None
        return PurgeRecord.objects.create(
            team_id=session.team_id,
            actor=actor,
            at=now,
            kind=PurgeRecord.Kind.SESSION,
            object_id=session.pk,
            name=session.name,
            deleted_by_id=session.deleted_by_id,
            deleted_at=session.deleted_at,
            versions=session.artifacts.filter(purged_at=None).count(),
            saves=session.save_count,
        )


def purge_artifact(artifact: Artifact, *, actor: User | None) -> PurgeRecord:
    """Delete one version in the trash, of a session that is not there itself, for good. `Conflict` as for a session.

    Where it holds the last number given to its name, its row stays without all that it said, and in nobody's sight:
    numbers go on behind it. Its content goes when nothing else points at it, a save of the session for instance.
    """
    now, nothing = timezone.now(), stage_blob(b"", max_bytes=0)
    with transaction.atomic():
        session = Session.objects.select_for_update(no_key=True).filter(pk=artifact.session_id, deleted_at=None).first()
        row = Artifact.objects.in_trash().filter(pk=artifact.pk, deleted_at=artifact.deleted_at).first()
        if session is None or row is None:
            raise Conflict(GONE)
        assert row.deleted_at is not None
        record = PurgeRecord(
            team_id=session.team_id,
            actor=actor,
            at=now,
            kind=PurgeRecord.Kind.ARTIFACT,
            object_id=row.pk,
            name=row.name,
            version=row.version,
            session_id=session.pk,
            session_name=session.name,
            deleted_by_id=row.deleted_by_id,
            deleted_at=row.deleted_at,
            ended_at=now,
        )
        content = row.blob_id
        _remove(row, nothing)
        record.freed_bytes = freed_by(without_referrers(Blob.objects.filter(pk=content)))
        record.save(force_insert=True)
    return record


def _remove(row: Artifact, nothing: Blob) -> None:
    """Under the lock of its session: nobody gives a number to its name meanwhile."""
    of_name = Artifact.objects.filter(session=row.session_id, name=row.name)
    if of_name.filter(version__gt=row.version).exists():
        row.delete()
        return
    of_name.filter(purged_at__isnull=False).delete()  # this row holds the last number now
    for relation in relations(Artifact):
        if relation.on_delete is CASCADE:
            relation.related_model._base_manager.filter(**{relation.field.name: row}).delete()
    save_blob(nothing)
    kept = {"id", "session", "name", "version", "version_count", "created_by", "created_at", "deleted_at", "deleted_by"}
    emptied = Artifact(pk=row.pk, blob=nothing, size=0, version_count=None, purged_at=timezone.now())
    fields = [field for field in Artifact._meta.local_concrete_fields if field.name not in kept]
    Artifact.objects.filter(pk=row.pk).update(**{field.attname: getattr(emptied, field.attname) for field in fields})
