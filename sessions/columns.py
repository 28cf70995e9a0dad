"""The columns of a list: what each is called, and what its cells say. The name always stands first."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.safestring import SafeString

from llmspell_web.web.problems import InvalidField
from llmspell_web.web.templatetags.present import ago, exact
from sessions.fields import JsonValue, describe, has_control_character, is_storable
from sessions.marked_text import Marked

NAME = "name"  # stands first whether a list of keys says so or not
METADATA = "meta."  # and the keys that lead to a value, joined by dots
METADATA_MAX = 5
METADATA_MAX_CHARACTERS = 100
SHORT_CHARACTERS = 120  # of a long text in a cell


@dataclass(frozen=True)
class Column:
    """`sort` is the order that its heading asks for, if there is one."""

    key: str
    label: str
    sort: str = ""
    is_number: bool = False


Columns = tuple[Column, ...]
NAME_COLUMN = Column(NAME, "Name", "name")


class KnownColumns:
    """What a table can show beside the name, and what it usually does. `has_metadata`: values of a row's `metadata`
    as well, by their path."""

    def __init__(self, known: Columns, usual: Sequence[str], *, has_metadata: bool = False) -> None:
        self.known = {column.key: column for column in known}
        self.usual = tuple(self.known[key] for key in usual)
        self.has_metadata = has_metadata

    def parse(self, keys: Iterable[str]) -> Columns:
        """In the order given, each once, without the name. `InvalidField` for what is no column."""
        columns = tuple(self._parse(key) for key in dict.fromkeys(keys) if key != NAME)
        of_metadata = [column for column in columns if column.key.startswith(METADATA)]
        if len(of_metadata) > METADATA_MAX:
            raise InvalidField("columns", f"at most {METADATA_MAX} of metadata", str(len(of_metadata)))
        return columns

    def _parse(self, key: str) -> Column:
        path = key.removeprefix(METADATA)
        if path == key or not self.has_metadata:
            if key not in self.known:
                also = f" and {METADATA}KEY" if self.has_metadata else ""
                raise InvalidField("columns", f"some of {', '.join(self.known)}{also}", describe(key))
            return self.known[key]
        fits = all(path.split(".")) and len(path) <= METADATA_MAX_CHARACTERS and "," not in path
        if not fits or not is_storable(path) or has_control_character(path):
            expected = f"keys joined by dots, at most {METADATA_MAX_CHARACTERS} characters without a comma"
            raise InvalidField("columns", f"{expected}, such as {METADATA}model.name", describe(key))
        return Column(key, path)


def column_keys(columns: Columns) -> list[str]:
    """What `KnownColumns.parse` reads back; never empty, so that an empty list can stand for the usual ones."""
    return [NAME, *(column.key for column in columns)]


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
    """Unpacked as well. `note` stands behind the name, `picture` is the address of one before it, `snippet` says where
    a search found its words."""

    key: str
    name: str
    url: str
    cells: list[Cell]
    note: str = ""
    picture: str = ""
    snippet: Sequence[Marked] = ()


def tags_by_row(rows: Sequence[Model], tags: QuerySet[Any], row: str) -> dict[UUID, list[str]]:
    """Of each of these rows, in the order given; `row` is the tags' key to it. Names alone: to make an object of each
    tag takes longer than to print it."""
    names: dict[UUID, list[str]] = {each.pk: [] for each in rows}
    for key, name in tags.filter(**{f"{row}__in": names}).values_list(row, "name"):
        names[key].append(name)
    return names


# Of a row's texts, half are our own words and figures. Templates need not look for what to escape in these, which takes
# as long as to print them.


def number_cell(label: str, number: str) -> Cell:
    return Cell("number", label, SafeString(number))


def time_cell(label: str, moment: datetime | None) -> Cell:
    if moment is None:
        return Cell("text", label)
    return Cell("time", label, SafeString(ago(moment)), SafeString(moment.isoformat()), SafeString(exact(moment)))


def link_cell(label: str, name: str, url: str) -> Cell:
    return Cell("link", label, name, url) if url else Cell("text", label)


def metadata_text(value: JsonValue, path: Sequence[str]) -> str:
    """The value at the path, as the filter of metadata reads a path; empty where there is none."""
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return ""
        value = value[key]
    return cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def cut(text: str) -> str:
    return f"{text[:SHORT_CHARACTERS]}…" if len(text) > SHORT_CHARACTERS else text
