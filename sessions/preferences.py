"""How each account sees the list: its columns, how close the rows stand, and which view it opens with."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.columns import Columns, column_keys
from sessions.fields import describe
from sessions.prepared import PreparedQuery
from sessions.saved_views_models import ListPreference, SavedView
from sessions.tables import Table

DENSITIES = {"comfortable": "Comfortable", "compact": "Compact"}
USUAL_DENSITY = "comfortable"


@dataclass(frozen=True)
class Layout:
    columns: Columns
    density: str


@PreparedQuery
def _find_preference(user_id: UUID, table: str) -> "QuerySet[ListPreference]":
    return ListPreference.objects.filter(user=user_id, table=table)


def read_preference(user: User, table: Table) -> ListPreference:
    """What the account has chosen; unsaved and empty where it has not."""
    found = _find_preference(user.pk, table.name)
    return found[0] if found else ListPreference(user=user, table=table.name)


def read_layout(table: Table, preference: ListPreference, query: QueryDict) -> Layout:
    """What the URL says of columns and density, else the account's choice, else what is usual. `InvalidField` for what
    the URL cannot say."""
    keys = query.get("columns", "").split(",") if query.get("columns") else preference.columns
    density = query.get("density") or preference.density or USUAL_DENSITY
    return Layout(table.columns.parse(keys) if keys else table.columns.usual, clean_density(density))


def clean_density(value: str) -> str:
    if value not in DENSITIES:
        raise InvalidField("density", f"one of {', '.join(DENSITIES)}", describe(value))
    return value


def save_layout(user: User, table: Table, columns: Columns, density: str) -> None:
    _save(user, table, columns=column_keys(columns), density=clean_density(density))


def save_density(user: User, table: Table, density: str) -> None:
    _save(user, table, density=clean_density(density))


def reset_layout(user: User, table: Table) -> None:
    """What is usual, also once something else is usual."""
    _save(user, table, columns=[], density="")


def save_default_view(user: User, table: Table, view: SavedView | None) -> None:
    """What the list opens with from now on; None: everything. The caller has checked that the user can see it."""
    _save(user, table, default_view=view)


def _save(user: User, table: Table, **values: object) -> None:
    ListPreference.objects.bulk_create(
        [ListPreference(user=user, table=table.name, **values)],
        update_conflicts=True,
        unique_fields=["user", "table"],
        update_fields=list(values),
    )
