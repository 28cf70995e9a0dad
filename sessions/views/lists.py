"""The list of sessions."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import render_either
from sessions.forms import FilterForm
from sessions.queries import Cursor, SessionFilter, page_sessions

PAGE_SIZE = 50


@require_safe
def session_list(request: AccountRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    context: dict[str, object] = {"form": form, "page": None, "is_filtered": any(request.GET.values())}
    if form.is_valid():
        place = request.GET.get("page", "")
        after = Cursor.parse(place) if place else None
        context["page"] = page_sessions(request.user, read_filter(form), after=after)
    status = 200 if form.is_valid() else 422
    return render_either(request, "sessions/session_list.html", "sessions/_session_table.html", context, status=status)


def read_filter(form: FilterForm) -> SessionFilter:
    data = form.cleaned_data
    return SessionFilter(
        status=(data["status"],) if data["status"] else None,
        tags=(data["tag"],) if data["tag"] else (),
        search=data["search"],
        sort_by="updated_at",
        limit=PAGE_SIZE,
    )
