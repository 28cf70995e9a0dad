"""Lists of sessions for scripts: by limit and offset. Those for the browser are in pages.py. And the tags in use."""

from llmspell_web.teams.models import User
from sessions import conditions
from sessions.fields import is_storable
from sessions.filters import TEXT_MAX_CHARACTERS, TEXT_SORT_KEYS, SessionFilter, filter_sessions
from sessions.models import Session, SessionTag

__all__ = ["SessionFilter", "find_sessions", "possible_parents", "recent_tags"]
RECENT_SESSIONS = 200
TAGS_OFFERED = 200
PARENTS_OFFERED = 20


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


def possible_parents(user: User, session: Session, find: str) -> list[Session]:
    """Active sessions of the same team that were last worked on, with the text in name or description; no children."""
    active = Session.objects.visible_to(user).filter(conditions.has_status([Session.Status.ACTIVE]))
    active = active.filter(team=session.team_id).exclude(pk=session.pk).exclude(parent=session.pk)
    if find and is_storable(find):
        active = active.filter(conditions.is_called(find[:TEXT_MAX_CHARACTERS]))
    return list(active.only("name", "updated_at").order_by("-updated_at", "-pk")[:PARENTS_OFFERED])


def recent_tags(user: User) -> list[str]:
    """The tags of the sessions that were last worked on, from A to Z: to choose from while typing."""
    recent = Session.objects.visible_to(user).order_by("-updated_at", "-pk").values_list("pk", flat=True)
    tags = SessionTag.objects.filter(session__in=list(recent[:RECENT_SESSIONS])).order_by()
    return sorted(tags.values_list("name", flat=True).distinct()[:TAGS_OFFERED])
