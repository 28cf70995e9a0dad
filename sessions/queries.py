"""Lists of sessions: by limit and offset for scripts, by key for the browser."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Q

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.fields import describe
from sessions.filters import TEXT_SORT_KEYS, SessionFilter, filter_sessions
from sessions.models import Session

__all__ = ["Cursor", "SessionFilter", "SessionPage", "find_sessions", "page_sessions"]

PageOrder = Literal["created_at", "updated_at"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def find_sessions(user: User, wanted: SessionFilter) -> tuple[list[Session], int]:
    """One page with its tags, creators and teams, and how many matched. Costs a third query only for a full page."""
    sessions = filter_sessions(user, wanted)
    page = list(
        sessions.select_related("created_by", "team")
        .prefetch_related("tags")
        .order_by(*_order(wanted))[wanted.offset : wanted.offset + wanted.limit]
    )
    if len(page) < wanted.limit and (page or not wanted.offset):
        return page, wanted.offset + len(page)
    return page, sessions.count()


@dataclass(frozen=True)
class Cursor:
    """A place between two rows of a list: it stands for the rows behind `moment` and `key`, or for those before."""

    moment: datetime
    key: UUID
    backwards: bool = False

    def __str__(self) -> str:
        """For a URL: `after.MICROSECONDS.KEY`; `parse` reads it back."""
        microseconds = (self.moment - _EPOCH) // timedelta(microseconds=1)
        return f"{'before' if self.backwards else 'after'}.{microseconds}.{self.key.hex}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """`InvalidField` for anything that `str()` of a cursor does not give."""
        try:
            direction, microseconds, key = text.split(".")
            moment = _EPOCH + timedelta(microseconds=int(microseconds))
            return cls(moment, UUID(key), {"after": False, "before": True}[direction])
        except (ValueError, KeyError, OverflowError):
            raise InvalidField("page", "a link of this list", describe(text)) from None


@dataclass(frozen=True)
class SessionPage:
    """Rows with tags, creator and team. A cursor is None where the list ends."""

    sessions: list[Session]
    next: Cursor | None
    previous: Cursor | None


def page_sessions(user: User, wanted: SessionFilter, *, after: Cursor | None = None) -> SessionPage:
    """`limit` sessions from the cursor on, by `sort_by` (`created_at` or `updated_at`), newest first.

    `offset` and `descending` are not looked at. Costs two queries, the tags' among them, and counts nothing.
    """
    order: PageOrder = "updated_at" if wanted.sort_by == "updated_at" else "created_at"
    backwards = after is not None and after.backwards
    sessions = filter_sessions(user, wanted).select_related("created_by", "team").prefetch_related("tags")
    if after is not None:
        sessions = sessions.filter(_beyond(order, after))
    sign = "" if backwards else "-"
    rows = list(sessions.order_by(f"{sign}{order}", f"{sign}id")[: wanted.limit + 1])
    more = len(rows) > wanted.limit
    rows = rows[: wanted.limit]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, after is not None)
    if not rows:
        return SessionPage([], None, None)
    return SessionPage(
        rows,
        Cursor(getattr(rows[-1], order), rows[-1].pk) if has_next else None,
        Cursor(getattr(rows[0], order), rows[0].pk, backwards=True) if has_previous else None,
    )


def _beyond(order: PageOrder, cursor: Cursor) -> Q:
    """Rows strictly on the cursor's far side; the first condition alone is what an index can walk."""
    side = "gt" if cursor.backwards else "lt"
    tie = Q((f"{order}__{side}", cursor.moment)) | Q((f"id__{side}", cursor.key))
    return Q((f"{order}__{side}e", cursor.moment)) & tie


def _order(wanted: SessionFilter) -> list[str]:
    descending = wanted.descending if wanted.descending is not None else wanted.sort_by not in TEXT_SORT_KEYS
    sign = "-" if descending else ""
    return [f"{sign}{wanted.sort_by}", f"{sign}id"]
