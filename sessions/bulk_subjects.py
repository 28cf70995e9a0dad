"""What bulk actions are about: sessions, and whatever rooms above register. Freezing, batches, results, Cancel and Undo
are the same for all; here is what differs.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.http import QueryDict

from llmspell_web.teams.models import User
from sessions.bulk_models import BulkAction
from sessions.facets import FacetCount

NAMES_SHOWN = 5

Change = Callable[[Any], None]  # Any: a session, or what another subject loads


class Selection(Protocol):
    """What is to be changed, as the confirm page shows it. `fields`: what that page sends again, names and values."""

    @property
    def kind(self) -> BulkAction.Kind: ...
    @property
    def ids(self) -> list[UUID]:
        """They rise, each once; empty where everything that matches is meant."""

    @property
    def query(self) -> str | None:
        """Kept with the action, to be read by `Subject.place`, where everything that matches is meant."""

    @property
    def list_url(self) -> str: ...
    @property
    def filter_words(self) -> list[str]: ...
    @property
    def fields(self) -> list[tuple[str, str]]: ...
    def keys(self) -> Iterable[UUID]:
        """In rising order."""

    def count(self) -> FacetCount: ...
    def names(self) -> list[str]:
        """Up to NAMES_SHOWN of those that were ticked, as far as the user can see them."""


class Named(NamedTuple):
    """`url` is empty for what lies in the trash."""

    name: str
    url: str


class Place(NamedTuple):
    """The list where an action was asked for; `filter_words` are None where rows were ticked."""

    label: str
    url: str
    filter_words: list[str] | None


@dataclass(frozen=True)
class Subject:
    """`load` gives each target, held until the end of the transaction, or the Problem why it cannot be changed;
    `changer` what is to be done to each of them, one after the other. `name_all` leaves out what the reader cannot see.
    """

    kinds: frozenset[str]
    load: Callable[[BulkAction, Collection[UUID]], Mapping[UUID, Any]]
    changer: Callable[[BulkAction, Collection[UUID]], Change]
    clean_argument: Callable[[str, object], str]
    read_selection: Callable[[User, QueryDict], Selection]
    read_list_url: Callable[[QueryDict], str]
    place: Callable[[BulkAction], Place]
    name_all: Callable[[User, Collection[UUID]], dict[UUID, Named]]


_subjects: list[Subject] = []


def register(subject: Subject) -> None:
    """Once, while Django starts."""
    _subjects.append(subject)


def subject_of(kind: str) -> Subject:
    return next(subject for subject in _subjects if kind in subject.kinds)
