"""How many sessions of a list have which status, tag and owner."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from llmspell_web.teams.models import User
from sessions import conditions
from sessions.models import Session, SessionTag
from sessions.pages import find
from sessions.terms import Condition, tag_condition

EXACT_MAX = 10_000  # beyond this a count says "10,000+"
SHOWN_MAX = 8  # tags and owners


@dataclass(frozen=True)
class FacetCount:
    value: str
    count: int

    @property
    def text(self) -> str:
        return f"{EXACT_MAX:,}+" if self.count > EXACT_MAX else f"{self.count:,}"


@dataclass(frozen=True)
class Facets:
    """Counts up to one more than EXACT_MAX. Tags and owners: the most frequent of the list's first rows."""

    total: FacetCount
    status: list[FacetCount]
    tag: list[FacetCount]
    owner: list[FacetCount]


def count_facets(user: User, wanted: Condition | None) -> Facets:
    """Four queries for a list of up to EXACT_MAX sessions; else one more for each value shown."""
    keys = list(find(user, wanted, narrow_max=EXACT_MAX).order_by().values_list("pk", flat=True)[: EXACT_MAX + 1])
    facets = _count_among(keys)
    if len(keys) <= EXACT_MAX:
        return facets
    return Facets(
        facets.total,
        [_count(user, wanted, value, Condition(conditions.has_status([value]))) for value in Session.Status.values],
        [_count(user, wanted, tag.value, tag_condition(tag.value)) for tag in facets.tag],
        [_count(user, wanted, owner.value, owner_condition(owner.value)) for owner in facets.owner],
    )


def count_matching(user: User, wanted: Condition | None) -> FacetCount:
    sessions = find(user, wanted, narrow_max=EXACT_MAX).order_by().values("pk")[: EXACT_MAX + 1]
    return FacetCount("", sessions.count())


def owner_condition(username: str) -> Condition:
    return Condition(conditions.is_owned_by(User.objects.only("pk").get(username=username).pk))


def _count_among(keys: list[UUID]) -> Facets:
    sessions = Session.objects.filter(pk__in=keys)
    status = dict(sessions.order_by().values_list("status").annotate(count=Count("pk")))
    tags = SessionTag.objects.filter(session__in=keys).order_by().values_list("name")
    owners = sessions.order_by().values_list("created_by__username")
    return Facets(
        FacetCount("", len(keys)),
        [FacetCount(value, status.get(value, 0)) for value in Session.Status.values],
        [FacetCount(*row) for row in tags.annotate(count=Count("pk")).order_by("-count", "name")[:SHOWN_MAX]],
        [
            FacetCount(*row)
            for row in owners.annotate(count=Count("pk")).order_by("-count", "created_by__username")[:SHOWN_MAX]
        ],
    )


def _count(user: User, wanted: Condition | None, value: str, also: Condition) -> FacetCount:
    both = also if wanted is None else also & wanted
    return FacetCount(value, count_matching(user, both).count)
