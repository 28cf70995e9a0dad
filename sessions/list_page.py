"""What the page of a list shows: chips, counts and headings are links that change what its URL asks for."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils import timezone

from llmspell_web.teams.models import User
from sessions.box import BoxError
from sessions.bulk_words import words_about
from sessions.columns import NAME_COLUMN
from sessions.facets import FacetCount, Facets, count_matching
from sessions.filter_form import LISTS
from sessions.finding import GLANCE
from sessions.list_request import Request, all_url, filters_of, list_query, url_of, without_page
from sessions.live import current_position
from sessions.pages import Cursor, page_rows
from sessions.tag_text import join_tags

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


def list_page(user: User, asked: Request) -> dict[str, object]:
    form, table = asked.form, asked.table
    context: dict[str, object] = {
        "table": table,
        "form": form,
        "page": None,
        "chips": _chips(asked),
        "headings": _headings(asked),
        "clean_url": url_of(table, without_page(asked.query)),
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
    return Link(label, url_of(asked.table, query), count.text, is_on)


def _chips(asked: Request) -> list[Link]:
    chips = []
    for name, label, value in filters_of(asked.form):
        query = without_page(asked.query)
        _set(query, name, [other for other in asked.form.values(name) if other != value])
        chips.append(Link(f"{label}: {value}", url_of(asked.table, query)))
    return chips


def _headings(asked: Request) -> list[Heading]:
    headings = []
    for column in (NAME_COLUMN, *asked.layout.columns):
        label, name = column.label, column.sort
        is_current = name == asked.order.name
        falling = not asked.order.descending if is_current else name not in asked.table.rising
        query = without_page(asked.query)
        query["sort"] = f"{'-' if falling else ''}{name}"
        sorted_as = ("descending" if asked.order.descending else "ascending") if is_current else ""
        headings.append(Heading(label, url_of(asked.table, query) if name else "", sorted_as, column.is_number))
    return headings


def _set(query: QueryDict, name: str, values: list[str]) -> None:
    if name in LISTS:
        values = [join_tags(values)] if values else []
    query.setlist(name, values)


def _split_at(text: str, error: BoxError) -> dict[str, str]:
    """The text before, at and after the bad token."""
    return {
        "message": str(error),
        "before": text[: error.start],
        "token": text[error.start : error.end] or "…",
        "after": text[error.end :],
    }
