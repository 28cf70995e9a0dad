"""What the page of the list shows. The URL is its only state: chips, facets and headers are links that change it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from llmspell_web.teams.models import User
from llmspell_web.web.errors import sentence
from llmspell_web.web.problems import InvalidField
from sessions.box import BoxError
from sessions.bulk_words import words_about
from sessions.columns import Column, fetch, list_rows
from sessions.facets import FacetCount, Facets, count_matching
from sessions.filter_form import LISTS, FilterForm
from sessions.finding import GLANCE
from sessions.live import current_position
from sessions.models import Session
from sessions.pages import COLUMNS, Cursor, Order, page_sessions
from sessions.preferences import NO_PREFERENCE, USUAL_LAYOUT, Layout, read_layout, read_preference
from sessions.saved_views_models import ListPreference
from sessions.tag_text import join_tags
from sessions.terms import TermReader
from sessions.wanted import Condition

PAGE_SIZE = 50
RISING = ("name", "status")  # orders that begin at A when first chosen
KEPT = ("view", "columns", "density")  # what a URL says beside the filter, and every link and search keeps
NAME = Column("name", "Name", "name")


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

    form: FilterForm
    order: Order
    wanted: Condition | None
    query: QueryDict
    preference: ListPreference = NO_PREFERENCE
    layout: Layout = USUAL_LAYOUT


def read_request(user: User, query: QueryDict) -> Request:
    form = FilterForm(query)
    order, problem = Order(), None
    try:
        order = Order.parse(query.get("sort") or str(order))
    except InvalidField as error:
        problem = error
    wanted = form.read(TermReader(user, timezone.now(), order.column))
    if problem is not None:
        form.add_problem("sort", problem)
    preference = read_preference(user)
    if preference.default_view_id and not query.get("view"):
        query = query.copy()
        query["all"] = ""
    return Request(form, order, wanted, query, preference, _read_layout(form, preference, query))


def _read_layout(form: FilterForm, preference: ListPreference, query: QueryDict) -> Layout:
    try:
        return read_layout(preference, query)
    except InvalidField as error:
        form.add_error(None, sentence(str(error)))
        return read_layout(preference, QueryDict())


def list_page(user: User, asked: Request) -> dict[str, object]:
    form = asked.form
    context: dict[str, object] = {
        "form": form,
        "page": None,
        "chips": _chips(asked),
        "headings": _headings(asked),
        "clean_url": _url(without_page(asked.query)),
        "all_url": all_url(asked),
        "kept": [(name, asked.query[name]) for name in KEPT if asked.query.get(name)],
        "facets_url": f"{reverse('sessions:facets')}{list_query(asked)}",
        "list_query": asked.query.urlencode(),
        "bulk_words": words_about("session"),
        "bulk_count_url": f"{reverse('sessions:bulk_count')}{list_query(asked)}",
        "box_error": _split_at(form.data.get("q", ""), form.box_error) if form.box_error else None,
    }
    if form.is_valid():
        context["live"] = {
            "url": f"{reverse('sessions:list_live')}{list_query(asked)}",
            "after": str(current_position()),  # before the rows are read
            "at": timezone.now(),
        }
        place = asked.query.get("page", "")
        after = Cursor.parse(place, asked.order) if place else None
        columns = asked.layout.columns
        page = page_sessions(
            user,
            asked.wanted,
            asked.order,
            limit=PAGE_SIZE,
            after=after,
            fetch=lambda rows: fetch(rows, columns),
            effort=GLANCE,
        )
        context |= {"page": page, "rows": list_rows(user, page.sessions, columns)}
    return context


def describe_filter(query: QueryDict) -> list[str]:
    """What a list with these URL parameters is narrowed to, in words, a filter each. Asks nothing of the database."""
    return [chip.label for chip in _chips(Request(FilterForm(query), Order(), None, query))]


def all_url(asked: Request) -> str:
    """The list without any filter."""
    return f"{reverse('sessions:list')}{'?all' if asked.preference.default_view_id else ''}"


def list_query(asked: Request) -> str:
    """What the URL of this list says behind the path, but for the page; `?` included, empty where it says nothing."""
    return _encode(without_page(asked.query))


def url_without(asked: Request, *names: str) -> str:
    """This page of this list; what the account has chosen stands in for these parameters."""
    query = asked.query.copy()
    for name in names:
        query.pop(name, None)
    return _url(query)


def count_list(user: User, asked: Request) -> FacetCount:
    """All that the list holds, on every page of it."""
    return count_matching(user, asked.wanted, asked.order.column)


def facet_lists(asked: Request, facets: Facets) -> list[tuple[str, list[Link]]]:
    """Each value as a link that asks for it, or, where the URL asks for it already, that takes it away again."""
    labels = dict(Session.Status.choices)
    return [
        ("Status", [_facet(asked, "status", count, str(labels[count.value])) for count in facets.status]),
        ("Tags", [_facet(asked, "tag", count, count.value) for count in facets.tag]),
        ("Owner", [_facet(asked, "owner", count, count.value) for count in facets.owner]),
        ("Team", [_facet(asked, "team", count, count.value) for count in facets.team]),
    ]


def _facet(asked: Request, field: str, count: FacetCount, label: str) -> Link:
    query = without_page(asked.query)
    held = asked.form.values(field)
    is_on = count.value in held
    if is_on:
        _set(query, field, [value for value in held if value != count.value])
    else:
        _set(query, field, [count.value] if field in {"owner", "team"} else [*held, count.value])
    return Link(label, _url(query), count.text, is_on)


def _chips(asked: Request) -> list[Link]:
    chips = []
    for name, field in asked.form.fields.items():
        if name == "sort":
            continue
        held = asked.form.values(name)
        for value in held:
            query = without_page(asked.query)
            _set(query, name, [other for other in held if other != value])
            chips.append(Link(f"{field.label}: {value}", _url(query)))
    return chips


def _headings(asked: Request) -> list[Heading]:
    headings = []
    for column in (NAME, *asked.layout.columns):
        label, name = column.label, column.sort
        is_current = name == asked.order.name
        falling = not asked.order.descending if is_current else name not in RISING
        query = without_page(asked.query)
        query["sort"] = str(Order(name, falling)) if name in COLUMNS else ""
        sorted_as = ("descending" if asked.order.descending else "ascending") if is_current else ""
        headings.append(Heading(label, _url(query) if name else "", sorted_as, column.is_number))
    return headings


def _set(query: QueryDict, name: str, values: list[str]) -> None:
    if name in LISTS:
        values = [join_tags(values)] if values else []
    query.setlist(name, values)


def without_page(query: QueryDict) -> QueryDict:
    copy = query.copy()
    copy.pop("page", None)
    return copy


def _encode(query: QueryDict) -> str:
    given = ((name, value) for name, values in query.lists() for value in values)
    pairs = [pair for pair in given if pair[1] and pair != ("sort", str(Order()))]
    if pairs:
        return f"?{urlencode(pairs)}"
    return "?all" if "all" in query else ""


def _url(query: QueryDict) -> str:
    return f"{reverse('sessions:list')}{_encode(query)}"


def _split_at(text: str, error: BoxError) -> dict[str, str]:
    """The text before, at and after the bad token."""
    return {
        "message": str(error),
        "before": text[: error.start],
        "token": text[error.start : error.end] or "…",
        "after": text[error.end :],
    }
