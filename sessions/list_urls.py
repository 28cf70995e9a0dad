"""The routes of a list: each table with one includes them in its own namespace."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import URLPattern, path

from sessions.tables import Table
from sessions.views import completion, export, lists, preferences, saved_views


def list_paths(table: Table, prefix: str = "") -> list[URLPattern]:
    routes: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
        ("", lists.show, "list"),
        ("facets", lists.facets, "facets"),
        ("export", export.export, "export"),
        ("columns", preferences.columns, "columns"),
        ("density", preferences.density, "density"),
        ("complete", completion.complete, "complete"),
        ("count", lists.count, "bulk_count"),
        ("views/new", saved_views.create, "view_create"),
        ("views/default", saved_views.clear_default, "view_no_default"),
        ("views/<path:place>/<slug:slug>/", saved_views.open_view, "view"),
    ]
    return [path(prefix + route, view, {"table": table}, name=name) for route, view, name in routes]
