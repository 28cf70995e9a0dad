"""The page of one session, a tab each."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import is_partial, render_either
from sessions.access import get_session
from sessions.artifact_list import artifact_tab
from sessions.presentation import OTHERS_SHOWN, newest_events, newest_saves, session_frame


@require_safe
def detail(request: AccountRequest, pk: UUID) -> HttpResponse:
    """The artifacts; the URL holds filter, order and page."""
    session = get_session(request.user, pk)
    context = session_frame(session, request.user, "detail") | artifact_tab(session, request.user, request.GET)
    status = 422 if context["page"] is None else 200
    response = render_either(
        request, "sessions/session_detail.html", "sessions/_artifacts.html", context, status=status
    )
    if is_partial(request) and request.htmx.current_url_abs_path != context["here"]:
        response["HX-Push-Url"] = str(context["here"])
    return response


@require_safe
def history(request: AccountRequest, pk: UUID) -> HttpResponse:
    """`?events=` says behind which event the list goes on."""
    session = get_session(request.user, pk)
    context = session_frame(session, request.user, "history")
    context["events"] = newest_events(session, request.GET.get("events", ""))
    return render(request, "sessions/session_history.html", context)


@require_safe
def runs(request: AccountRequest, pk: UUID) -> HttpResponse:
    session = get_session(request.user, pk)
    context = session_frame(session, request.user, "runs")
    context["runs"] = session.runs.visible_to(request.user).for_lists().order_by("-pk")[:OTHERS_SHOWN]
    return render(request, "sessions/session_runs.html", context)


@require_safe
def saves(request: AccountRequest, pk: UUID) -> HttpResponse:
    """`?before=` says before which number the list goes on."""
    session = get_session(request.user, pk)
    context = session_frame(session, request.user, "saves")
    context["saves"] = newest_saves(session, request.GET.get("before", ""))
    return render(request, "sessions/session_saves.html", context)
