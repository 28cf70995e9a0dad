"""The columns of the list of sessions: what each fetches, and what its cells say."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db.models.functions import Left
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from llmspell_web.teams.models import User
from llmspell_web.web.templatetags.present import size, status_icon
from sessions.columns import (
    METADATA,
    SHORT_CHARACTERS,
    Cell,
    Column,
    Columns,
    KnownColumns,
    Row,
    cut,
    link_cell,
    metadata_text,
    number_cell,
    tags_by_row,
    time_cell,
)
from sessions.models import Session, SessionTag
from sessions.querysets import SessionQuerySet

# Fetched only where a column shows them: up to 64 KiB each.
LARGE = {"description", "metadata"}
SMALL = [field.attname for field in Session._meta.concrete_fields if field.name not in LARGE]
# Which Django would read anew for each row.
STATUSES = {value: SafeString(name) for value, name in Session.Status.choices}
COLUMNS = KnownColumns(
    (
        Column("status", "Status", "status"),
        Column("tags", "Tags"),
        Column("owner", "Owner"),
        Column("team", "Team"),
        Column("artifacts", "Artifacts", "artifacts", is_number=True),
        Column("size", "Size", "size", is_number=True),
        Column("created", "Created", "created"),
        Column("updated", "Updated", "updated"),
        Column("ended", "Ended"),
        Column("saved", "Saved"),
        Column("description", "Description"),
        Column("parent", "Parent"),
    ),
    usual=("status", "tags", "owner", "artifacts", "size", "updated"),
    has_metadata=True,
)


def fetch(sessions: SessionQuerySet, columns: Columns) -> SessionQuerySet:
    """In one query, nothing that no column shows. Tags and parents are read by `list_rows`."""
    shown = {column.key for column in columns}
    fields = [*SMALL]
    if any(key.startswith(METADATA) for key in shown):
        fields.append("metadata")
    if "owner" in shown:
        sessions, fields = sessions.select_related("created_by"), [*fields, "created_by__username"]
    if "team" in shown:
        sessions, fields = sessions.select_related("team"), [*fields, "team__name"]
    if "description" in shown:
        start = Left("description", SHORT_CHARACTERS + 1)
        sessions = sessions.annotate(description_start=start)  # type: ignore[no-redef]  # the model declares it
    return sessions.only(*fields)


def list_rows(user: User, sessions: Sequence[Session], columns: Columns) -> list[Row]:
    """Each session with its cells. One more query where tags are shown, and one where parents are: those that the user
    can see, by name."""
    parents: dict[UUID, Session] = {}
    if COLUMNS.known["parent"] in columns:
        keys = {session.parent_id for session in sessions if session.parent_id}
        parents = {row.pk: row for row in Session.objects.visible_to(user).filter(pk__in=keys).only("name")}
    tags = tags_by_row(sessions, SessionTag.objects.all(), "session") if COLUMNS.known["tags"] in columns else {}
    writers = [_writer(column, parents, tags) for column in columns]
    return [
        Row(
            SafeString(session.pk),
            session.name,
            SafeString(session.get_absolute_url()),
            [write(session) for write in writers],
        )
        for session in sessions
    ]


Writer = Callable[[Session], Cell]


def _writer(column: Column, parents: dict[UUID, Session], tags: dict[UUID, list[str]]) -> Writer:
    key, label = column.key, conditional_escape(column.label)
    if key.startswith(METADATA):
        path = key.removeprefix(METADATA).split(".")
        return lambda session: Cell("long", label, metadata_text(session.metadata, path))
    if key in {"created", "updated", "ended", "saved"}:
        return lambda session: time_cell(label, getattr(session, f"{key}_at"))
    writers: dict[str, Writer] = {
        "status": lambda session: Cell(
            "status", label, session.status, status_icon(session.status), STATUSES[session.status]
        ),
        "tags": lambda session: Cell("tags", label, tags[session.pk]),
        "owner": lambda session: Cell("text", label, session.created_by.username),
        "team": lambda session: Cell("text", label, session.team.name),
        "artifacts": lambda session: number_cell(label, str(session.artifact_count)),
        "size": lambda session: number_cell(label, size(session.total_artifact_size)),
        "description": lambda session: Cell("long", label, cut(session.description_start)),
        "parent": lambda session: _parent_cell(label, parents.get(session.parent_id) if session.parent_id else None),
    }
    return writers[key]


def _parent_cell(label: str, parent: Session | None) -> Cell:
    return link_cell(label, parent.name, parent.get_absolute_url()) if parent else Cell("text", label)
