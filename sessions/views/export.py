"""The list as a file."""

from django.http import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.generated import send_generated
from llmspell_web.web.htmx import render_either
from llmspell_web.web.problems import InvalidField
from sessions.export import MIME_TYPES, export_rows
from sessions.fields import describe
from sessions.list_page import count_list
from sessions.list_request import Request, list_query, read_request
from sessions.saved_views_tools import is_changed, open_view
from sessions.tables import Table
from sessions.views.lists import refuse


@require_safe
def export(request: AccountRequest, table: Table) -> HttpResponseBase:
    """`?format=csv` and `jsonl` send the list with the same filter; without a format, what they are and how much."""
    query = request.GET.copy()
    kind = query.pop("format", [""])[-1]
    asked = read_request(request.user, table, query)
    if not asked.form.is_valid():
        return refuse(request, asked)
    if not kind:
        return _offer(request, asked)
    if kind not in MIME_TYPES:
        raise InvalidField("format", f"one of {', '.join(MIME_TYPES)}", describe(kind))
    site = request.build_absolute_uri("/").removesuffix("/")
    lines = export_rows(request.user, table.export, asked.wanted, asked.order, kind=kind, site=site)
    return send_generated(request, lines, name=_file_name(request, asked, kind), mime_type=MIME_TYPES[kind])


def _offer(request: AccountRequest, asked: Request) -> HttpResponseBase:
    query = list_query(asked).removeprefix("?")
    context: dict[str, object] = {
        "table": asked.table,
        "found": count_list(request.user, asked),
        "query": query and f"{query}&",
        "list_query": query,
        "can_move": asked.table.export.unchanged_since(timezone.now(), asked.order) is not None,
    }
    return render_either(request, "lists/export.html", "lists/_export.html", context)


def _file_name(request: AccountRequest, asked: Request, kind: str) -> str:
    """The view's name is in it while the list is what the view says."""
    view = open_view(request.user, asked)
    middle = f"-{view.slug}" if view and not is_changed(asked, view) else ""
    return f"{asked.table.name}{middle}-{timezone.now():%Y-%m-%d}.{kind}"
