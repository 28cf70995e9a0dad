"""What a list that is looked at asks every two seconds."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from llmspell_web.teams.requests import AccountRequest
from sessions.list_request import read_request
from sessions.live import News, Position, ShownList, read_news, read_shown
from sessions.session_columns import list_rows
from sessions.session_table import SESSION_TABLE


@never_cache
@require_safe
def live(request: AccountRequest) -> HttpResponse:
    """News of the list with the same filter behind `?after=`, for the `?rows=` that are shown; 204 when there are none.

    `Live-After` says where to go on.
    """
    asked = read_request(request.user, SESSION_TABLE, request.GET)
    if not asked.form.is_valid():
        return JsonResponse({"errors": asked.form.errors.get_json_data()}, status=422)
    after = Position.parse(request.GET.get("after", ""))
    rows = read_shown(request.GET.get("rows", ""))
    shown = ShownList(request.user, asked.wanted, asked.order, rows, asked.layout.columns)
    news = read_news(shown, after)
    if news is None or news.is_empty:
        return HttpResponse(status=204, headers={"Live-After": str(news.position if news else after)})
    return JsonResponse(_describe(news, shown, request), headers={"Live-After": str(news.position)})


def _describe(news: News, shown: ShownList, request: AccountRequest) -> dict[str, object]:
    """`rows` are rows of the table, as the page has them."""
    rows = list_rows(shown.user, news.rows, shown.columns)
    return {
        "rows": render_to_string("lists/_rows.html", {"rows": rows, "table": SESSION_TABLE}, request),
        "states": {str(key): state for key, state in news.states.items()},
        "created": _texts(news.created),
        "changed": _texts(news.changed),
        "left": _texts(news.left),
        "more": news.more,
        "away": news.away,
    }


def _texts(keys: list[UUID]) -> list[str]:
    return [str(key) for key in keys]
