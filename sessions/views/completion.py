"""What the search box suggests while somebody types."""

from dataclasses import asdict

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.paging import read_position
from sessions.completion import complete as complete_box
from sessions.tables import Table


@never_cache
@require_safe
def complete(request: AccountRequest, table: Table) -> HttpResponse:
    """`?q=` is the text, `?at=` how many characters stand before the caret; the answer is a `Completion`."""
    text = request.GET.get("q", "")
    caret = read_position(request.GET.get("at", ""))
    found = complete_box(request.user, table.vocabulary, text, len(text) if caret is None else min(caret, len(text)))
    return JsonResponse(asdict(found))
