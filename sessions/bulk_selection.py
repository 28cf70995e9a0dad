"""What the list's bar sends: which act, and on which sessions. The confirm page asks with the same fields."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.access import parse_id
from sessions.bulk import matching_keys
from sessions.bulk_models import BulkAction
from sessions.bulk_subjects import NAMES_SHOWN, Named, Place
from sessions.facets import FacetCount
from sessions.fields import describe
from sessions.list_page import count_list
from sessions.list_request import Request, describe_filter, read_request, without_page
from sessions.models import Session
from sessions.pages import find
from sessions.session_table import SESSION_TABLE

SELECTED_MAX = 500  # more than any page of the list; they travel in the address of the confirm page
EVERYTHING = "everything"


@dataclass(frozen=True)
class SessionSelection:
    """Everything that matches `asked` is meant where there are no `ids`. `place` is the list's own query."""

    user: User
    kind: BulkAction.Kind
    ids: list[UUID]
    asked: Request
    place: QueryDict

    @property
    def query(self) -> str | None:
        return None if self.ids else without_page(self.place).urlencode()

    @property
    def fields(self) -> list[tuple[str, str]]:
        chosen = [("session", str(key)) for key in self.ids] or [("which", EVERYTHING)]
        return [("filter", self.place.urlencode()), *chosen]

    @property
    def list_url(self) -> str:
        return _list_url(self.place)

    @property
    def filter_words(self) -> list[str]:
        return describe_filter(SESSION_TABLE, self.place)

    def keys(self) -> Iterable[UUID]:
        return self.ids or matching_keys(self.user, self.asked.wanted)

    def count(self) -> FacetCount:
        return FacetCount("", len(self.ids)) if self.ids else count_list(self.user, self.asked)

    def names(self) -> list[str]:
        seen = Session.objects.visible_to(self.user).filter(pk__in=self.ids).order_by("name")
        return list(seen.values_list("name", flat=True)[:NAMES_SHOWN])


def read_list_url(sent: QueryDict) -> str:
    """The list that the bar stood on, whatever else was sent."""
    return _list_url(QueryDict(sent.get("filter", "")))


def _list_url(place: QueryDict) -> str:
    query = place.urlencode()
    return f"{reverse('sessions:list')}{'?' if query else ''}{query}"


def read_selection(user: User, sent: QueryDict) -> SessionSelection:
    """`InvalidField` where nothing is ticked, too much, or the filter has mistakes or holds for no session."""
    place = QueryDict(sent.get("filter", ""))
    asked = read_request(user, SESSION_TABLE, place)
    ids: list[UUID] = []
    if sent.get("which") == EVERYTHING:
        if not asked.form.is_valid():
            raise InvalidField("filter", "one that the list takes", describe(sent.get("filter", "")))
        if not find(user, asked.wanted).exists():
            raise InvalidField("sessions", "at least one that matches the filter", "none")
    else:
        ids = read_ids("session", sent)
    return SessionSelection(user, BulkAction.Kind(sent.get("act", "")), ids, asked, place)


def read_ids(thing: str, sent: QueryDict) -> list[UUID]:
    """The ticked rows of a list: rising, each once, at least one and at most SELECTED_MAX."""
    ids = sorted({parse_id(thing, text) for text in sent.getlist(thing)})
    if not ids:
        raise InvalidField(f"{thing}s", "at least one row to be ticked, or everything that matches", "none")
    if len(ids) > SELECTED_MAX:
        raise InvalidField(f"{thing}s", f"at most {SELECTED_MAX} ticked rows", f"{len(ids):,}")
    return ids


def place_of(action: BulkAction) -> Place:
    if action.query is None:
        return Place("Sessions", reverse("sessions:list"), None)
    place = QueryDict(action.query)
    return Place("Sessions", _list_url(place), describe_filter(SESSION_TABLE, place))


def name_sessions(reader: User, keys: Collection[UUID]) -> dict[UUID, Named]:
    seen = Session.objects.visible_to(reader).filter(pk__in=keys).only("name")
    trashed = Session.objects.trash_visible_to(reader).filter(pk__in=keys).only("name")
    return {session.pk: Named(session.name, "") for session in trashed} | {
        session.pk: Named(session.name, session.get_absolute_url()) for session in seen
    }
