"""The ways to one artifact."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from artifacts.models import Artifact, ArtifactTag
from llmspell_web.teams.models import User
from llmspell_web.web.paging import read_position
from llmspell_web.web.problems import NotFound, Problem
from sessions.access import get_sessions_for_change, parse_id
from sessions.fields import is_storable
from sessions.models import Session
from sessions.prepared import PreparedQuery, remember_tags

VERSION_MAX = 2**31 - 1  # what the column holds


@PreparedQuery
def _find_artifact(user_id: UUID, artifact_id: UUID) -> "QuerySet[Artifact]":
    artifacts = Artifact.objects.visible_to(User(pk=user_id)).filter(pk=artifact_id)
    return artifacts.select_related("blob", "created_by", "session")


@PreparedQuery
def _find_tags(artifact_id: UUID) -> "QuerySet[ArtifactTag]":
    return ArtifactTag.objects.filter(artifact=artifact_id)


def get_artifact(user: User, artifact_id: str | UUID, *, session: Session | None = None) -> Artifact:
    """The artifact with its blob, creator, session and tags.

    `Problem` for a malformed id, `NotFound` for one that does not exist, is in the trash, belongs to another team's
    session, or to another session than the one named. Whoever changes it asks `sessions.access` about the session.
    """
    key = parse_id("artifact", artifact_id)
    artifacts = _find_artifact(user.pk, key)
    if not artifacts or (session is not None and artifacts[0].session_id != session.pk):
        raise NotFound(f"artifact not found: {key}")
    remember_tags(artifacts[0], _find_tags(key))
    return artifacts[0]


def get_artifacts_for_change(
    user: User, keys: Collection[UUID], *, in_trash: bool = False
) -> dict[UUID, Artifact | Problem]:
    """Each artifact with its blob, session and tags, or the problem why the user may not change it. Their sessions are
    held until the end of the caller's transaction. Six queries, however many."""
    places = Artifact.objects.trash_visible_to(user) if in_trash else Artifact.objects.visible_to(user)
    where = "not in the trash any more" if in_trash else "not there any more"
    found: dict[UUID, Artifact | Problem] = dict.fromkeys(keys, NotFound(f"it is {where}, or you may not see it"))
    artifacts = list(places.filter(pk__in=keys).select_related("blob").prefetch_related("tags"))
    sessions = get_sessions_for_change(user, {artifact.session_id for artifact in artifacts})
    for artifact in artifacts:
        session = sessions[artifact.session_id]
        if isinstance(session, Session):
            artifact.session = session
            found[artifact.pk] = artifact
        else:
            found[artifact.pk] = session
    return found


def get_trashed_artifact(user: User, artifact_id: str | UUID) -> Artifact:
    """As `get_artifact`, for one in the trash whose session is not there itself."""
    key = parse_id("artifact", artifact_id)
    in_trash = Artifact.objects.in_trash().filter(pk=key, session__in=Session.objects.visible_to(user))
    artifact = in_trash.select_related("blob", "session").first()
    if artifact is None:
        raise NotFound(f"artifact not found: {key}")
    return artifact


def find_version(session: Session, reference: str) -> Artifact:
    """`NAME@3` or `NAME@latest`; what stands behind the last @ is the version, so every name is exact."""
    name, _, version = reference.rpartition("@")
    number = read_position(version)
    rows = Artifact.objects.filter(session=session, name=name, deleted_at=None)
    rows = rows.filter(version_count__isnull=False) if version == "latest" else rows.filter(version=number or 0)
    is_possible = is_storable(reference) and (version == "latest" or (number is not None and number <= VERSION_MAX))
    artifact = rows.select_related("blob", "session").first() if is_possible else None
    if artifact is None:
        raise NotFound("artifact not found: no such name or version in this session")
    return artifact


def find_artifact_by_content(session: Session, digest: str, version: int) -> Artifact | None:
    """The artifact of the session that is this version of its name and has this content: the newest, where several
    names share both. None also when it is in the trash."""
    return (
        Artifact.objects.filter(session=session, blob=digest, version=version, deleted_at=None).order_by("-id").first()
    )
