"""Storing and deleting artifacts. Callers have loaded the session for change (`sessions.access`)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from artifacts import fields
from artifacts.blobs import Readable, describe_size, open_blob, save_blob, stage_blob
from artifacts.models import Artifact, ArtifactTag, Blob
from artifacts.versions import count_in, count_out, number_newest
from llmspell_web.teams.models import Team, User
from llmspell_web.web.keys import new_key
from llmspell_web.web.problems import Conflict, InvalidField, NotFound
from sessions.fields import clean_description, clean_tags
from sessions.history import COUNT_EVENT, record_event
from sessions.lifecycle import with_article
from sessions.models import Session, SessionEvent
from sessions.prepared import insert_row
from sessions.tag_text import join_tags


class TagsOvertaken(Conflict):
    """Somebody changed the tags since the author of this edit saw them. Nothing was saved; `now` are the tags."""

    def __init__(self, now: list[str]) -> None:
        super().__init__(f"somebody changed these tags meanwhile, to {join_tags(now) or 'none'}: nothing was saved")
        self.now = now


# Written out because every stored artifact passes here: compiling the same UPDATE costs Django 0.5 ms each time.
_COUNT_ARTIFACT = """
    UPDATE llmspell_sessions_session
    SET artifact_count = artifact_count + %s, total_artifact_size = total_artifact_size + %s, updated_at = %s,
        event_count = event_count + 1
    WHERE id = %s AND status = 'active' AND deleted_at IS NULL
    RETURNING team_id
"""


@dataclass(frozen=True)
class RunPlace:
    """Where a run stands when it stores. `uses` counts what it had read and written by then, and `write_uses` is called
    in the transaction that stores. `line`, and `chunk` ("" is the run's own script), are what the script says; None
    where it does not."""

    uses: int
    chunk: str = ""
    line: int | None = None
    write_uses: Callable[[], None] | None = None


def store_artifact(
    session: Session,
    *,
    actor: User,
    artifact_type: object,
    name: object,
    content: bytes | Readable | Blob,
    mime_type: object = None,
    description: object = "",
    tags: object = (),
    custom: object = None,
    run_id: UUID | None = None,
    run_place: RunPlace | None = None,
    from_version: int | None = None,
    attempt: UUID | None = None,
) -> Artifact:
    """Store the next version of `name`. `Conflict` unless the session is active at the moment of storing.

    Versions count from 1 for each name and are given once: deleting one does not free its number. The counters of
    the session's row are kept; the given instance is not touched. A `Blob` as content is linked, not copied;
    `from_version` is the version that it came from, which the event tells. A browser that does not know whether its
    upload arrived sends it again with the same `attempt`: what the actor stored with that, alike in all that is given
    here, is returned and not stored again, unless it was deleted since. Without `attempt`, as scripts store, every call
    makes a version.
    """
    artifact = Artifact(
        session=session,
        artifact_type=fields.clean_artifact_type(artifact_type),
        name=fields.clean_artifact_name(name),
        description=clean_description(description),
        custom=fields.clean_custom({} if custom is None else custom),
        created_by=actor,
        run_id=run_id,
    )
    if run_place is not None:
        artifact.run_uses, artifact.run_chunk, artifact.run_line = run_place.uses, run_place.chunk, run_place.line
    clean_type = None if mime_type is None else fields.clean_mime_type(mime_type)
    tag_names = clean_tags(tags)
    if session.status != Session.Status.ACTIVE:
        _refuse_unless_active(session, "store")  # before a long upload is taken in; the UPDATE below decides
    artifact.blob = blob = _stage_content(content)
    artifact.size = blob.size
    artifact.mime_type = clean_type or _guess_mime_type(artifact.name, blob, content)
    if attempt is not None:
        return _store_once(artifact, tag_names, attempt)
    return _store(artifact, tag_names, {} if from_version is None else {"from_version": from_version}, run_place)


def make_current(artifact: Artifact, *, actor: User) -> Artifact:
    """Store an old version once more, as the newest one of its name, with all that it had. `Conflict` unless its
    session is active."""
    return store_artifact(
        artifact.session,
        actor=actor,
        artifact_type=artifact.artifact_type,
        name=artifact.name,
        content=artifact.blob,
        mime_type=artifact.mime_type,
        description=artifact.description,
        tags=artifact.tag_names,
        custom=artifact.custom,
        from_version=artifact.version,
    )


def delete_artifact(
    artifact: Artifact, *, actor: User, run_id: UUID | None = None, bulk_id: UUID | None = None
) -> None:
    """Move one version to the trash. `Conflict` unless its session is active, `NotFound` the second time."""
    now = timezone.now()
    with transaction.atomic():
        team = _change_counters(artifact.session, -1, -artifact.blob.size, now, "delete")
        in_sight = Artifact.objects.filter(pk=artifact.pk, deleted_at=None)
        if not in_sight.update(deleted_at=now, deleted_by=actor, trashed_in=team):
            raise NotFound(f"artifact not found: {artifact.pk}")
        count_out(artifact)
        _record(artifact, SessionEvent.Kind.ARTIFACT_DELETED, actor, run_id, now, bulk_id=bulk_id)
    artifact.deleted_at, artifact.deleted_by = now, actor


def restore_artifact(artifact: Artifact, *, actor: User, bulk_id: UUID | None = None) -> None:
    """Take one version out of the trash, where it was. `Conflict` unless it is there and its session is active."""
    now = timezone.now()
    with transaction.atomic():
        _change_counters(artifact.session, 1, artifact.size, now, "restore")
        in_trash = Artifact.objects.in_trash().filter(pk=artifact.pk)
        if not in_trash.update(deleted_at=None, deleted_by=None, trashed_in=None):
            raise Conflict("this artifact is not in the trash")
        count_in(artifact)
        _record(artifact, SessionEvent.Kind.ARTIFACT_RESTORED, actor, None, now, bulk_id=bulk_id)
    artifact.deleted_at, artifact.deleted_by = None, None


def update_artifact_tags(
    artifact: Artifact,
    *,
    actor: User,
    tags: object,
    seen: list[str] | None = None,
    bulk_id: UUID | None = None,
) -> None:
    """Give one version these tags, whatever the session's status. With `seen`, the tags that the author of the edit had
    before them, it is `TagsOvertaken` where somebody else has changed them since. Tags that are there already leave no
    event."""
    names, now = clean_tags(tags), timezone.now()
    with transaction.atomic():
        session = Session.objects.select_for_update(no_key=True).filter(pk=artifact.session_id, deleted_at=None).first()
        if session is None or not Artifact.objects.filter(pk=artifact.pk, deleted_at=None).exists():
            raise NotFound(f"artifact not found: {artifact.pk}")
        before = list(ArtifactTag.objects.filter(artifact=artifact).values_list("name", flat=True))
        if names in (before, seen):
            return
        if seen is not None and seen != before:
            raise TagsOvertaken(before)
        ArtifactTag.objects.filter(artifact=artifact).delete()
        _add_tags(artifact, names)
        Session.objects.filter(pk=session.pk).update(updated_at=now, **COUNT_EVENT)
        change = {"tags": {"before": before, "after": names}}
        _record(artifact, SessionEvent.Kind.ARTIFACT_UPDATED, actor, None, now, bulk_id=bulk_id, change=change)
    artifact.__dict__.pop("_prefetched_objects_cache", None)  # tags that were prefetched are the old ones


def _store(
    artifact: Artifact, tags: list[str], origin: Mapping[str, object], run_place: RunPlace | None = None
) -> Artifact:
    session, kind = artifact.session, SessionEvent.Kind.ARTIFACT_STORED
    with transaction.atomic():
        artifact.created_at = timezone.now()
        artifact.listed_in_id = _change_counters(session, 1, artifact.size, artifact.created_at, "store")
        artifact.id = new_key()  # under the session's lock, so that ids rise in the order stored
        number_newest(artifact)
        save_blob(artifact.blob)
        if run_place is not None and run_place.write_uses is not None:
            run_place.write_uses()
        insert_row(artifact)
        _add_tags(artifact, tags)
        _record(artifact, kind, artifact.created_by, artifact.run_id, artifact.created_at, change=origin)
    return artifact


def _store_once(artifact: Artifact, tags: list[str], attempt: UUID) -> Artifact:
    """Unless the same attempt has stored the same. The constraint decides between two that arrive together."""
    same = [artifact.name, artifact.artifact_type, artifact.mime_type, artifact.description, artifact.custom]
    artifact.upload_key = uuid5(attempt, json.dumps([*same, tags, artifact.blob_id]))
    there = Artifact.objects.filter(
        session=artifact.session_id, created_by=artifact.created_by_id, upload_key=artifact.upload_key
    )
    first = there.first()
    if first is not None and first.deleted_at is None:
        return first
    if first is not None:
        artifact.upload_key = None
    try:
        return _store(artifact, tags, {})
    except IntegrityError:
        first = there.first()
        if first is None:
            raise
        return first


def _stage_content(content: bytes | Readable | Blob) -> Blob:
    limit: int = settings.ARTIFACT_MAX_BYTES
    size = len(content) if isinstance(content, bytes) else getattr(content, "size", 0)  # a stream may not know its own
    if size > limit:
        raise InvalidField("content", f"at most {describe_size(limit)}", f"{size:,} bytes")
    return content if isinstance(content, Blob) else stage_blob(content, max_bytes=limit)


def _guess_mime_type(name: str, blob: Blob, content: bytes | Readable | Blob) -> str:
    if by_name := fields.guess_by_name(name):
        return by_name
    if isinstance(content, bytes):
        return fields.guess_mime_type(name, content[: fields.MIME_HEAD_BYTES])
    with open_blob(blob) as file:
        return fields.guess_mime_type(name, file.read(fields.MIME_HEAD_BYTES))


def _change_counters(session: Session, count: int, size: int, now: datetime, verb: str) -> UUID:
    """Count an artifact in or out of an active session, and say in which team that is by now; holds its row until the
    commit, so that versions queue up."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT_ARTIFACT,
            [
                count,
                size,
                connection.ops.adapt_datetimefield_value(now),
                Session._meta.pk.get_db_prep_value(session.pk, connection),
            ],
        )
        counted = cursor.fetchall()
    if not counted:
        _refuse_unless_active(session, verb)
        raise Conflict(f"the session has just changed: {verb} again")
    team: UUID = Team._meta.pk.to_python(counted[0][0])
    return team


def _refuse_unless_active(session: Session, verb: str) -> None:
    status = Session.objects.filter(pk=session.pk, deleted_at=None).values_list("status", flat=True).first()
    if status is None:
        raise NotFound(f"session not found: {session.pk}")
    if status != Session.Status.ACTIVE:
        remedy = "Session.resume(id)" if status == Session.Status.SUSPENDED else "Session.load(id)"
        raise Conflict(f"cannot {verb} artifacts in {with_article(status)} session: call {remedy} first")


def _add_tags(artifact: Artifact, names: list[str]) -> None:
    for tag in ArtifactTag.of(artifact, names):
        insert_row(tag)


def _record(
    artifact: Artifact,
    kind: SessionEvent.Kind,
    actor: User,
    run_id: UUID | None,
    at: datetime,
    *,
    bulk_id: UUID | None = None,
    change: Mapping[str, object] | None = None,
) -> None:
    details: dict[str, object] = {
        "artifact_id": str(artifact.pk),
        "name": artifact.name,
        "version": artifact.version,
        "artifact_type": artifact.artifact_type,
        "size": artifact.size,
        **(change or {}),
    }
    record_event(artifact.session, kind, actor=actor, run_id=run_id, bulk_id=bulk_id, at=at, details=details)
