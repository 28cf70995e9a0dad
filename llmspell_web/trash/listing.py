"""What lies in the trash of somebody's teams: sessions, and artifacts of sessions that do not lie there, newest first.

Each team's part of either table is a range of an index, read no further than the page. What a filter asks for is in no
index: it looks at a bounded part of the rows, and whoever wants to know goes on behind them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from artifacts.models import Artifact
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.trash.access import Item, Trashed, roles_of, team_of
from llmspell_web.trash.expiry import goes_at
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.web.problems import InvalidField
from sessions.access import account_key
from sessions.course import Course, Place, SortValue
from sessions.fields import describe
from sessions.finding import GLANCE, look_for_rows
from sessions.matching import contains
from sessions.models import Session
from sessions.source import Listed, Source
from sessions.wanted import EVERYTHING, Condition

PAGE_SIZE = 50
SOURCES = {
    PurgeRecord.Kind.SESSION: Source(
        Session, "team", Session.objects.trash_visible_to, Q(deleted_at__isnull=False, purged_at=None)
    ),
    PurgeRecord.Kind.ARTIFACT: Source(
        Artifact, "trashed_in", Artifact.objects.trash_visible_to, Q(trashed_in__isnull=False)
    ),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def place_of(trashed: Trashed) -> Place:
    assert trashed.deleted_at is not None
    return Place(trashed.deleted_at, trashed.pk)


def write_place(place: Place) -> str:
    """For a URL: whole microseconds and the key; `read_place` reads it back."""
    assert isinstance(place.value, datetime)
    return f"{(place.value - _EPOCH) // timedelta(microseconds=1)}.{place.key.hex}"


def read_place(text: str) -> Place:
    """`InvalidField` for anything that `write_place` does not give."""
    try:
        moment, key = text.split(".")
        return Place(_EPOCH + timedelta(microseconds=int(moment)), UUID(key))
    except (ValueError, OverflowError):
        raise InvalidField("after", "a link of this list", describe(text)) from None


@dataclass(frozen=True)
class Wanted:
    """Only of that kind, only deleted by the account of that name, only with that text in the name; empty: of all."""

    kind: str = ""
    by: str = ""
    text: str = ""

    @property
    def condition(self) -> Condition:
        q = Q(deleted_by=account_key(self.by)) if self.by else Q()
        if self.text:
            q &= contains("name", self.text)
        return Condition(q) if q else EVERYTHING


@dataclass(frozen=True)
class Row:
    """`session` is that of an artifact. `goes_at` None: it does not go by itself."""

    item: Item
    trashed: Trashed
    team: Team
    session: Session | None
    size: int
    goes_at: datetime | None
    may_restore: bool
    may_purge: bool


@dataclass(frozen=True)
class Page:
    """`after` is empty on the last page. With `looked_to` the page was left there before it was full: there may be more
    behind it, from `after` on."""

    rows: list[Row]
    after: str
    looked_to: datetime | None = None

    @property
    def may_restore(self) -> bool:
        return any(row.may_restore for row in self.rows)

    @property
    def may_purge(self) -> bool:
        return any(row.may_purge for row in self.rows)


def page_trash(user: User, wanted: Wanted, after: Place | None) -> Page:
    """Three queries, however much lies there; with a filter one more for each kind."""
    roles = roles_of(user)
    found, looked_to = _find(sorted(roles), wanted, after)
    rows = [_describe(item, trashed, roles) for item, trashed in found[:PAGE_SIZE]]
    if len(found) > PAGE_SIZE:
        return Page(rows, write_place(place_of(rows[-1].trashed)))
    if looked_to is None:
        return Page(rows, "")
    assert isinstance(looked_to.value, datetime)
    return Page(rows, write_place(looked_to), looked_to.value)


def _find(teams: list[UUID], wanted: Wanted, after: Place | None) -> tuple[list[tuple[Item, Trashed]], Place | None]:
    """Up to one more than a page, newest first; and where there are fewer, the place behind which nobody has looked."""
    found: list[tuple[Item, Trashed]] = []
    ends: list[Place] = []
    for kind, source in SOURCES.items():
        if wanted.kind in ("", kind):
            course = Course(teams, "deleted_at", start=after, source=source)
            rows, last = look_for_rows(course, wanted.condition, PAGE_SIZE + 1, effort=GLANCE, fetch=_with_places)
            found += [(Item(kind.value, row.pk), row) for row in rows]
            ends += [last] if last else []
    found.sort(key=lambda one: _order(place_of(one[1])), reverse=True)
    looked_to = max(ends, key=_order, default=None)
    if looked_to is not None:
        found = [one for one in found if _order(place_of(one[1])) >= _order(looked_to)]
    return found, looked_to


def _order(place: Place) -> tuple[SortValue, UUID]:
    return place.value, place.key


def _with_places(rows: Listed) -> Listed:
    if rows.model is Artifact:
        return rows.select_related("session__team", "deleted_by").defer("description", "custom")
    return rows.select_related("team", "deleted_by").defer("description", "metadata")


def _describe(item: Item, trashed: Trashed, roles: dict[UUID, str]) -> Row:
    artifact = trashed if isinstance(trashed, Artifact) else None
    role = roles[team_of(trashed).pk]
    assert trashed.deleted_at is not None
    return Row(
        item,
        trashed,
        team_of(trashed),
        artifact.session if artifact else None,
        trashed.total_artifact_size if isinstance(trashed, Session) else trashed.size,
        goes_at(trashed.deleted_at),
        role != Membership.Role.VIEWER,
        role == Membership.Role.ADMIN,
    )


def recent_purges(teams: Sequence[Team], limit: int) -> list[PurgeRecord]:
    """The newest in these teams."""
    records = PurgeRecord.objects.filter(team__in=teams).select_related("actor", "deleted_by", "team")
    return list(records.order_by("-pk")[:limit])
