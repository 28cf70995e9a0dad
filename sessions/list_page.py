"""What the page of the list shows. The URL is its only state: chips, facets and headers are links that change it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from llmspell_web.teams.models import User
from llmspell_web.web.errors import sentence
from llmspell_web.web.problems import InvalidField
from sessions.box import BoxError
from sessions.bulk_words import words_about
from sessions.columns import NAME_COLUMN
from sessions.facets import FacetCount, Facets, count_matching
from sessions.filter_form import LISTS, ListForm
from sessions.finding import GLANCE
from sessions.live import current_position
from sessions.pages import Cursor, Order, page_rows
from sessions.preferences import Layout, read_layout, read_preference
from sessions.saved_views_models import ListPreference
from sessions.tables import Table
from sessions.tag_text import join_tags
from sessions.terms import Reader
from sessions.wanted import Condition

PAGE_SIZE = 50
KEPT = ("view", "columns", "density")  # what a URL says beside the filter, and every link and search keeps


@dataclass(frozen=True)
class Heading:
    label: str
    url: str
    sorted: str  # the value of aria-sort; empty where the list has another order
    is_number: bool


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    count: str = ""
    is_on: bool = False


@dataclass(frozen=True)
class Request:
    """What the URL asks for. `wanted` None: everything. Not to be used while the form has errors.

    `query` holds `all` where a list without a filter must say so, because the bare URL opens the default view.
    """

    table: Table
    form: ListForm
    reader: Reader
    order: Order
    wanted: Condition | None
    query: QueryDict
    preference: ListPreference
    layout: Layout


def read_request(user: User, table: Table, query: QueryDict) -> Request:
    form = table.form(query)
    order, problem = table.orders.parse(table.orders.usual), None
    try:
        order = table.orders.parse(query.get("sort") or table.orders.usual)
    except InvalidField as error:
        problem = error
    reader = table.reader(user, timezone.now(), order.column)
    wanted = form.read(reader)
    if problem is not None:
        form.add_problem("sort", problem)
    preference = read_preference(user, table)
    if preference.default_view_id and not query.get("view"):
        query = query.copy()
        query["all"] = ""
    return Request(table, form, reader, order, wanted, query, preference, _read_layout(table, form, preference, query))


def _read_layout(table: Table, form: ListForm, preference: ListPreference, query: QueryDict) -> Layout:
    try:
        return read_layout(table, preference, query)
    except InvalidField as error:
        form.add_error(None, sentence(str(error)))
        return read_layout(table, preference, QueryDict())


def list_page(user: User, asked: Request) -> dict[str, object]:
    form, table = asked.form, asked.table
    context: dict[str, object] = {
        "table": table,
        "form": form,
        "page": None,
        "chips": _chips(asked),
        "headings": _headings(asked),
        "clean_url": _url(table, without_page(asked.query)),
        "all_url": all_url(asked),
        "kept": [(name, asked.query[name]) for name in KEPT if asked.query.get(name)],
        "facets_url": f"{table.urls['facets']}{list_query(asked)}",
        "list_query": asked.query.urlencode(),
        "bulk_words": words_about(table.thing),
        "bulk_count_url": f"{table.urls['bulk_count']}{list_query(asked)}",
        "box_error": _split_at(form.data.get("q", ""), form.box_error) if form.box_error else None,
    }
    if form.is_valid() and table.has_news:
        context["live"] = {
            "url": f"{table.urls['list_live']}{list_query(asked)}",
            "after": str(current_position()),  # before the rows are read
            "at": timezone.now(),
        }
    if form.is_valid():
        place = asked.query.get("page", "")
        after = Cursor.parse(place, asked.order) if place else None
        columns = asked.layout.columns
        page = page_rows(
            user,
            asked.wanted,
            asked.order,
            limit=PAGE_SIZE,
            after=after,
            fetch=lambda rows: table.fetch(rows, columns),
            effort=GLANCE,
        )
        table.mark(page.rows, asked.reader)
        context["notice"] = table.notice(user, asked.reader)
        context |= {"page": page, "rows": table.list_rows(user, page.rows, columns)}
    return context


def describe_filter(table: Table, query: QueryDict) -> list[str]:
    """What a list with these URL parameters is narrowed to, in words, a filter each. Asks nothing of the database."""
    return [f"{label}: {value}" for _, label, value in _filters(table.form(query))]


def all_url(asked: Request) -> str:
    """The list without any filter."""
    return f"{asked.table.urls['list']}{'?all' if asked.preference.default_view_id else ''}"


def list_query(asked: Request) -> str:
    """What the URL of this list says behind the path, but for the page; `?` included, empty where it says nothing."""
    return _encode(asked.table, without_page(asked.query))


def url_without(asked: Request, *names: str) -> str:
    """This page of this list; what the account has chosen stands in for these parameters."""
    query = asked.query.copy()
    for name in names:
        query.pop(name, None)
    return _url(asked.table, query)


def count_list(user: User, asked: Request) -> FacetCount:
    """All that the list holds, on every page of it."""
    return count_matching(user, asked.table.source, asked.wanted, asked.order.column)


def facet_lists(asked: Request, facets: Facets) -> list[tuple[str, list[Link]]]:
    """Each value as a link that asks for it, or, where the URL asks for it already, that takes it away again."""
    return [
        (
            facet.title,
            [
                _facet(asked, facet.name, count, facet.labels.get(count.value, count.value))
                for count in facets.counts[facet.name]
            ],
        )
        for facet in asked.table.facets.facets
    ]


def _facet(asked: Request, field: str, count: FacetCount, label: str) -> Link:
    query = without_page(asked.query)
    held = asked.form.values(field)
    is_on = count.value in held
    if is_on:
        _set(query, field, [value for value in held if value != count.value])
    else:
        has_several = field in LISTS or field in asked.form.choices
        _set(query, field, [*held, count.value] if has_several else [count.value])
    return Link(label, _url(asked.table, query), count.text, is_on)


def _chips(asked: Request) -> list[Link]:
    chips = []
    for name, label, value in _filters(asked.form):
        query = without_page(asked.query)
        _set(query, name, [other for other in asked.form.values(name) if other != value])
        chips.append(Link(f"{label}: {value}", _url(asked.table, query)))
    return chips


def _filters(form: ListForm) -> list[tuple[str, str, str]]:
    """The name of each field, its label, and each value that it holds."""
    fields = [(name, str(field.label)) for name, field in form.fields.items() if name != "sort"]
    return [(name, label, value) for name, label in fields for value in form.values(name)]


def _headings(asked: Request) -> list[Heading]:
    headings = []
    for column in (NAME_COLUMN, *asked.layout.columns):
        label, name = column.label, column.sort
        is_current = name == asked.order.name
        falling = not asked.order.descending if is_current else name not in asked.table.rising
        query = without_page(asked.query)
        query["sort"] = f"{'-' if falling else ''}{name}"
        sorted_as = ("descending" if asked.order.descending else "ascending") if is_current else ""
        headings.append(Heading(label, _url(asked.table, query) if name else "", sorted_as, column.is_number))
    return headings


def _set(query: QueryDict, name: str, values: list[str]) -> None:
    if name in LISTS:
        values = [join_tags(values)] if values else []
    query.setlist(name, values)


def without_page(query: QueryDict) -> QueryDict:
    copy = query.copy()
    copy.pop("page", None)
    return copy


def _encode(table: Table, query: QueryDict) -> str:
    given = ((name, value) for name, values in query.lists() for value in values)
    pairs = [pair for pair in given if pair[1] and pair != ("sort", table.orders.usual)]
    if pairs:
        return f"?{urlencode(pairs)}"
    return "?all" if "all" in query else ""


def _url(table: Table, query: QueryDict) -> str:
    return f"{table.urls['list']}{_encode(table, query)}"


def _split_at(text: str, error: BoxError) -> dict[str, str]:
    """The text before, at and after the bad token."""
    return {
        "message": str(error),
        "before": text[: error.start],
        "token": text[error.start : error.end] or "…",
        "after": text[error.end :],
    }
