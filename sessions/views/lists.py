"""The list of a table."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import is_partial, render_either
from sessions.facets import count_facets
from sessions.list_page import count_list, facet_lists
from sessions.list_request import Request, read_request
from sessions.saved_views_tools import default_url, list_context
from sessions.tables import Table


@require_safe
def show(request: AccountRequest, table: Table) -> HttpResponse:
    asked = read_request(request.user, table, request.GET)
    if not request.GET and (url := default_url(request.user, asked.preference)):
        return redirect(url)
    context = list_context(request.user, asked)
    status = 200 if asked.form.is_valid() else 422
    response = render_either(request, f"{table.name}/list.html", "lists/_list.html", context, status=status)
    if is_partial(request) and "page" in request.GET:  # goes on looking where the page before found nothing
        response["HX-Replace-Url"] = request.get_full_path()
    elif is_partial(request):
        response["HX-Push-Url"] = str(context["clean_url"])
    return response


@require_safe
def facets(request: AccountRequest, table: Table) -> HttpResponse:
    """The counts of the list with the same URL parameters, each a link back to the list."""
    asked = read_request(request.user, table, request.GET)
    if not asked.form.is_valid():
        return refuse(request, asked)
    counted = count_facets(request.user, table.facets, asked.wanted, asked.order.column)
    context = {"table": table, "total": counted.total, "facets": facet_lists(asked, counted)}
    return render_either(request, "lists/facets.html", "lists/_facets.html", context)


@require_safe
def count(request: AccountRequest, table: Table) -> HttpResponse:
    """How many everything that matches would be."""
    asked = read_request(request.user, table, request.GET)
    if not asked.form.is_valid():
        return refuse(request, asked)
    return render(request, "lists/_count.html", {"total": count_list(request.user, asked)})


def refuse(request: AccountRequest, asked: Request) -> HttpResponse:
    """The list, with what is wrong in its filter."""
    return render(request, f"{asked.table.name}/list.html", list_context(request.user, asked), status=422)
