"""What lies in the trash of somebody's teams: sessions, and artifacts of sessions that do not lie there, newest first.

Each team's part of either table is a range of an index, read no further than the page; filters look at its rows alone.
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
from sessions.course import Course, Place
from sessions.fields import describe
from sessions.finding import first_rows
from sessions.matching import contains
from sessions.models import Session
from sessions.source import Listed, Source
from sessions.wanted import Condition

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


def write_place(trashed: Trashed) -> str:
    """For a URL, the place behind it: whole microseconds and the key; `read_place` reads it back."""
    assert trashed.deleted_at is not None
    return f"{(trashed.deleted_at - _EPOCH) // timedelta(microseconds=1)}.{trashed.pk.hex}"


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
        q = Q(deleted_by__username=self.by) if self.by else Q()
        if self.text:
            q &= contains("name", self.text)
        return Condition(q, guide=q, guide_says_all=True)


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
    rows: list[Row]
    after: str  # empty on the last page

    @property
    def may_restore(self) -> bool:
        return any(row.may_restore for row in self.rows)

    @property
    def may_purge(self) -> bool:
        return any(row.may_purge for row in self.rows)


def page_trash(user: User, wanted: Wanted, after: Place | None) -> Page:
    """Three queries, however much lies there."""
    roles = roles_of(user)
    found: list[tuple[Item, Trashed]] = []
    for kind, source in SOURCES.items():
        if wanted.kind in ("", kind):
            course = Course(sorted(roles), "deleted_at", start=after, source=source)
            rows = first_rows(course, wanted.condition, PAGE_SIZE + 1, fetch=_with_places)
            found += [(Item(kind.value, row.pk), row) for row in rows]
    found.sort(key=lambda one: (one[1].deleted_at, one[1].pk), reverse=True)
    rows = [_describe(item, trashed, roles) for item, trashed in found[:PAGE_SIZE]]
    return Page(rows, write_place(rows[-1].trashed) if len(found) > PAGE_SIZE else "")


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
