"""The list of sessions."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import is_partial, render_either
from sessions.facets import count_facets
from sessions.list_page import facet_lists, read_request
from sessions.saved_views_tools import default_url, list_context


@require_safe
def session_list(request: AccountRequest) -> HttpResponse:
    asked = read_request(request.user, request.GET)
    if not request.GET and (url := default_url(request.user, asked.preference)):
        return redirect(url)
    context = list_context(request.user, asked)
    status = 200 if asked.form.is_valid() else 422
    response = render_either(
        request, "sessions/session_list.html", "sessions/_session_list.html", context, status=status
    )
    if is_partial(request) and "page" in request.GET:  # goes on looking where the page before found nothing
        response["HX-Replace-Url"] = request.get_full_path()
    elif is_partial(request):
        response["HX-Push-Url"] = str(context["clean_url"])
    return response


@require_safe
def facets(request: AccountRequest) -> HttpResponse:
    """The counts of the list with the same URL parameters, each a link back to the list."""
    asked = read_request(request.user, request.GET)
    if not asked.form.is_valid():
        return render(request, "sessions/session_list.html", list_context(request.user, asked), status=422)
    counted = count_facets(request.user, asked.wanted, asked.order.column)
    context = {"total": counted.total, "facets": facet_lists(asked, counted)}
    return render_either(request, "sessions/session_facets.html", "sessions/_session_facets.html", context)
