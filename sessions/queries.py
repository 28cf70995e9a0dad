"""Lists of sessions for scripts: by limit and offset. Those for the browser are in pages.py."""

from llmspell_web.teams.models import User
from sessions.filters import TEXT_SORT_KEYS, SessionFilter, filter_sessions
from sessions.models import Session

__all__ = ["SessionFilter", "find_sessions"]


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


def _order(wanted: SessionFilter) -> list[str]:
    descending = wanted.descending if wanted.descending is not None else wanted.sort_by not in TEXT_SORT_KEYS
    sign = "-" if descending else ""
    return [f"{sign}{wanted.sort_by}", f"{sign}id"]
