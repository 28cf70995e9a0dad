"""A session as it is now, or as one of its saves recorded it: one shape, so that any two can be looked at alike."""

from dataclasses import dataclass
from typing import Any  # Any: values of fields, each of its own type

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from artifacts.models import Artifact, SavedArtifact
from llmspell_web.teams.models import User
from llmspell_web.web.paging import read_position
from llmspell_web.web.problems import NotFound
from llmspell_web.web.times import rfc3339
from sessions.access import get_session
from sessions.models import Session, SessionSave


@dataclass(frozen=True)
class State:
    """`fields` as `snapshot_fields` gives them; `artifacts` are the newest version of each name."""

    session: Session
    save: SessionSave | None
    fields: dict[str, object]
    artifacts: "QuerySet[Artifact] | QuerySet[SavedArtifact]"

    @property
    def reference(self) -> str:
        """What `load_state` finds it by: the session's id, or `ID:3` for its third save."""
        return f"{self.session.pk}:{self.save.number}" if self.save else str(self.session.pk)

    @property
    def moment(self) -> str:
        return f"save {self.save.number}" if self.save else "now"

    def get_absolute_url(self) -> str:
        if self.save is None:
            return self.session.get_absolute_url()
        return reverse("artifacts:saved", args=[self.session.pk, self.save.number])


def snapshot_fields(session: Session) -> dict[str, object]:
    """The fields as `Session.get` names them; times as RFC 3339."""
    return {
        "name": session.name,
        "description": session.description,
        "status": session.status,
        "tags": session.tag_names,
        "metadata": session.metadata,
        "parent_session_id": str(session.parent_id) if session.parent_id else None,
        "created_at": rfc3339(session.created_at),
        "updated_at": rfc3339(session.updated_at),
        "ended_at": rfc3339(session.ended_at) if session.ended_at else None,
        "artifact_count": session.artifact_count,
        "total_artifact_size": session.total_artifact_size,
    }


def record_fields(artifact: Artifact) -> dict[str, Any]:
    """What an `ArtifactRecord` keeps of it, by the names of its fields."""
    return {
        "name": artifact.name,
        "version": artifact.version,
        "artifact_type": artifact.artifact_type,
        "mime_type": artifact.mime_type,
        "description": artifact.description,
        "custom": artifact.custom,
        "tags": artifact.tag_names,
    }


def get_save(session: Session, number: int | None) -> SessionSave:
    save = session.saves.select_related("created_by").filter(number=number).first() if number else None
    if save is None:
        raise NotFound(f"save not found: {number}")
    return save


def load_state(user: User, reference: str) -> State:
    """`Problem` for what is no reference, `NotFound` for what is not there or not the user's to see."""
    session_id, colon, number = reference.strip().partition(":")
    session = get_session(user, session_id)
    return saved_state(get_save(session, read_position(number)), session) if colon else state_now(session)


def state_now(session: Session) -> State:
    return State(session, None, snapshot_fields(session), session.artifacts.newest())


def saved_state(save: SessionSave, session: Session) -> State:
    newer = SavedArtifact.objects.filter(save_record=save.pk, name=OuterRef("name"), version__gt=OuterRef("version"))
    return State(session, save, save.fields, save.artifacts.filter(~Exists(newer)))


def saved_artifact(save: SessionSave, key: int) -> SavedArtifact:
    line = save.artifacts.select_related("blob").filter(pk=key).first()
    if line is None:
        raise NotFound("this save has no such artifact")
    return line
