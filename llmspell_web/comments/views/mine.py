"""What tells the reader something: mentions, and answers in threads that they take part in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from llmspell_web.comments.notices import mark_read, read_notices
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import wants_json
from llmspell_web.web.navigation import go_back
from llmspell_web.web.paging import read_position
from llmspell_web.web.problems import InvalidField
from sessions.fields import describe


@never_cache
@require_safe
def mine(request: AccountRequest) -> HttpResponse:
    """`?before=` is the notice that the page before ended with."""
    before = read_position(request.GET.get("before", ""))
    return render(request, "comments/mine.html", {"page": read_notices(request.user, before)})


@require_POST
def read(request: AccountRequest) -> HttpResponse:
    """Up to the notice `upto`."""
    given = request.POST.get("upto", "")
    upto = read_position(given)
    if upto is None or upto >= 2**63:
        raise InvalidField("upto", "the number of a notice", describe(given))
    mark_read(request.user, upto)
    return HttpResponse(status=204) if wants_json(request) else go_back(request, reverse("comments:mine"))
