"""How an account sees the list: its columns, and how close the rows stand."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.htmx import render_either
from llmspell_web.web.navigation import go_back
from sessions.preferences import read_layout, read_preference, reset_layout, save_density, save_layout
from sessions.preferences_forms import ColumnsForm
from sessions.tables import Table


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: AccountRequest, table: Table) -> HttpResponse:
    """The query is that of the list to go back to, in what is chosen here; a move comes back here, for the next one."""
    chosen = request.GET.copy()
    for name in ("columns", "density"):
        chosen.pop(name, None)
    query = f"?{chosen.urlencode()}" if chosen else ""
    list_url, own_url = f"{table.urls['list']}{query}", f"{table.urls['columns']}{query}"
    if request.POST.get("do") == "reset":
        reset_layout(request.user, table)
        return redirect(list_url)
    layout = read_layout(table, read_preference(request.user, table), request.GET)
    form = ColumnsForm(table.columns, layout.columns, request.POST or None, initial={"density": layout.density})
    if form.is_valid():
        save_layout(request.user, table, form.shown, form.cleaned_data["density"])
        return redirect(own_url if form.is_move else list_url)
    context: dict[str, object] = {"form": form, "list_url": list_url}
    status = 422 if form.is_bound else 200
    return render_either(request, "lists/columns.html", "lists/_columns.html", context, status=status)


@require_POST
def density(request: AccountRequest, table: Table) -> HttpResponse:
    save_density(request.user, table, request.POST.get("density", ""))
    return go_back(request, table.urls["list"])
