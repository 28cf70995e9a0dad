"""The page of one session: the tabs that need no more than a list."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from llmspell_web.teams.requests import AccountRequest
from sessions.access import get_session
from sessions.presentation import OTHERS_SHOWN, newest_artifacts, session_frame


@require_safe
def detail(request: AccountRequest, pk: UUID) -> HttpResponse:
    """The artifacts; `?artifacts=` says behind which key the list goes on."""
    session = get_session(request.user, pk)
    context = session_frame(session, request.user, "sessions:detail")
    context["artifacts"] = newest_artifacts(session, request.GET.get("artifacts", ""))
    return render(request, "sessions/session_detail.html", context)


@require_safe
def saves(request: AccountRequest, pk: UUID) -> HttpResponse:
    session = get_session(request.user, pk)
    context = session_frame(session, request.user, "sessions:saves")
    context["saves"] = session.saves.select_related("created_by")[:OTHERS_SHOWN]
    return render(request, "sessions/session_saves.html", context)
