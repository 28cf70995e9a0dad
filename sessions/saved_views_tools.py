"""The row above the list: saved views, what has become of the one that is open, columns, density and export."""

from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from llmspell_web.teams.models import User
from sessions.columns import column_keys
from sessions.list_page import list_page
from sessions.list_request import Request, list_query, url_without
from sessions.preferences import DENSITIES
from sessions.prepared import PreparedQuery
from sessions.saved_views import canonical_query, find_view, list_url, list_views, may_change, team_roles
from sessions.saved_views_models import ListPreference, SavedView
from sessions.tables import Table, table_of

MENU_MAX = 20  # views in the menu; their page shows all


@dataclass(frozen=True)
class OpenView:
    """The view that the URL names. `is_changed` where the list's filter or columns are not the view's any more."""

    name: str
    url: str
    save_url: str
    was: str
    is_changed: bool
    may_change: bool
    default_url: str
    is_default: bool


@PreparedQuery
def _find_views(user_id: UUID, table: str) -> "QuerySet[SavedView]":
    return list_views(User(pk=user_id)).filter(table=table)[: MENU_MAX + 1]


def default_url(user: User, preference: ListPreference) -> str | None:
    """Where the bare URL of the list leads: the default view, if there is one that the user can see."""
    if preference.default_view_id is None:
        return None
    view = list_views(user).filter(pk=preference.default_view_id).first()
    return list_url(view) if view else None


def list_context(user: User, asked: Request) -> dict[str, object]:
    """Everything that the page of the list shows."""
    return {**list_page(user, asked), "tools": list_tools(user, asked)}


def list_tools(user: User, asked: Request) -> dict[str, object]:
    table, views = asked.table, _find_views(user.pk, asked.table.name)
    view = open_view(user, asked)
    query = list_query(asked)
    other = next(density for density in DENSITIES if density != asked.layout.density)
    return {
        "views": [(known, list_url(known), known == view) for known in views[:MENU_MAX]],
        "has_more_views": len(views) > MENU_MAX,
        "view": _describe(user, asked, view) if view else None,
        "lost_view": "" if view else asked.query.get("view", ""),
        "has_lost_default": _has_lost_default(user, asked),
        "query": query.removeprefix("?"),
        "here": url_without(asked, "columns", "density"),
        "without_density": url_without(asked, "density"),
        "density": asked.layout.density,
        "other_density": (other, DENSITIES[other]),
        "new_view_url": f"{table.urls['view_create']}{query}",
        "columns_url": url_without(asked).replace(table.urls["list"], table.urls["columns"], 1),
        "export_url": f"{table.urls['export']}{query}",
    }


def _has_lost_default(user: User, asked: Request) -> bool:
    """Whether the list stands where a default view would, had the user not lost sight of it."""
    is_bare = asked.preference.default_view_id is not None and asked.query.keys() == {"all"}
    return is_bare and default_url(user, asked.preference) is None


def open_view(user: User, asked: Request) -> SavedView | None:
    """The view that the URL names, if it is there and the user can see it."""
    ref = asked.query.get("view", "")
    return find_view(user, asked.table, ref) if ref else None


def is_changed(asked: Request, view: SavedView) -> bool:
    """Whether the list is not what the view says. A view without columns of its own is the same in anybody's."""
    layout = asked.layout
    if view.columns and (column_keys(layout.columns), layout.density) != (view.columns, view.density):
        return True
    return canonical_query(asked.table, asked.query) != canonical_query(asked.table, QueryDict(view.query))


def _describe(user: User, asked: Request, view: SavedView) -> OpenView:
    return OpenView(
        view.name,
        list_url(view),
        reverse("sessions:view_save", args=[view.pk]),
        view.query,
        is_changed(asked, view),
        may_change(view, user, team_roles(user) if view.team_id else {}),
        reverse("sessions:view_default", args=[view.pk]),
        view.pk == asked.preference.default_view_id,
    )


@dataclass(frozen=True)
class ViewRow:
    view: SavedView
    table: Table
    url: str
    filters: list[tuple[str, str]]
    may_change: bool
    is_default: bool


def views_page(user: User) -> list[ViewRow]:
    """Every view that the user can see, with what it asks for in words."""
    roles = team_roles(user)
    defaults = set(ListPreference.objects.filter(user=user).values_list("default_view", flat=True))
    return [
        ViewRow(
            view,
            table_of(view.table),
            list_url(view),
            _describe_query(view),
            may_change(view, user, roles),
            view.pk in defaults,
        )
        for view in list_views(user)
    ]


def _describe_query(view: SavedView) -> list[tuple[str, str]]:
    labels = {name: str(field.label) for name, field in table_of(view.table).form.base_fields.items()}
    return [(labels.get(name, name), value) for name, value in parse_qsl(view.query)]
