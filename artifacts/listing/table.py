"""The list of all artifacts that somebody can see: the machinery of `sessions/tables.py`, for another table."""

from collections.abc import Sequence
from typing import Any

from artifacts.content_index import is_waiting
from artifacts.listing import conditions
from artifacts.listing.columns import COLUMNS, fetch, list_rows
from artifacts.listing.completion import VOCABULARY
from artifacts.listing.form import ArtifactListForm
from artifacts.listing.terms import ArtifactReader
from artifacts.models import Artifact, ArtifactTag
from artifacts.querysets import ArtifactQuerySet
from artifacts.snippets import add_snippets
from llmspell_web.teams.models import User
from llmspell_web.web.times import rfc3339
from sessions.export import Export
from sessions.facets import TAGS, Facet, FacetSet, accounts, most_frequent, own_teams
from sessions.fields import JsonObject
from sessions.pages import Orders
from sessions.tables import Table

UNREAD_MAX = 100
EXPORTED = (
    *("id", "name", "version", "version_count", "session_id", "session", "type", "mime_type", "size", "sha256"),
    *("tags", "description", "custom", "stored_by", "run_id", "created_at", "team", "url"),
)


def _fetch_all(artifacts: ArtifactQuerySet) -> ArtifactQuerySet:
    return artifacts.select_related("session", "created_by", "listed_in").prefetch_related("tags")


def _describe(artifact: Artifact, site: str) -> JsonObject:
    return {
        "id": str(artifact.pk),
        "name": artifact.name,
        "version": artifact.version,
        "version_count": artifact.version_count,
        "session_id": str(artifact.session_id),
        "session": artifact.session.name,
        "type": artifact.artifact_type,
        "mime_type": artifact.mime_type,
        "size": artifact.size,
        "sha256": artifact.blob_id,
        "tags": [*artifact.tag_names],
        "description": artifact.description,
        "custom": artifact.custom,
        "stored_by": artifact.created_by.username,
        "run_id": str(artifact.run_id) if artifact.run_id else None,
        "created_at": rfc3339(artifact.created_at),
        "team": artifact.listed_in.name if artifact.listed_in else None,
        "url": site + artifact.get_absolute_url(),
    }


def _mark(artifacts: Sequence[Any], reader: Any) -> None:  # Any: as `Table` has them
    if reader.searched and artifacts:
        add_snippets(artifacts, " ".join(reader.searched))


def _notice(user: User, reader: Any) -> str:  # Any: as above
    """How much a search of contents cannot find yet. One query more, two while something waits."""
    if not reader.searched or not is_waiting():
        return ""
    unread = Artifact.objects.visible_to(user).unread()[: UNREAD_MAX + 1].count()
    count = f"More than {UNREAD_MAX}" if unread > UNREAD_MAX else f"{unread}"
    return f"{count} of the contents cannot be searched yet: this is done in the background." if unread else ""


ARTIFACT_TABLE = Table(
    name="artifacts",
    thing="artifact",
    orders=Orders(conditions.ARTIFACTS, {"created": "created_at", "name": "name", "size": "size"}, "-created"),
    form=ArtifactListForm,
    reader=ArtifactReader,
    columns=COLUMNS,
    facets=FacetSet(
        conditions.ARTIFACTS,
        ArtifactTag,
        "artifact",
        (
            Facet(
                "type",
                "Type",
                "artifact_type",
                lambda value, column: conditions.type_condition([value], column),
                most_frequent,
            ),
            Facet("tag", "Tags", TAGS, lambda value, _: conditions.tag_condition(value), most_frequent),
            Facet("mime", "MIME type", "mime_type", lambda value, _: conditions.mime_condition(value), most_frequent),
            Facet("by", "Stored by", "created_by", conditions.creator_condition, accounts),
            Facet("team", "Team", "listed_in", lambda value, _: conditions.team_condition(value), own_teams),
        ),
    ),
    fetch=fetch,
    list_rows=list_rows,
    vocabulary=VOCABULARY,
    export=Export(EXPORTED, _describe, _fetch_all, lambda _start, _order: None),
    rising=frozenset({"name"}),
    mark=_mark,
    notice=_notice,
)
