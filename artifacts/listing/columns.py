"""The columns of the list of artifacts: what each fetches, and what its cells say."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from artifacts.models import Artifact, ArtifactTag
from artifacts.querysets import ArtifactQuerySet
from llmspell_web.teams.models import User
from llmspell_web.web.templatetags.present import size
from sessions.columns import (
    Cell,
    Column,
    Columns,
    KnownColumns,
    Row,
    cut,
    link_cell,
    number_cell,
    tags_by_row,
    time_cell,
)

DIGITS_SHOWN = 12  # of a digest
# Fetched only where a column shows them: up to 64 KiB each.
LARGE = {"description", "custom"}
SMALL = [field.attname for field in Artifact._meta.concrete_fields if field.name not in LARGE]
COLUMNS = KnownColumns(
    (
        Column("session", "Session"),
        Column("type", "Type"),
        Column("mime", "MIME type"),
        Column("tags", "Tags"),
        Column("size", "Size", "size", is_number=True),
        Column("versions", "Versions", is_number=True),
        Column("by", "Stored by"),
        Column("run", "Run"),
        Column("created", "Stored", "created"),
        Column("team", "Team"),
        Column("hash", "SHA-256"),
        Column("description", "Description"),
    ),
    usual=("session", "type", "tags", "size", "by", "created"),
)


def fetch(artifacts: ArtifactQuerySet, columns: Columns) -> ArtifactQuerySet:
    """In one query, nothing that no column shows. Tags are read by `list_rows`."""
    shown = {column.key for column in columns}
    fields = [*SMALL]
    related = {
        "session": ("session", "session__name"),
        "by": ("created_by", "created_by__username"),
        "team": ("listed_in", "listed_in__name"),
    }
    for key, (relation, name) in related.items():
        if key in shown:
            artifacts, fields = artifacts.select_related(relation), [*fields, name]
    if "description" in shown:
        fields.append("description")
    return artifacts.only(*fields)


def list_rows(_: User, artifacts: Sequence[Artifact], columns: Columns) -> list[Row]:
    """Each artifact with its cells. One more query where tags are shown."""
    tags = tags_by_row(artifacts, ArtifactTag.objects.all(), "artifact") if COLUMNS.known["tags"] in columns else {}
    writers = [_writer(column, tags) for column in columns]
    return [
        Row(
            SafeString(artifact.pk),
            artifact.name,
            SafeString(artifact.get_absolute_url()),
            [write(artifact) for write in writers],
            f"v{artifact.version}",
            _picture(artifact),
            artifact.snippet,
        )
        for artifact in artifacts
    ]


def _picture(artifact: Artifact) -> str:
    """The address of its thumbnail; a plain sign for what may hold scripts, and nothing for what is no picture."""
    if artifact.mime_type == "image/svg+xml":
        return static("web/no-picture.svg")
    return reverse("artifacts:thumbnail", args=[artifact.pk]) if artifact.mime_type.startswith("image/") else ""


def _writer(column: Column, tags: dict[UUID, list[str]]) -> Callable[[Artifact], Cell]:
    label = conditional_escape(column.label)
    writers: dict[str, Callable[[Artifact], Cell]] = {
        "session": lambda artifact: link_cell(label, artifact.session.name, artifact.session.get_absolute_url()),
        "type": lambda artifact: Cell("text", label, artifact.artifact_type),
        "mime": lambda artifact: Cell("text", label, artifact.mime_type),
        "tags": lambda artifact: Cell("tags", label, tags[artifact.pk]),
        "size": lambda artifact: number_cell(label, size(artifact.size)),
        "versions": lambda artifact: number_cell(label, str(artifact.version_count)),
        "by": lambda artifact: Cell("text", label, artifact.created_by.username),
        "run": lambda artifact: _run(label, artifact.run_id),
        "created": lambda artifact: time_cell(label, artifact.created_at),
        "team": lambda artifact: Cell("text", label, artifact.listed_in.name if artifact.listed_in else ""),
        "hash": lambda artifact: Cell("text", label, artifact.blob_id[:DIGITS_SHOWN]),
        "description": lambda artifact: Cell("long", label, cut(artifact.description)),
    }
    return writers[column.key]


def _run(label: str, run_id: UUID | None) -> Cell:
    return link_cell(label, "its run", reverse("workspace:run", args=[run_id])) if run_id else Cell("text", label)
