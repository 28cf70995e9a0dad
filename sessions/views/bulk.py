"""Changing many sessions or artifacts: the question, the page that follows it, Cancel and Undo."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.errors import sentence
from llmspell_web.web.forms import showing_problems
from llmspell_web.web.htmx import render_either
from llmspell_web.web.navigation import go_back
from llmspell_web.web.notices import tell_with_undo
from llmspell_web.web.problems import InvalidField, Problem
from sessions.bulk import cancel_bulk, get_bulk, start_bulk, undo_bulk
from sessions.bulk_models import BulkAction
from sessions.bulk_page import action_page, question_page, recent_actions
from sessions.bulk_selection import read_list_url
from sessions.bulk_subjects import subject_of
from sessions.bulk_words import news_of
from sessions.fields import describe
from sessions.forms import ARGUMENT_FORMS


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: AccountRequest) -> HttpResponse:
    """Asks once, in words that name what happens to how many; then does it, or begins to. Asking may be a POST with
    `ask`, too: from a form that others share."""
    sent = request.POST if request.method == "POST" else request.GET
    is_sent = request.method == "POST" and "ask" not in sent
    templates = "sessions/bulk_new.html", "sessions/_bulk_new.html"
    list_url = read_list_url(sent)
    try:
        subject = subject_of(read_kind(sent))
        list_url = subject.read_list_url(sent)
        selection = subject.read_selection(request.user, sent)
    except Problem as problem:
        refused: dict[str, object] = {"problem": sentence(str(problem)), "list_url": list_url}
        return render_either(request, *templates, refused, status=422)
    form_class, argument = ARGUMENT_FORMS.get(selection.kind, (forms.Form, ""))
    form = form_class(request.POST if is_sent else None, auto_id="bulk_%s")  # the list's own fields have other ids
    if form.is_valid():
        with showing_problems(form):
            given = form.cleaned_data.get(argument, "")
            action = start_bulk(request.user, selection.kind, selection.keys(), argument=given, query=selection.query)
            return _show_end(request, action, selection.list_url)
    context = question_page(selection) | {"form": form}
    return render_either(request, *templates, context, status=422 if is_sent else 200)


def read_kind(sent: QueryDict) -> str:
    kind = sent.get("act", "")
    if kind not in BulkAction.Kind.values:
        raise InvalidField("act", f"one of {', '.join(BulkAction.Kind.values)}", describe(kind))
    return kind


@require_safe
def recent(request: AccountRequest) -> HttpResponse:
    """What the user asked for lately; `?after=` says behind which action."""
    return render(request, "sessions/bulk_recent.html", recent_actions(request.user, request.GET.get("after", "")))


@require_safe
def detail(request: AccountRequest, pk: UUID) -> HttpResponse:
    action = get_bulk(request.user, pk)
    context = action_page(action, request.GET)
    return render_either(request, "sessions/bulk_detail.html", "sessions/_bulk_state.html", context)


@require_POST
def cancel(request: AccountRequest, pk: UUID) -> HttpResponse:
    action = get_bulk(request.user, pk)
    cancel_bulk(action)
    return redirect(action)


@require_POST
def undo(request: AccountRequest, pk: UUID) -> HttpResponse:
    action = get_bulk(request.user, pk)
    return _show_end(request, undo_bulk(action), action.get_absolute_url())


def _show_end(request: AccountRequest, action: BulkAction, fallback: str) -> HttpResponse:
    """Back to where it was asked for when all is done; else to the page that tells the rest."""
    if action.status != BulkAction.Status.DONE or action.refused:
        return redirect(action)
    if action.can_undo:
        tell_with_undo(request, news_of(action), reverse("sessions:bulk_undo", args=[action.pk]))
    else:
        messages.success(request, news_of(action))
    return go_back(request, fallback)
