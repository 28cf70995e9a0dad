"""What bulk actions are about: sessions, and whatever rooms above register. Freezing, batches, results, Cancel and Undo
are the same for all; here is what differs.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.http import QueryDict

from llmspell_web.teams.models import User
from llmspell_web.web.problems import Conflict
from sessions.bulk_models import BulkAction
from sessions.facets import FacetCount

NAMES_SHOWN = 5
CHANGED_SINCE = "it was changed since, and stays as it is"

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
    """`load` gives each target, held until the end of the transaction, or the Problem why it cannot be changed, and
    `change` does it to one. `last_changes` gives the last event of each about what an action changes, and `take_back`
    (target, undo, action, that event) turns it around. `name_all` leaves out what the reader cannot see.
    """

    kinds: frozenset[str]
    load: Callable[[BulkAction, Collection[UUID]], Mapping[UUID, Any]]
    change: Callable[[Any, BulkAction], None]  # Any: what `load` gives, as in the next two
    last_changes: Callable[[BulkAction, Collection[UUID]], Mapping[UUID, Any]]
    take_back: Callable[[Any, BulkAction, BulkAction, Any], None]
    clean_argument: Callable[[str, object], str]
    read_selection: Callable[[User, QueryDict], Selection]
    read_list_url: Callable[[QueryDict], str]
    place: Callable[[BulkAction], Place]
    name_all: Callable[[User, Collection[UUID]], dict[UUID, Named]]

    def changer(self, action: BulkAction, keys: Collection[UUID]) -> Change:
        """What is to be done to each of these targets, one after the other. An undo leaves alone what somebody has
        changed since: where the last event is not that of the action itself."""
        undone = action.undoes
        if undone is None:
            return lambda target: self.change(target, action)
        last = self.last_changes(undone, keys)

        def take_back(target: Any) -> None:  # Any: as above
            told = last.get(target.pk)
            if told is None or told.bulk != str(undone.pk):
                raise Conflict(CHANGED_SINCE)
            self.take_back(target, action, undone, told)

        return take_back


_subjects: list[Subject] = []


def register(subject: Subject) -> None:
    """Once, while Django starts."""
    _subjects.append(subject)


def subject_of(kind: str) -> Subject:
    return next(subject for subject in _subjects if kind in subject.kinds)
