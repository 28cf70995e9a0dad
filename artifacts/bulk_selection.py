"""What a list of artifacts sends: which act, and on which of them. A session's page names the session, as `in`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from artifacts.listing.table import ARTIFACT_TABLE
from artifacts.models import Artifact
from llmspell_web.teams.models import User
from llmspell_web.web.paging import read_key
from llmspell_web.web.problems import InvalidField
from sessions.access import get_session
from sessions.artifact_list import ArtifactFilterForm
from sessions.bulk_models import BulkAction
from sessions.bulk_selection import EVERYTHING, read_ids
from sessions.bulk_subjects import NAMES_SHOWN, Named, Place
from sessions.facets import FacetCount
from sessions.fields import describe
from sessions.list_page import count_list
from sessions.list_request import describe_filter, read_request, without_page
from sessions.pages import find
from sessions.source import Listed

BUNDLE_MAX = 10_000  # artifacts in one ZIP: what is in it is known before it begins


@dataclass(frozen=True)
class ArtifactSelection:
    """Every artifact that matches where there are no `ids`. `place` is the list's own query, with the session."""

    user: User
    kind: BulkAction.Kind
    ids: list[UUID]
    place: QueryDict

    @property
    def query(self) -> str | None:
        return None if self.ids else without_page(self.place).urlencode()

    @property
    def list_url(self) -> str:
        return _list_url(self.place)

    @property
    def filter_words(self) -> list[str]:
        return _describe(self.place)

    @property
    def fields(self) -> list[tuple[str, str]]:
        chosen = [("artifact", str(key)) for key in self.ids] or [("which", EVERYTHING)]
        return [("filter", self.place.urlencode()), *chosen]

    def keys(self) -> Iterable[UUID]:
        if self.ids:
            return self.ids
        return _matching(self.user, self.place).order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000)

    def count(self) -> FacetCount:
        if self.ids or "in" in self.place:
            return FacetCount("", len(self.ids) or _matching(self.user, self.place).count())
        return count_list(self.user, read_request(self.user, ARTIFACT_TABLE, self.place))

    def names(self) -> list[str]:
        seen = Artifact.objects.visible_to(self.user).filter(pk__in=self.ids).order_by("name", "version")
        return [str(artifact) for artifact in seen.only("name", "version")[:NAMES_SHOWN]]


def read_selection(user: User, sent: QueryDict) -> ArtifactSelection:
    """`InvalidField` where nothing is ticked, too much, or the filter has mistakes or holds for no artifact."""
    place = QueryDict(sent.get("filter", ""))
    kind = BulkAction.Kind(sent.get("act", ""))
    if sent.get("which") != EVERYTHING:
        return ArtifactSelection(user, kind, read_ids("artifact", sent), place)
    if not _matching(user, place).exists():
        raise InvalidField("artifacts", "at least one that matches the filter", "none")
    return ArtifactSelection(user, kind, [], place)


def choose_artifacts(user: User, sent: QueryDict) -> tuple[Listed, int]:
    """What the same fields mean where it is only read, and how many of the ticked ones the user cannot see."""
    if sent.get("which") == EVERYTHING:
        every = _matching(user, QueryDict(sent.get("filter", "")))
        if every[: BUNDLE_MAX + 1].count() > BUNDLE_MAX:
            raise InvalidField("artifacts", f"at most {BUNDLE_MAX:,} in one ZIP: narrow the filter", "more")
        return every, 0
    ids = read_ids("artifact", sent)
    chosen = Artifact.objects.visible_to(user).filter(pk__in=ids)
    return chosen, len(ids) - chosen.count()


def read_list_url(sent: QueryDict) -> str:
    return _list_url(QueryDict(sent.get("filter", "")))


def place_of(action: BulkAction) -> Place:
    place = QueryDict(action.query or "")
    return Place("Artifacts", _list_url(place), None if action.query is None else _describe(place))


def name_artifacts(reader: User, keys: Collection[UUID]) -> dict[UUID, Named]:
    seen = Artifact.objects.visible_to(reader).filter(pk__in=keys).only("name", "version")
    trashed = Artifact.objects.trash_visible_to(reader).filter(pk__in=keys).only("name", "version")
    return {artifact.pk: Named(str(artifact), "") for artifact in trashed} | {
        artifact.pk: Named(str(artifact), artifact.get_absolute_url()) for artifact in seen
    }


def _matching(user: User, place: QueryDict) -> Listed:
    """The newest version of each name for which the filter holds: of the session, or wherever the user can see it."""
    if "in" not in place:
        asked = read_request(user, ARTIFACT_TABLE, place)
        if not asked.form.is_valid():
            raise InvalidField("filter", "one that the list takes", describe(place.urlencode()))
        return find(user, asked.wanted, ARTIFACT_TABLE.source)
    session, form = get_session(user, place.get("in", "")), ArtifactFilterForm(place)
    if not form.is_valid():
        raise InvalidField("filter", "one that the list takes", describe(place.urlencode()))
    found: Listed = form.narrow(session.artifacts.newest(), user)
    return found


def _list_url(place: QueryDict) -> str:
    key = read_key(place.get("in", ""))
    if key is None:
        query = place.urlencode()
        return f"{reverse('artifacts:list')}{'?' if query else ''}{query}"
    return reverse("sessions:detail", args=[key]) + ArtifactFilterForm(place).query()


def _describe(place: QueryDict) -> list[str]:
    if "in" not in place:
        return describe_filter(ARTIFACT_TABLE, place)
    form = ArtifactFilterForm(place)
    return [f"{field.label}: {field.value()}" for field in form.filters if field.value()]
