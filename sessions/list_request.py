"""What the URL of a list asks for: its only state. Whoever gets it sees the same filter, order and page."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from llmspell_web.teams.models import User
from llmspell_web.web.errors import sentence
from llmspell_web.web.problems import InvalidField
from sessions.filter_form import ListForm
from sessions.pages import Order
from sessions.preferences import Layout, read_layout, read_preference
from sessions.saved_views_models import ListPreference
from sessions.tables import Table
from sessions.terms import Reader
from sessions.wanted import Condition


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


def describe_filter(table: Table, query: QueryDict) -> list[str]:
    """What a list with these URL parameters is narrowed to, in words, a filter each. Asks nothing of the database."""
    return [f"{label}: {value}" for _, label, value in filters_of(table.form(query))]


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
    return url_of(asked.table, query)


def filters_of(form: ListForm) -> list[tuple[str, str, str]]:
    """The name of each field, its label, and each value that it holds."""
    fields = [(name, str(field.label)) for name, field in form.fields.items() if name != "sort"]
    return [(name, label, value) for name, label in fields for value in form.values(name)]


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


def url_of(table: Table, query: QueryDict) -> str:
    return f"{table.urls['list']}{_encode(table, query)}"
