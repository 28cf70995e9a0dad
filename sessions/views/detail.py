"""The page of one session: the tabs that need no more than a list."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import is_partial, render_either
from sessions.access import get_session
from sessions.artifact_list import artifact_tab
from sessions.presentation import newest_saves, session_frame


@require_safe
def detail(request: AccountRequest, pk: UUID) -> HttpResponse:
    """The artifacts; the URL holds filter, order and page."""
    session = get_session(request.user, pk)
    context = session_frame(session, request.user, "sessions:detail") | artifact_tab(session, request.user, request.GET)
    status = 422 if context["page"] is None else 200
    response = render_either(
        request, "sessions/session_detail.html", "sessions/_artifacts.html", context, status=status
    )
    if is_partial(request) and request.htmx.current_url_abs_path != context["here"]:
        response["HX-Push-Url"] = str(context["here"])
    return response


@require_safe
def saves(request: AccountRequest, pk: UUID) -> HttpResponse:
    """`?before=` says before which number the list goes on."""
    session = get_session(request.user, pk)
    context = session_frame(session, request.user, "sessions:saves")
    context["saves"] = newest_saves(session, request.GET.get("before", ""))
    return render(request, "sessions/session_saves.html", context)
