"""A new session that starts as a save recorded another one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Max, Sum, Window
from django.utils import timezone

from artifacts.models import Artifact, ArtifactTag, SavedArtifact
from artifacts.saves import MANIFEST_BATCH
from llmspell_web.teams.models import User
from llmspell_web.web.problems import NotFound
from sessions.fields import NAME_MAX_CHARACTERS
from sessions.hierarchy import hold_own_team
from sessions.history import COUNT_EVENT, record_event
from sessions.models import Session, SessionEvent, SessionSave
from sessions.services import create_session

COPIED_NUMBER = 2  # a copy is created, which is its first event, and then told to be a copy


def open_save(save: SessionSave, *, actor: User) -> Session:
    """An active session in the same team with the save's fields and artifacts, all of it or nothing.

    Contents are shared by digest, versions keep their numbers, and it stands under the same parent where that is still
    in sight: beside its source, not below. Both histories tell. `Forbidden` where the actor is a viewer of the team,
    `NotFound` where the source is moved out of it at the same time.
    """
    with transaction.atomic():
        source = Session.objects.filter(pk=save.session_id, deleted_at=None).first()
        if source is None:
            raise NotFound(f"session not found: {save.session_id}")
        copy = create_session(
            actor,
            name=_name(save),
            description=save.fields["description"],
            tags=save.fields["tags"],
            metadata=save.fields["metadata"],
            parent=_parent(save, source, actor),
            team=source.team,
        )
        hold_own_team()
        _hold(source)
        _copy_artifacts(save, copy, actor)
        _record(save, source, copy, actor)
    return copy


def _hold(source: Session) -> None:
    """Behind its team: see `sessions/hierarchy.py`."""
    there = Session.objects.filter(pk=source.pk, team=source.team_id, deleted_at=None)
    if not there.select_for_update(no_key=True):
        raise NotFound(f"session not found: {source.pk}")


def _name(save: SessionSave) -> str:
    ending = f" (from save {save.number})"
    return f"{save.fields['name'][: NAME_MAX_CHARACTERS - len(ending)]}{ending}"


def _parent(save: SessionSave, source: Session, actor: User) -> Session | None:
    parents = Session.objects.visible_to(actor).filter(team=source.team_id)
    return parents.filter(pk=save.fields["parent_session_id"]).first()


def _copy_artifacts(save: SessionSave, copy: Session, actor: User) -> None:
    now = timezone.now()
    artifacts = (_copy(line, copy, actor, now) for line in _manifest(save))
    while batch := list(islice(artifacts, MANIFEST_BATCH)):
        Artifact.objects.bulk_create(artifact for artifact, _ in batch)
        ArtifactTag.objects.bulk_create(tag for _, tags in batch for tag in tags)
    totals = copy.artifacts.aggregate(count=Count("pk"), size=Sum("size", default=0))
    copy.artifact_count, copy.total_artifact_size = totals["count"], totals["size"]
    copy.save(update_fields=["artifact_count", "total_artifact_size"])


def _manifest(save: SessionSave) -> Iterator[Any]:  # Any: the lines, with what is annotated here
    lines = save.artifacts.annotate(
        size=F("blob__size"),
        newest=Window(Max("version"), partition_by=F("name")),
        version_count=Window(Count("pk"), partition_by=F("name")),
    )
    return lines.order_by("pk").iterator(MANIFEST_BATCH)


@dataclass(frozen=True)
class Original:
    """Where a copied artifact comes from. `artifact_id` is None where the save's line is gone."""

    session_id: UUID
    save_number: int
    artifact_id: UUID | None


def find_original(artifact: Artifact) -> Original | None:
    """None for what was stored in its session itself. Says nothing about who may see the original."""
    if artifact.run_id is not None:
        return None
    first = artifact.session.events.filter(kind=SessionEvent.Kind.COPIED, number__lte=COPIED_NUMBER).first()
    if first is None or first.at < artifact.created_at or first.details["copy"]["id"] != str(artifact.session_id):
        return None
    session_id, number = UUID(first.details["source"]["id"]), first.details["number"]
    lines = SavedArtifact.objects.filter(save_record__session=session_id, save_record__number=number)
    line = lines.filter(name=artifact.name, version=artifact.version).first()
    return Original(session_id, number, line.artifact_id if line else None)


def _copy(line: Any, copy: Session, actor: User, now: datetime) -> tuple[Artifact, list[ArtifactTag]]:
    artifact = Artifact(
        session=copy,
        name=line.name,
        version=line.version,
        version_count=line.version_count if line.version == line.newest else None,
        listed_in_id=copy.team_id if line.version == line.newest else None,
        artifact_type=line.artifact_type,
        mime_type=line.mime_type,
        description=line.description,
        custom=line.custom,
        blob_id=line.blob_id,
        size=line.size,
        created_by=actor,
        created_at=now,
    )
    return artifact, ArtifactTag.of(artifact, line.tags)


def _record(save: SessionSave, source: Session, copy: Session, actor: User) -> None:
    details = {
        "number": save.number,
        "artifact_count": copy.artifact_count,
        "source": {"id": str(source.pk), "name": source.name},
        "copy": {"id": str(copy.pk), "name": copy.name},
    }
    for session in (source, copy):
        Session.objects.filter(pk=session.pk).update(**COUNT_EVENT)
        record_event(session, SessionEvent.Kind.COPIED, actor=actor, at=timezone.now(), details=details)
