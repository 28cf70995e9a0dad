"""The metadata of a session: as a tree, searched, and edited as a document or key by key."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import is_partial, render_either
from llmspell_web.web.problems import NotFound
from sessions import services
from sessions.access import get_session, get_session_for_change, may_change
from sessions.conflicts import overtaken_changes
from sessions.edit_forms import EditForm
from sessions.metadata_form import KeyForm, RemoveKeyForm
from sessions.metadata_tree import read_value
from sessions.models import Session
from sessions.presentation import metadata_body, session_frame


@require_safe
def metadata(request: AccountRequest, pk: UUID) -> HttpResponse:
    """The tree, or what the query asks of it."""
    session = get_session(request.user, pk)
    body = metadata_body(session, request.GET)
    context: dict[str, object] = {"session": session, "may_change": may_change(session), **body}
    if is_partial(request):
        part = "sessions/_metadata_view.html" if "find" in request.GET else "sessions/_metadata_items.html"
        return render_either(request, part, part, context)
    context |= session_frame(session, request.user, "sessions:metadata")
    return render_either(request, "sessions/session_metadata.html", "sessions/_metadata_view.html", context)


@require_safe
def value(request: AccountRequest, pk: UUID) -> HttpResponse:
    """What is at `?path=`, as JSON."""
    session = get_session(request.user, pk)
    held = read_value(session.metadata, request.GET.get("path", ""))
    return JsonResponse(held, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AccountRequest, pk: UUID) -> HttpResponse:
    """The whole document. Only the keys that differ from what was seen are written."""
    session = get_session_for_change(request.user, pk)
    form = EditForm(session, ["metadata"], request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.showing_overtaken():
            services.update_session(session, actor=request.user, seen=form.cleaned_data["seen"], **form.values())
            return redirect("sessions:metadata", pk)
    return _show_form(request, session, form, "sessions/session_metadata_edit.html")


@require_http_methods(["GET", "HEAD", "POST"])
def key(request: AccountRequest, pk: UUID) -> HttpResponse:
    """The key `?name=`, or a new one."""
    session = get_session_for_change(request.user, pk)
    name = _read_key(session, request) if "name" in request.GET else None
    form = KeyForm(session, name, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.showing_overtaken():
            seen = form.cleaned_data["seen"]
            services.update_session(session, actor=request.user, seen=seen, metadata=form.metadata())
            return redirect("sessions:metadata", pk)
    return _show_form(request, session, form, "sessions/session_metadata_key.html")


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Asks once, then takes the key `?name=` away."""
    session = get_session_for_change(request.user, pk)
    name = _read_key(session, request)
    form = RemoveKeyForm(session, name, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.showing_overtaken():
            services.update_session(session, actor=request.user, seen=form.cleaned_data["seen"], metadata={})
            return redirect("sessions:metadata", pk)
    return _show_form(request, session, form, "sessions/session_metadata_remove.html", key=name)


def _read_key(session: Session, request: AccountRequest) -> str:
    """One that has gone since the form was shown is no mistake of whoever sends it: the edit tells."""
    name = request.GET.get("name", "")
    if name not in session.metadata and request.method != "POST":
        raise NotFound("this key is not in the metadata any more")
    return name


def _show_form(
    request: AccountRequest, session: Session, form: EditForm | KeyForm | RemoveKeyForm, page: str, **context: object
) -> HttpResponse:
    context |= {
        "session": session,
        "form": form,
        "overtaken": overtaken_changes(session, form.overtaken, request.user),
        "back": reverse("sessions:metadata", args=[session.pk]),
    }
    return render(request, page, context, status=form.status)
