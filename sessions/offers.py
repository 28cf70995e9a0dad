"""What forms offer to choose from: a few of the newest, found as the lists find them."""

from collections.abc import Sequence

from django.db.models import Q

from llmspell_web.teams.models import User
from sessions import conditions
from sessions.access import teams_of
from sessions.course import Course
from sessions.fields import is_storable
from sessions.filters import TEXT_MAX_CHARACTERS
from sessions.finding import PAGE, first_rows, some_values
from sessions.models import Session, SessionTag
from sessions.wanted import Condition, status_condition, text_condition

RECENT_SESSIONS = 200
TAGS_OFFERED = 200
PARENTS_OFFERED = 20


def possible_parents(user: User, session: Session, find: str) -> list[Session]:
    """Active sessions of the same team that were last worked on, with the text in name or description; no children."""
    teams = [team.pk for team in teams_of(user) if team.pk == session.team_id]
    course = Course(teams, "updated_at")
    others = Condition(~Q(pk=session.pk) & (Q(parent=None) | ~Q(parent=session.pk)))
    wanted = status_condition([Session.Status.ACTIVE], course.column) & others
    if find and is_storable(find):
        text = find[:TEXT_MAX_CHARACTERS]
        wanted &= text_condition(text, conditions.is_called(text))
    return first_rows(course, wanted, PARENTS_OFFERED, fetch=lambda sessions: sessions.only("name", "updated_at"))


def recent_sessions(user: User, limit: int, statuses: Sequence[str] = Session.Status.values) -> list[Session]:
    """Those that were last worked on, with name, status and time."""
    course = Course([team.pk for team in teams_of(user)], "updated_at")
    wanted = status_condition(statuses, course.column) if len(statuses) < len(Session.Status) else None
    return first_rows(course, wanted, limit, fetch=lambda sessions: sessions.only("name", "status", "updated_at"))


def recent_tags(user: User) -> list[str]:
    """The tags of the sessions that were last worked on, from A to Z: to choose from while typing."""
    course = Course([team.pk for team in teams_of(user)], "updated_at")
    recent, _ = some_values(course, None, RECENT_SESSIONS, "pk", effort=PAGE)
    tags = SessionTag.objects.filter(session__in=[key for (key,) in recent]).order_by()
    return sorted(tags.values_list("name", flat=True).distinct()[:TAGS_OFFERED])
