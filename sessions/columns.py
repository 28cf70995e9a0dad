"""The columns of the list: which there are, what each fetches, and what its cells say. The name always stands first."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models.functions import Left

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from llmspell_web.web.templatetags.present import ago, exact, size, status_icon
from sessions.fields import JsonValue, describe, has_control_character, is_storable
from sessions.models import Session, SessionTag
from sessions.querysets import SessionQuerySet

NAME = "name"  # stands first whether a list of keys says so or not
METADATA = "meta."  # and the keys that lead to a value, joined by dots
METADATA_MAX = 5
METADATA_MAX_CHARACTERS = 100
SHORT_CHARACTERS = 120  # of a long text in a cell
# Fetched only where a column shows them: up to 64 KiB each.
LARGE = {"description", "metadata"}
SMALL = [field.attname for field in Session._meta.concrete_fields if field.name not in LARGE]


@dataclass(frozen=True)
class Column:
    """`sort` is the order that its heading asks for, if there is one."""

    key: str
    label: str
    sort: str = ""
    is_number: bool = False


COLUMNS = {
    column.key: column
    for column in (
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
    )
}
USUAL = tuple(COLUMNS[key] for key in ("status", "tags", "owner", "artifacts", "size", "updated"))
Columns = tuple[Column, ...]


def parse_columns(keys: Iterable[str]) -> Columns:
    """In the order given, each once, without the name. `InvalidField` for what is no column."""
    columns = tuple(_parse(key) for key in dict.fromkeys(keys) if key != NAME)
    of_metadata = [column for column in columns if column.key.startswith(METADATA)]
    if len(of_metadata) > METADATA_MAX:
        raise InvalidField("columns", f"at most {METADATA_MAX} of metadata", str(len(of_metadata)))
    return columns


def column_keys(columns: Columns) -> list[str]:
    """What `parse_columns` reads back; never empty, so that an empty list can stand for the usual ones."""
    return [NAME, *(column.key for column in columns)]


def _parse(key: str) -> Column:
    path = key.removeprefix(METADATA)
    if path == key:
        if key not in COLUMNS:
            raise InvalidField("columns", f"some of {', '.join(COLUMNS)} and {METADATA}KEY", describe(key))
        return COLUMNS[key]
    fits = all(path.split(".")) and len(path) <= METADATA_MAX_CHARACTERS and "," not in path
    if not fits or not is_storable(path) or has_control_character(path):
        expected = f"keys joined by dots, at most {METADATA_MAX_CHARACTERS} characters without a comma"
        raise InvalidField("columns", f"{expected}, such as {METADATA}model.name", describe(key))
    return Column(key, path)


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


class Cell(NamedTuple):
    """What a row says in one column. `kind` is how it is printed: text, long, number, status, tags, time or link.

    `value` is text, for tags their names. `more` is where a link leads, a status's icon, or a time as a machine reads
    it; `exact` is the time or the status as people do. Unpacked by templates, which look up a field of an object ten
    times slower.
    """

    kind: str
    label: str
    value: str | list[str] = ""
    more: str = ""
    exact: str = ""


class Row(NamedTuple):
    """Unpacked as well."""

    key: str
    name: str
    url: str
    cells: list[Cell]


def list_rows(user: User, sessions: Sequence[Session], columns: Columns) -> list[Row]:
    """Each session with its cells. One more query where tags are shown, and one where parents are: those that the user
    can see, by name."""
    parents: dict[UUID, Session] = {}
    if COLUMNS["parent"] in columns:
        keys = {session.parent_id for session in sessions if session.parent_id}
        parents = {row.pk: row for row in Session.objects.visible_to(user).filter(pk__in=keys).only("name")}
    tags = _tags_of(sessions) if COLUMNS["tags"] in columns else {}
    writers = [_writer(column, parents, tags) for column in columns]
    return [
        Row(str(session.pk), session.name, session.get_absolute_url(), [write(session) for write in writers])
        for session in sessions
    ]


def _tags_of(sessions: Sequence[Session]) -> dict[UUID, list[str]]:
    """In the order given. Names alone: to make an object of each tag takes longer than to print it."""
    tags: dict[UUID, list[str]] = {session.pk: [] for session in sessions}
    for key, name in SessionTag.objects.filter(session__in=tags).values_list("session", "name"):
        tags[key].append(name)
    return tags


Writer = Callable[[Session], Cell]


def _writer(column: Column, parents: dict[UUID, Session], tags: dict[UUID, list[str]]) -> Writer:
    key, label = column.key, column.label
    if key.startswith(METADATA):
        path = key.removeprefix(METADATA).split(".")
        return lambda session: Cell("long", label, _metadata_text(session.metadata, path))
    if key in {"created", "updated", "ended", "saved"}:
        return lambda session: _time(label, getattr(session, f"{key}_at"))
    writers: dict[str, Writer] = {
        "status": lambda session: Cell(
            "status", label, session.status, status_icon(session.status), session.get_status_display()
        ),
        "tags": lambda session: Cell("tags", label, tags[session.pk]),
        "owner": lambda session: Cell("text", label, session.created_by.username),
        "team": lambda session: Cell("text", label, session.team.name),
        "artifacts": lambda session: Cell("number", label, str(session.artifact_count)),
        "size": lambda session: Cell("number", label, size(session.total_artifact_size)),
        "description": lambda session: Cell("long", label, _cut(session.description_start)),
        "parent": lambda session: _link(label, parents.get(session.parent_id) if session.parent_id else None),
    }
    return writers[key]


def _time(label: str, moment: datetime | None) -> Cell:
    return Cell("time", label, ago(moment), moment.isoformat(), exact(moment)) if moment else Cell("text", label)


def _link(label: str, session: Session | None) -> Cell:
    return Cell("link", label, session.name, session.get_absolute_url()) if session else Cell("text", label)


def _metadata_text(value: JsonValue, path: Sequence[str]) -> str:
    """The value at the path, as the filter of metadata reads a path; empty where there is none."""
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return ""
        value = value[key]
    return _cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return f"{text[:SHORT_CHARACTERS]}…" if len(text) > SHORT_CHARACTERS else text
