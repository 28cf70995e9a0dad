"""One comment: answering, editing, deleting, resolving."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from llmspell_web.comments import services
from llmspell_web.comments.access import (
    check_author,
    check_may_comment,
    check_may_delete,
    get_comment,
    subject_of,
)
from llmspell_web.comments.forms import TextForm
from llmspell_web.comments.views.answers import lead_to
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.errors import sentence
from llmspell_web.web.forms import showing_problems
from llmspell_web.web.htmx import render_either
from llmspell_web.web.navigation import go_back
from llmspell_web.web.problems import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: AccountRequest, pk: UUID) -> HttpResponse:
    """A page with the form; in threads it stands open below them."""
    comment = get_comment(request.user, pk)
    subject = subject_of(request.user, comment)
    check_may_comment(subject)
    form = TextForm(request.POST or None)
    if form.is_valid():
        with showing_problems(form):
            text = form.cleaned_data["text"]
            return lead_to(request, services.answer_comment(comment, actor=request.user, text=text))
    context = {"form": form, "comment": comment, "subject": subject, "next": request.POST.get("next", "")}
    return render(request, "comments/comment_answer.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AccountRequest, pk: UUID) -> HttpResponse:
    """409, with what was typed, where it is not any more what was opened for editing."""
    comment = get_comment(request.user, pk)
    subject = subject_of(request.user, comment)
    check_may_comment(subject)
    check_author(comment, request.user)
    form = TextForm(request.POST or None, initial={"text": comment.text, "seen": comment.edits})
    overtaken = None
    if form.is_valid():
        try:
            with showing_problems(form):
                text, seen = form.cleaned_data["text"], form.cleaned_data["seen"]
                return lead_to(request, services.edit_comment(comment, actor=request.user, text=text, seen=seen))
        except services.Overtaken as problem:
            overtaken = problem.now
    context = {"form": form, "comment": comment, "subject": subject, "overtaken": overtaken}
    status = 409 if overtaken else 422 if form.is_bound else 200
    return render(request, "comments/comment_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: AccountRequest, pk: UUID) -> HttpResponse:
    """Asks once."""
    comment = get_comment(request.user, pk)
    subject = subject_of(request.user, comment)
    check_may_delete(comment, subject, request.user)
    if request.method != "POST":
        context: dict[str, object] = {"comment": comment, "subject": subject}
        return render_either(request, "comments/comment_delete.html", "comments/_comment_delete.html", context)
    services.delete_comment(comment, actor=request.user)
    messages.success(request, "The comment is deleted.")
    return redirect(subject.url)


@require_POST
def resolve(request: AccountRequest, pk: UUID) -> HttpResponse:
    return _change(request, pk, services.resolve)


@require_POST
def reopen(request: AccountRequest, pk: UUID) -> HttpResponse:
    return _change(request, pk, services.reopen)


def _change(request: AccountRequest, pk: UUID, change: "Callable[..., None]") -> HttpResponse:
    """What somebody else has done already is no mistake: it is told, and shown."""
    comment = get_comment(request.user, pk)
    try:
        change(comment, actor=request.user)
    except Conflict as conflict:
        messages.info(request, sentence(str(conflict)))
    return go_back(request, comment.get_absolute_url())
