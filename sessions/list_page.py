"""What the page of the list shows. The URL is its only state: chips, facets and headers are links that change it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.box import BoxError
from sessions.facets import FacetCount, Facets
from sessions.filter_form import FilterForm
from sessions.models import Session
from sessions.pages import COLUMNS, Cursor, Order, page_sessions
from sessions.terms import Condition, TermReader

PAGE_SIZE = 50
RISING = ("name", "status")  # orders that begin at A when first chosen
HEADINGS = (
    ("Name", "name"),
    ("Status", "status"),
    ("Tags", ""),
    ("Owner", ""),
    ("Artifacts", "artifacts"),
    ("Size", "size"),
    ("Updated", "updated"),
)


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
    """What the URL asks for. `wanted` None: everything. Not to be used while the form has errors."""

    form: FilterForm
    order: Order
    wanted: Condition | None
    query: QueryDict


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
    return Request(form, order, wanted, query)


def list_page(user: User, asked: Request) -> dict[str, object]:
    form = asked.form
    context: dict[str, object] = {
        "form": form,
        "page": None,
        "chips": _chips(asked),
        "headings": _headings(asked),
        "clean_url": _url(_without_page(asked.query)),
        "facets_url": f"{reverse('sessions:facets')}{_encode(_without_page(asked.query))}",
        "box_error": _split_at(form.data.get("q", ""), form.box_error) if form.box_error else None,
    }
    if form.is_valid():
        place = asked.query.get("page", "")
        after = Cursor.parse(place, asked.order) if place else None
        context["page"] = page_sessions(user, asked.wanted, asked.order, limit=PAGE_SIZE, after=after)
    return context


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
    query = _without_page(asked.query)
    held = asked.form.values(field)
    is_on = count.value in held
    if field == "tag" and "," in count.value:
        quoted = count.value.replace("\\", "\\\\").replace('"', '\\"')
        query["q"] = f'{query.get("q", "")} tag:"{quoted}"'.strip()
    elif is_on:
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
            query = _without_page(asked.query)
            _set(query, name, [other for other in held if other != value])
            chips.append(Link(f"{field.label}: {value}", _url(query)))
    return chips


def _headings(asked: Request) -> list[Heading]:
    headings = []
    for label, name in HEADINGS:
        is_current = name == asked.order.name
        falling = not asked.order.descending if is_current else name not in RISING
        query = _without_page(asked.query)
        query["sort"] = str(Order(name, falling)) if name in COLUMNS else ""
        sorted_as = ("descending" if asked.order.descending else "ascending") if is_current else ""
        headings.append(Heading(label, _url(query) if name else "", sorted_as, name in {"artifacts", "size"}))
    return headings


def _set(query: QueryDict, name: str, values: list[str]) -> None:
    if name in {"tag", "any", "none"}:
        values = [", ".join(values)] if values else []
    query.setlist(name, values)


def _without_page(query: QueryDict) -> QueryDict:
    copy = query.copy()
    copy.pop("page", None)
    return copy


def _encode(query: QueryDict) -> str:
    given = ((name, value) for name, values in query.lists() for value in values)
    pairs = [pair for pair in given if pair[1] and pair != ("sort", str(Order()))]
    return f"?{urlencode(pairs)}" if pairs else ""


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
