"""The ways to one session. What a user may not see is not there; what a viewer may see, a viewer may not change."""

from uuid import UUID

from django.db.models import F

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web.problems import Forbidden, NotFound, Problem
from sessions.fields import describe
from sessions.models import CurrentSession, Session


def get_session(user: User, session_id: str | UUID) -> Session:
    """The session with its team, its creator and `asker_role`; its tags cost one query when asked for.

    `Problem` for a malformed id, `NotFound` for one that does not exist, is in the trash, or is another team's.
    """
    key = parse_id("session", session_id)
    sessions = Session.objects.visible_to(user).annotate(
        asker_role=F("team__memberships__role")  # type: ignore[no-redef]  # the model declares what is annotated here
    )
    try:
        return sessions.select_related("team", "created_by").get(pk=key)
    except Session.DoesNotExist:
        raise NotFound(f"session not found: {key}") from None


def get_session_for_change(user: User, session_id: str | UUID) -> Session:
    """As `get_session`, and `Forbidden` where the user is only a viewer of the session's team."""
    session = get_session(user, session_id)
    _check_role(session.asker_role, session.team, "change this session")
    return session


def may_change(session: Session) -> bool:
    """Whether the user for whom `get_session` loaded it may change it. Pages show their buttons by this."""
    return session.asker_role != Membership.Role.VIEWER


def team_for_new_session(user: User, team_id: UUID | None) -> Team:
    """The named team, or the first that the user joined; `Forbidden` where the user is only a viewer."""
    memberships = Membership.objects.filter(user=user).select_related("team").order_by("joined_at")
    if team_id is not None:
        memberships = memberships.filter(team_id=team_id)
    membership = memberships.first()
    if membership is None:
        raise NotFound("team not found" if team_id else "you belong to no team yet: ask an administrator to add you")
    _check_role(membership.role, membership.team, "create sessions")
    return membership.team


def get_current_session(user: User) -> Session | None:
    """The session that the user works in; None when there is none, or it was deleted or lost from sight."""
    current = (
        CurrentSession.objects.filter(user=user, session__deleted_at=None, session__team__memberships__user=user.pk)
        .select_related("session")
        .first()
    )
    return current.session if current else None


def parse_id(kind: str, given: object) -> UUID:
    """A UUID from its text form; anything else is `invalid session id: "abc"` (with the kind in its place)."""
    if isinstance(given, UUID):
        return given
    try:
        return UUID(given)  # type: ignore[arg-type]  # refuses what is not text
    except (ValueError, TypeError, AttributeError):
        raise Problem(f"invalid {kind} id: {describe(given)}") from None


def _check_role(role: str, team: Team, what: str) -> None:
    if role == Membership.Role.VIEWER:
        raise Forbidden(f"you may not {what}: your role in the team {team.name} is viewer")
