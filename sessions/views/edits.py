"""Making, editing and deleting one session."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.forms import showing_problems
from llmspell_web.web.htmx import render_either
from llmspell_web.web.notices import tell_with_undo
from sessions import services
from sessions.access import get_session_for_change, get_trashed_session_for_change, team_for_new_session
from sessions.forms import SessionForm, initial_values
from sessions.models import Session


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: AccountRequest) -> HttpResponse:
    """An empty session; `?parent=` makes it a child."""
    parent_id = request.GET.get("parent", "")
    parent = get_session_for_change(request.user, parent_id) if parent_id else None
    team_for_new_session(request.user, parent.team_id if parent else None)
    form = SessionForm(request.POST or None)
    if form.is_valid():
        with showing_problems(form):
            return redirect(services.create_session(request.user, parent=parent, **form.values()))
    context = {"form": form, "parent": parent}
    return render(request, "sessions/session_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AccountRequest, pk: UUID) -> HttpResponse:
    session = get_session_for_change(request.user, pk)
    form = SessionForm(request.POST or None, initial=initial_values(session))
    if form.is_valid():
        with showing_problems(form):
            save_edit(session, request, form)
            return redirect(session)
    context = {"form": form, "session": session}
    return render(request, "sessions/session_edit.html", context, status=422 if form.is_bound else 200)


def save_edit(session: Session, request: AccountRequest, form: SessionForm) -> None:
    """The form shows the whole metadata: a key that is gone from it is removed, which the service wants as None."""
    values = form.values()
    gone = dict.fromkeys(session.metadata.keys() - values["metadata"].keys())
    values["metadata"] = values["metadata"] | gone
    services.update_session(session, actor=request.user, **values)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Asks once, then moves the session to the trash."""
    session = get_session_for_change(request.user, pk)
    if request.method != "POST":
        context: dict[str, object] = {"session": session}
        return render_either(request, "sessions/session_delete.html", "sessions/_session_delete.html", context)
    services.delete_session(session, actor=request.user)
    undo_url = reverse("sessions:restore", args=[pk])
    tell_with_undo(request, f"Moved the session {session.name} to the trash.", undo_url)
    return redirect("sessions:list")


@require_POST
def restore(request: AccountRequest, pk: UUID) -> HttpResponse:
    session = get_trashed_session_for_change(request.user, pk)
    services.restore_session(session, actor=request.user)
    messages.success(request, f"{session.name} is out of the trash.")
    return redirect(session)
