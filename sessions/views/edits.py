"""Making, editing and deleting one session."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.forms import showing_problems
from llmspell_web.web.htmx import is_partial, render_either
from llmspell_web.web.notices import tell_with_undo
from llmspell_web.web.problems import NotFound
from sessions import services
from sessions.access import get_session_for_change, get_trashed_session_for_change, team_for_new_session
from sessions.conflicts import overtaken_changes
from sessions.edit_forms import EditForm
from sessions.forms import SessionForm
from sessions.models import Session
from sessions.offers import recent_tags

IN_PLACE = ("name", "description", "tags")
ALL_FIELDS = (*IN_PLACE, "metadata")


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: AccountRequest) -> HttpResponse:
    """An empty session; `?parent=` makes it a child."""
    parent_id = request.GET.get("parent", "")
    parent = get_session_for_change(request.user, parent_id) if parent_id else None
    team = team_for_new_session(request.user, parent.team_id if parent else None)
    form = SessionForm(request.POST or None)
    if form.is_valid():
        with showing_problems(form):
            return redirect(services.create_session(request.user, parent=parent, **form.values()))
    context = {"form": form, "parent": parent, "team": team, "known_tags": recent_tags(request.user)}
    return render(request, "sessions/session_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Every field on one page."""
    session = get_session_for_change(request.user, pk)
    form = EditForm(session, ALL_FIELDS, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.showing_overtaken():
            services.update_session(session, actor=request.user, seen=form.cleaned_data["seen"], **form.values())
            return redirect(session)
    context = {
        "form": form,
        "session": session,
        "overtaken": overtaken_changes(session, form.overtaken, request.user),
        "known_tags": recent_tags(request.user),
    }
    return render(request, "sessions/session_edit.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_field(request: AccountRequest, pk: UUID, field: str) -> HttpResponse:
    """One field in place; for a browser without JavaScript, a page with that one form."""
    session = get_session_for_change(request.user, pk)
    if field not in IN_PLACE:
        raise NotFound(f"there is no field {field} to edit")
    form = EditForm(session, [field], request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.showing_overtaken():
            services.update_session(session, actor=request.user, seen=form.cleaned_data["seen"], **form.values())
            return _show_field(request, session, field) if is_partial(request) else redirect(session)
    context = {
        "form": form,
        "field": field,
        "session": session,
        "overtaken": overtaken_changes(session, form.overtaken, request.user),
        "known_tags": recent_tags(request.user) if field == "tags" else [],
    }
    return render_either(
        request, "sessions/session_edit_field.html", "sessions/_field_form.html", context, status=form.status
    )


@require_safe
def field(request: AccountRequest, pk: UUID, field: str) -> HttpResponse:
    """The field as it is shown, in place of the form that was opened for it."""
    session = get_session_for_change(request.user, pk)
    if field not in IN_PLACE:
        raise NotFound(f"there is no field {field}")
    return _show_field(request, session, field) if is_partial(request) else redirect(session)


def _show_field(request: AccountRequest, session: Session, field: str) -> HttpResponse:
    context: dict[str, object] = {"session": session, "may_change": True, "focus": True}
    part = f"sessions/_field_{field}.html"
    response = render_either(request, part, part, context)
    response["HX-Trigger-After-Settle"] = "session-changed"
    return response


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
