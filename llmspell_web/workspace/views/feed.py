"""What happened in the reader's teams; what is new there; and that it has been read."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import wants_json
from llmspell_web.web.navigation import go_back
from llmspell_web.workspace.feed.form import FeedForm
from llmspell_web.workspace.feed.mark import Mark, move_mark, read_counts
from llmspell_web.workspace.feed.page import feed_context, new_keys


@never_cache
@require_safe
def feed(request: AccountRequest) -> HttpResponse:
    form = FeedForm(request.GET, request.user)
    context = feed_context(form, request.user)
    return render(request, "workspace/feed.html", context, status=200 if form.is_valid() else 422)


@never_cache
@require_safe
def live(request: AccountRequest) -> HttpResponse:
    """What the newest page of the same filter would hold of `?since=` on; 204 where that is nothing."""
    form = FeedForm(request.GET, request.user)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors.get_json_data()}, status=422)
    keys = new_keys(form, request.user, request.GET.get("since", ""))
    return JsonResponse({"keys": keys}) if keys else HttpResponse(status=204)


@never_cache
@require_safe
def news(request: AccountRequest) -> HttpResponse:
    """What the header says: how many entries of others, and what else, the reader has not seen, in words; empty for
    none."""
    return JsonResponse(read_counts(request.user))


@require_POST
def read(request: AccountRequest) -> HttpResponse:
    """The reader has seen the page that holds `mark`."""
    move_mark(request.user, Mark.parse(request.POST.get("mark", "")))
    return HttpResponse(status=204) if wants_json(request) else go_back(request, reverse("workspace:feed"))
