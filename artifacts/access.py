"""The way to one artifact."""

from uuid import UUID

from artifacts.models import Artifact
from llmspell_web.teams.models import User
from llmspell_web.web.problems import NotFound
from sessions.access import parse_id
from sessions.models import Session


def get_artifact(user: User, artifact_id: str | UUID, *, session: Session | None = None) -> Artifact:
    """The artifact with its blob, creator and session; its tags cost one query when asked for.

    `Problem` for a malformed id, `NotFound` for one that does not exist, is in the trash, belongs to another team's
    session, or to another session than the one named. Whoever changes it asks `sessions.access` about the session.
    """
    key = parse_id("artifact", artifact_id)
    artifacts = Artifact.objects.visible_to(user).filter(pk=key)
    if session is not None:
        artifacts = artifacts.filter(session=session)
    artifact = artifacts.select_related("blob", "created_by", "session").first()
    if artifact is None:
        raise NotFound(f"artifact not found: {key}")
    return artifact
