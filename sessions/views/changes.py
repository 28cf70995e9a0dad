"""Small acts on a session: its life cycle, and which one an account works in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import render_either
from llmspell_web.web.navigation import go_back
from llmspell_web.web.problems import Conflict, NotFound
from sessions import services
from sessions.access import get_session, get_session_for_change
from sessions.conflicts import overtaken_step
from sessions.forms import ReasonForm
from sessions.lifecycle import ACTIONS, Action, change_status
from sessions.models import Session
from sessions.offers import recent_sessions

PICKER_SIZE = 10
DONE: dict[Action, str] = {
    "suspend": "suspended",
    "resume": "resumed",
    "complete": "completed",
    "fail": "marked as failed",
    "load": "brought back to active",
}


@require_POST
def change(request: AccountRequest, pk: UUID, action: str) -> HttpResponse:
    """One step of the life cycle. Failing has a form of its own, for the reason."""
    session = get_session_for_change(request.user, pk)
    wanted = next((known for known in ACTIONS if known == action), None)
    if wanted is None:
        raise NotFound(f"there is no action {action}")
    try:
        seen = request.POST.get("seen") or None
        change_status(session, wanted, actor=request.user, reason=request.POST.get("reason", ""), seen=seen)
    except Conflict as conflict:
        return render(request, "sessions/session_overtaken.html", overtaken_step(session, conflict), status=409)
    messages.success(request, f"{session.name} is {DONE[wanted]}.")
    return redirect(session)


@require_http_methods(["GET", "HEAD", "POST"])
def fail(request: AccountRequest, pk: UUID) -> HttpResponse:
    session = get_session_for_change(request.user, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"session": session, "form": form}
    if form.is_valid():
        reason, seen = form.cleaned_data["reason"], request.POST.get("seen") or None
        try:
            change_status(session, "fail", actor=request.user, reason=reason, seen=seen)
        except Conflict as conflict:
            context |= overtaken_step(session, conflict) | {"reason": reason}
            return render(request, "sessions/session_overtaken.html", context, status=409)
        messages.success(request, f"{session.name} is {DONE['fail']}.")
        return redirect(session)
    status = 422 if form.is_bound else 200
    return render_either(request, "sessions/session_fail.html", "sessions/_session_fail.html", context, status=status)


@require_POST
def use(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Work in this session from now on. Seeing it is enough: what a viewer may do there is decided there."""
    session = get_session(request.user, pk)
    services.set_current_session(request.user, session)
    messages.success(request, f"You work in {session.name} now.")
    return go_back(request, session.get_absolute_url())


@require_POST
def clear_current(request: AccountRequest) -> HttpResponse:
    services.set_current_session(request.user, None)
    messages.success(request, "You work in no session now.")
    return go_back(request, reverse("workspace:editor"))


@require_safe
def current(request: AccountRequest) -> HttpResponse:
    """The header's current session; it fetches itself again when a script may have changed it."""
    return render(request, "sessions/_current.html")


@require_safe
def picker(request: AccountRequest) -> HttpResponse:
    """The sessions last worked on, to choose the current one from."""
    sessions = recent_sessions(request.user, PICKER_SIZE, [Session.Status.ACTIVE])
    context: dict[str, object] = {"sessions": sessions, "next": request.GET.get("next", "")}
    return render_either(request, "sessions/picker.html", "sessions/_picker.html", context)
