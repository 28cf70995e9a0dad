"""What the list's bar sends: which act, and on which sessions. The confirm page asks with the same fields."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.access import parse_id
from sessions.bulk import matching_keys
from sessions.bulk_models import BulkAction
from sessions.facets import FacetCount
from sessions.fields import describe
from sessions.list_page import Request, count_list, describe_filter, read_request, without_page
from sessions.models import Session
from sessions.pages import find

SELECTED_MAX = 500  # more than any page of the list; they travel in the address of the confirm page
NAMES_SHOWN = 5
EVERYTHING = "everything"


@dataclass(frozen=True)
class Selection:
    """`ids` rise, each once; empty where everything that matches `asked` is meant. `place` is the list's own query."""

    user: User
    kind: BulkAction.Kind
    ids: list[UUID]
    asked: Request
    place: QueryDict

    @property
    def is_everything(self) -> bool:
        return not self.ids

    @property
    def query(self) -> str | None:
        """The filter, where everything that matches it is meant."""
        return without_page(self.place).urlencode() if self.is_everything else None

    @property
    def list_url(self) -> str:
        return _list_url(self.place)

    @property
    def filter_words(self) -> list[str]:
        return describe_filter(self.place)

    def keys(self) -> Iterable[UUID]:
        return self.ids or matching_keys(self.user, self.asked.wanted)

    def count(self) -> FacetCount:
        return FacetCount("", len(self.ids)) if self.ids else count_list(self.user, self.asked)

    def first_sessions(self) -> "QuerySet[Session]":
        """Some of those that were ticked, as far as the user can see them."""
        return Session.objects.visible_to(self.user).filter(pk__in=self.ids).only("name").order_by("name")[:NAMES_SHOWN]


def read_list_url(sent: QueryDict) -> str:
    """The list that the bar stood on, whatever else was sent."""
    return _list_url(QueryDict(sent.get("filter", "")))


def _list_url(place: QueryDict) -> str:
    query = place.urlencode()
    return f"{reverse('sessions:list')}{'?' if query else ''}{query}"


def read_selection(user: User, sent: QueryDict) -> Selection:
    """`InvalidField` where nothing is ticked, too much, or the filter has mistakes or holds for no session."""
    kind = sent.get("act", "")
    if kind not in BulkAction.Kind.values:
        raise InvalidField("act", f"one of {', '.join(BulkAction.Kind.values)}", describe(kind))
    place = QueryDict(sent.get("filter", ""))
    asked = read_request(user, place)
    ids: list[UUID] = []
    if sent.get("which") == EVERYTHING:
        if not asked.form.is_valid():
            raise InvalidField("filter", "one that the list takes", describe(sent.get("filter", "")))
        if not find(user, asked.wanted).exists():
            raise InvalidField("sessions", "at least one that matches the filter", "none")
    else:
        ids = sorted({parse_id("session", text) for text in sent.getlist("session")})
        if not ids:
            raise InvalidField("sessions", "at least one row to be ticked, or everything that matches", "none")
        if len(ids) > SELECTED_MAX:
            raise InvalidField("sessions", f"at most {SELECTED_MAX} ticked rows", f"{len(ids):,}")
    return Selection(user, BulkAction.Kind(kind), ids, asked, place)
