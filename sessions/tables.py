"""The tables that have a list: what each one's list is made of. The list itself is the same for all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from llmspell_web.teams.models import User
from sessions.columns import Columns, KnownColumns, Row
from sessions.completion import Vocabulary
from sessions.export import Export
from sessions.facets import FacetSet
from sessions.filter_form import ListForm
from sessions.pages import Orders
from sessions.source import Source
from sessions.terms import Reader


class Urls:
    """`{{ table.urls.list }}`."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def __getitem__(self, name: str) -> str:
        return reverse(f"{self._namespace}:{name}")


@dataclass(frozen=True)
class Table:
    """`name` is also the namespace of its URLs, and what saved views and preferences keep; `thing` is one of its rows.

    `fetch` asks for what these columns show, `mark` adds to rows what was found in them, `list_rows` prints them.
    Orders in `rising` begin at A when first chosen. `notice`: what a reader must know of a search. `has_news`: the list
    keeps itself up to date.
    """

    name: str
    thing: str
    orders: Orders
    form: type[ListForm]
    reader: Callable[[User, datetime, str], Reader]
    columns: KnownColumns
    facets: FacetSet
    # Any: rows of the table, and a query for them.
    fetch: Callable[[Any, Columns], Any]
    list_rows: Callable[[User, Sequence[Any], Columns], list[Row]]
    vocabulary: Vocabulary
    export: Export
    rising: frozenset[str]
    has_news: bool = False
    mark: Callable[[Sequence[Any], Reader], None] = lambda _rows, _reader: None
    notice: Callable[[User, Reader], str] = lambda _user, _reader: ""

    @property
    def source(self) -> Source:
        return self.orders.source

    @property
    def title(self) -> str:
        return self.name.capitalize()

    @property
    def urls(self) -> Urls:
        return Urls(self.name)


_tables: dict[str, Table] = {}


def register(table: Table) -> None:
    """Once, while Django starts."""
    _tables[table.name] = table


def table_of(name: str) -> Table:
    return _tables[name]
