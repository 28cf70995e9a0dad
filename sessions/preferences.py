"""How each account sees the list: its columns, how close the rows stand, and which view it opens with."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.columns import USUAL, Columns, column_keys, parse_columns
from sessions.fields import describe
from sessions.prepared import PreparedQuery
from sessions.saved_views_models import ListPreference, SavedView

DENSITIES = {"comfortable": "Comfortable", "compact": "Compact"}
USUAL_DENSITY = "comfortable"


@dataclass(frozen=True)
class Layout:
    columns: Columns
    density: str


USUAL_LAYOUT = Layout(USUAL, USUAL_DENSITY)
NO_PREFERENCE = ListPreference()  # of nobody


@PreparedQuery
def _find_preference(user_id: UUID) -> "QuerySet[ListPreference]":
    return ListPreference.objects.filter(user=user_id)


def read_preference(user: User) -> ListPreference:
    """What the account has chosen; unsaved and empty where it has not."""
    found = _find_preference(user.pk)
    return found[0] if found else ListPreference(user=user)


def read_layout(preference: ListPreference, query: QueryDict) -> Layout:
    """What the URL says of columns and density, else the account's choice, else what is usual. `InvalidField` for what
    the URL cannot say."""
    keys = query.get("columns", "").split(",") if query.get("columns") else preference.columns
    density = query.get("density") or preference.density or USUAL_DENSITY
    return Layout(parse_columns(keys) if keys else USUAL, clean_density(density))


def clean_density(value: str) -> str:
    if value not in DENSITIES:
        raise InvalidField("density", f"one of {', '.join(DENSITIES)}", describe(value))
    return value


def save_layout(user: User, columns: Columns, density: str) -> None:
    _save(user, columns=column_keys(columns), density=clean_density(density))


def save_density(user: User, density: str) -> None:
    _save(user, density=clean_density(density))


def reset_layout(user: User) -> None:
    """What is usual, also once something else is usual."""
    _save(user, columns=[], density="")


def save_default_view(user: User, view: SavedView | None) -> None:
    """What the list opens with from now on; None: all sessions. The caller has checked that the user can see it."""
    _save(user, default_view=view)


def _save(user: User, **values: object) -> None:
    ListPreference.objects.bulk_create(
        [ListPreference(user=user, **values)], update_conflicts=True, unique_fields=["user"], update_fields=list(values)
    )
