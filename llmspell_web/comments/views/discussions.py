"""The comments on a session, an artifact or a run: reading them, and beginning a thread."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from llmspell_web.comments import services
from llmspell_web.comments.access import check_may_comment, get_comment, get_subject, subject_of
from llmspell_web.comments.completion import complete_name, read_subject
from llmspell_web.comments.discussion import Page, page_of, read_discussion
from llmspell_web.comments.forms import CommentForm
from llmspell_web.comments.margins import discussion_context
from llmspell_web.comments.presentation import frame_of
from llmspell_web.comments.views.answers import lead_to
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.forms import showing_problems
from llmspell_web.web.htmx import PARTIAL_HEADERS, is_partial
from llmspell_web.web.paging import read_position


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def discussion(request: AccountRequest, pk: UUID, kind: str) -> HttpResponse:
    """`Page` says what the URL may ask for; `?line=`, `?last_line=` and `?place=` what the form begins with. For htmx
    the threads alone, and 204 where `?mark=` is that of what there is."""
    subject = get_subject(request.user, kind, pk)
    form = CommentForm.about(request.GET, request.GET.get("next", ""))
    if request.method == "POST":
        check_may_comment(subject)
        form = CommentForm(request.POST)
    if form.is_valid():
        with showing_problems(form):
            text, place = form.cleaned_data["text"], form.place
            written = services.add_comment(subject, actor=request.user, text=text, place=place)
            return lead_to(request, written)
    found = read_discussion(subject, request.user, Page.read(request.GET))
    context = discussion_context(found, form)
    if is_partial(request):
        is_known = request.GET.get("mark") == found.mark
        response = HttpResponse(status=204) if is_known else render(request, "comments/_threads.html", context)
        patch_vary_headers(response, PARTIAL_HEADERS)
        return response
    frame = frame_of(subject, request.user)
    return render(request, frame.template, frame.context | context, status=422 if form.is_bound else 200)


@require_safe
def comment(request: AccountRequest, pk: UUID) -> HttpResponse:
    """For good: leads to wherever the comment stands now."""
    found = get_comment(request.user, pk)
    subject = subject_of(request.user, found)
    query = urlencode(page_of(subject, found))
    return redirect(f"{subject.url}{'?' if query else ''}{query}#comment-{found.pk}")


@never_cache
@require_safe
def names(request: AccountRequest) -> HttpResponse:
    """What may stand behind the @ before `?at=` characters of `?q=`, for a comment on `?on=`, as `session.ID`."""
    subject = read_subject(request.user, request.GET.get("on", ""))
    text = request.GET.get("q", "")
    caret = read_position(request.GET.get("at", ""))
    return JsonResponse(complete_name(subject, text, len(text) if caret is None else caret))
