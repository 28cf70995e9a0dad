"""Lists of artifacts: those of one session, and those of every session that a user can see."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from artifacts.models import Artifact, ArtifactTag
from artifacts.querysets import ArtifactQuerySet
from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.fields import describe
from sessions.filters import LIMIT_MAX, check_page, check_texts
from sessions.models import Session

QUERY_LIMIT = 100
SIZE_MAX = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class ArtifactListFilter:
    """What a session's list holds; `name` is the whole name, `latest` keeps only the newest version of each."""

    type: str | None = None
    tags: tuple[str, ...] = ()
    name: str | None = None
    latest: bool = False
    limit: int = LIMIT_MAX
    offset: int = 0

    def __post_init__(self) -> None:
        check_page(self.limit, self.offset)
        check_texts(self)


@dataclass(frozen=True, kw_only=True)
class ArtifactQuery:
    """What to look for across sessions. All conditions given must hold; sizes are bytes, both ends included.

    `name_pattern` is a glob when it holds `*` or `?`, else a part of the name; in any case. A session that the user
    cannot see has no artifacts here: who names one asks `sessions.access.get_session` first.
    """

    session_id: UUID | None = None
    type: str | None = None
    tags: tuple[str, ...] = ()
    name_pattern: str = ""
    created_after: datetime | None = None
    created_before: datetime | None = None
    min_size: int | None = None
    max_size: int | None = None
    limit: int = QUERY_LIMIT
    offset: int = 0

    def __post_init__(self) -> None:
        check_page(self.limit, self.offset)
        check_texts(self)
        for field, size in (("min_size", self.min_size), ("max_size", self.max_size)):
            if size is not None and not 0 <= size <= SIZE_MAX:
                raise InvalidField(field, "a number of bytes", describe(size))


def list_artifacts(session: Session, wanted: ArtifactListFilter) -> tuple[list[Artifact], int]:
    """A page of the session's artifacts in the order stored, every version, and how many matched."""
    artifacts = Artifact.objects.filter(session=session, deleted_at=None)
    artifacts = _with_tags(
        artifacts.filter(_given({"artifact_type": _fold(wanted.type), "name": wanted.name})), wanted.tags
    )
    if wanted.latest:
        artifacts = artifacts.newest()
    return _page(artifacts, "id", wanted.limit, wanted.offset)


def query_artifacts(user: User, query: ArtifactQuery) -> tuple[list[Artifact], int]:
    """A page of the artifacts that the user can see, newest first, and how many matched."""
    conditions = _given(
        {
            "session_id": query.session_id,
            "artifact_type": _fold(query.type),
            "created_at__gt": query.created_after,
            "created_at__lt": query.created_before,
            "blob__size__gte": query.min_size,
            "blob__size__lte": query.max_size,
        }
    )
    artifacts = _with_tags(Artifact.objects.visible_to(user).filter(conditions), query.tags)
    if query.name_pattern:
        artifacts = artifacts.named_like(query.name_pattern)
    return _page(artifacts, "-id", query.limit, query.offset)


def _fold(artifact_type: str | None) -> str | None:
    """As `clean_artifact_type` folds what is stored."""
    return None if artifact_type is None else artifact_type.lower()


def _given(lookups: dict[str, object]) -> Q:
    return Q(**{lookup: value for lookup, value in lookups.items() if value is not None})


def _with_tags(artifacts: ArtifactQuerySet, tags: tuple[str, ...]) -> ArtifactQuerySet:
    for tag in tags:
        artifacts = artifacts.filter(pk__in=ArtifactTag.objects.filter(name=tag).values("artifact"))
    return artifacts


def _page(artifacts: ArtifactQuerySet, order: str, limit: int, offset: int) -> tuple[list[Artifact], int]:
    """Two queries; a third, the count, only when the page is full or lies behind the end."""
    page = list(
        artifacts.select_related("blob", "created_by").prefetch_related("tags").order_by(order)[offset : offset + limit]
    )
    if len(page) < limit and (page or not offset):
        return page, offset + len(page)
    return page, artifacts.count()
