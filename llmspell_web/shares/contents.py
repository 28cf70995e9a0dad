"""What a visitor is shown of what is shared: nothing here starts from anything but the share.

Of a session that is its fields and the newest version of each name; old versions, history, runs, parents and children
are not. What lies in the trash is not there, in a frozen share either, until somebody takes it out.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any  # Any: fields of a session, each of its own type
from uuid import UUID

from django.db.models import QuerySet

from artifacts.models import Artifact
from artifacts.states import record_fields, snapshot_fields
from llmspell_web.shares.models import Share, SharedArtifact
from llmspell_web.web.paging import KeyPage, read_key
from llmspell_web.web.problems import NotFound
from sessions.metadata_tree import Node, build_tree
from sessions.models import Session

PAGE_SIZE = 50
NOT_SHARED = "this is not there, or not a part of what is shared"
TREE_NODES = 2000


@dataclass(frozen=True)
class SharedSession:
    name: str
    description: str
    status: str
    status_label: str
    tags: list[str]
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None

    @property
    def tree(self) -> Node:
        return build_tree(self.metadata, nodes=TREE_NODES)


def shared_session(share: Share) -> SharedSession:
    assert share.session is not None
    fields: Any = snapshot_fields(share.session) if share.is_live else share.fields
    return SharedSession(
        fields["name"],
        fields["description"],
        fields["status"],
        Session.Status(fields["status"]).label,
        fields["tags"],
        fields["metadata"],
        datetime.fromisoformat(fields["created_at"]),
        datetime.fromisoformat(fields["updated_at"]),
        datetime.fromisoformat(fields["ended_at"]) if fields["ended_at"] else None,
    )


def page_artifacts(share: Share, after: str) -> KeyPage[SharedArtifact]:
    """Of a session, the last stored first, behind the artifact `after`. Two queries."""
    key = read_key(after)
    found: list[SharedArtifact]
    if share.is_live:
        rows = Artifact.objects.newest().filter(session=share.session_id).prefetch_related("tags")
        rows = rows.filter(pk__lt=key) if key else rows
        found = [_as_it_is(share, row) for row in rows.order_by("-pk")[: PAGE_SIZE + 1]]
    else:
        lines = _lines(share)
        lines = lines.filter(artifact__lt=key) if key else lines
        found = list(lines.select_related("artifact").order_by("-artifact")[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    return KeyPage(found[:PAGE_SIZE], str(found[PAGE_SIZE - 1].artifact_id) if more else "")


def only_artifact(share: Share) -> SharedArtifact:
    """What a share of an artifact shows."""
    if not share.is_live:
        return _only(_lines(share).select_related("artifact__blob").first())
    newest = Artifact.objects.newest().filter(session=share.session_id, name=share.artifact_name)
    return _only(_as_it_is(share, row) if (row := newest.select_related("blob").first()) else None)


def get_artifact(share: Share, key: UUID) -> SharedArtifact:
    """NotFound alike for one that is not there and one that is not shared. Of a version that is old by now, a live
    share gives the newest: the page with the link may have been open for a while."""
    if not share.is_live:
        return _only(_lines(share).filter(artifact=key).select_related("artifact__blob").first())
    shared = Artifact.objects.filter(session=share.session_id, deleted_at=None)
    if share.artifact_name:
        shared = shared.filter(name=share.artifact_name)
    row = shared.filter(pk=key).select_related("blob").first() if share.session_id else None
    if row is not None and row.version_count is None:
        row = shared.newest().filter(name=row.name).select_related("blob").first()
    return _only(_as_it_is(share, row) if row else None)


def _lines(share: Share) -> QuerySet[SharedArtifact]:
    return SharedArtifact.objects.filter(share=share, artifact__deleted_at=None)


def _as_it_is(share: Share, artifact: Artifact) -> SharedArtifact:
    return SharedArtifact(share=share, artifact=artifact, **record_fields(artifact))


def _only(found: SharedArtifact | None) -> SharedArtifact:
    if found is None:
        raise NotFound(NOT_SHARED)
    return found
