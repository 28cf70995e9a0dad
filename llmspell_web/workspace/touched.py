"""The sessions and artifacts that a run touched, as the person who looks may see them."""

from dataclasses import dataclass
from uuid import UUID

from artifacts.models import Artifact
from llmspell_web.teams.models import User
from llmspell_web.workspace.models import Run, RunTouch
from sessions.models import Session

MAX_SHOWN = 50


@dataclass(frozen=True)
class Touched:
    """At most MAX_SHOWN of each. What is gone, or hidden from the reader, is only counted."""

    sessions: list[Session]
    artifacts: list[Artifact]
    unseen: int


def touched_by(run: Run, reader: User) -> Touched:
    keys: dict[RunTouch.Kind, list[UUID]] = {kind: [] for kind in RunTouch.Kind}
    for kind, key in run.touches.values_list("kind", "object_id"):
        keys[RunTouch.Kind(kind)].append(key)
    session_keys = keys[RunTouch.Kind.SESSION][:MAX_SHOWN]
    artifact_keys = keys[RunTouch.Kind.ARTIFACT][:MAX_SHOWN]
    sessions = Session.objects.visible_to(reader).in_bulk(session_keys) if session_keys else {}
    artifacts = (
        Artifact.objects.visible_to(reader).select_related("blob").in_bulk(artifact_keys) if artifact_keys else {}
    )
    seen = len(sessions) + len(artifacts)
    return Touched(
        [sessions[key] for key in session_keys if key in sessions],
        [artifacts[key] for key in artifact_keys if key in artifacts],
        sum(map(len, keys.values())) - seen,
    )
