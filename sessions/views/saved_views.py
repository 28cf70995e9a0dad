"""Saved views: opening, making, changing and deleting them, and which one the list opens with."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.forms import showing_problems
from llmspell_web.web.htmx import render_either
from llmspell_web.web.navigation import go_back
from sessions import saved_views
from sessions.preferences import read_layout, read_preference, save_default_view
from sessions.preferences_forms import NameForm, ViewForm
from sessions.saved_views_models import SavedView
from sessions.saved_views_tools import views_page
from sessions.tables import Table, table_of

FORM = ["GET", "HEAD", "POST"]


@require_safe
def views(request: AccountRequest) -> HttpResponse:
    return render(request, "lists/view_list.html", {"views": views_page(request.user)})


@require_safe
def open_view(request: AccountRequest, table: Table, place: str, slug: str) -> HttpResponse:
    """Leads to the list, whose URL then says everything."""
    return redirect(saved_views.list_url(saved_views.get_view(request.user, table, f"{place}/{slug}")))


@require_http_methods(FORM)
def create(request: AccountRequest, table: Table) -> HttpResponse:
    """The query is that of the list to save."""
    query = request.POST.get("query", request.GET.urlencode())
    form = ViewForm(request.user, table.title, request.POST or None, initial={"query": query})
    if form.is_valid():
        with showing_problems(form):
            return redirect(saved_views.list_url(save_new(request, table, form)))
    context: dict[str, object] = {"table": table, "form": form, "list_url": f"{table.urls['list']}?{query}"}
    status = 422 if form.is_bound else 200
    return render_either(request, "lists/view_new.html", "lists/_view_new.html", context, status=status)


def save_new(request: AccountRequest, table: Table, form: ViewForm) -> SavedView:
    data, query = form.cleaned_data, QueryDict(form.cleaned_data["query"])
    layout = read_layout(table, read_preference(request.user, table), query) if data["keep_layout"] else None
    with transaction.atomic():
        view = saved_views.create_view(
            request.user, table, name=data["name"], query=data["query"], team_id=form.team_id, layout=layout
        )
        if data["is_default"]:
            save_default_view(request.user, table, view)
    messages.success(request, f"Saved the view {view.name}.")
    return view


@require_POST
def save(request: AccountRequest, pk: UUID) -> HttpResponse:
    """The view becomes what the list shows."""
    view = saved_views.get_view_for_change(request.user, pk)
    query = request.POST.get("query", "")
    table = table_of(view.table)
    layout = read_layout(table, read_preference(request.user, table), QueryDict(query))
    saved_views.update_view(view, request.user, query=query, was=request.POST.get("was", ""), layout=layout)
    messages.success(request, f"Saved the view {view.name}.")
    return redirect(saved_views.list_url(view))


@require_http_methods(FORM)
def rename(request: AccountRequest, pk: UUID) -> HttpResponse:
    view = saved_views.get_view_for_change(request.user, pk)
    form = NameForm(request.POST or None, initial={"name": view.name})
    if form.is_valid():
        with showing_problems(form):
            saved_views.rename_view(view, request.user, name=form.cleaned_data["name"])
            messages.success(request, f"The view is called {view.name} now. Its address stays.")
            return redirect("sessions:views")
    context: dict[str, object] = {"form": form, "view": view}
    status = 422 if form.is_bound else 200
    return render_either(request, "lists/view_rename.html", "lists/_view_rename.html", context, status=status)


@require_http_methods(FORM)
def delete(request: AccountRequest, pk: UUID) -> HttpResponse:
    view = saved_views.get_view_for_change(request.user, pk)
    if request.method != "POST":
        users = saved_views.count_as_default(view)
        context: dict[str, object] = {"view": view, "table": table_of(view.table), "users": users}
        return render_either(request, "lists/view_delete.html", "lists/_view_delete.html", context)
    saved_views.delete_view(view, request.user)
    messages.success(request, f"Deleted the view {view.name}. Nothing that it showed has changed.")
    return redirect("sessions:views")


@require_POST
def make_default(request: AccountRequest, pk: UUID) -> HttpResponse:
    view = saved_views.get_view_by_key(request.user, pk)
    table = table_of(view.table)
    save_default_view(request.user, table, view)
    messages.success(request, f"{table.title} opens with {view.name} from now on.")
    return go_back(request, reverse("sessions:views"))


@require_POST
def clear_default(request: AccountRequest, table: Table) -> HttpResponse:
    save_default_view(request.user, table, None)
    messages.success(request, f"{table.title} opens with all {table.name} from now on.")
    return go_back(request, reverse("sessions:views"))
