"""The ways to one session. What a user may not see is not there; what a viewer may see, a viewer may not change."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F, QuerySet, prefetch_related_objects

from llmspell_web.teams.models import NO_TEAM, Membership, Team, User
from llmspell_web.web.problems import Forbidden, NotFound, Problem
from sessions.fields import describe
from sessions.models import NO_KEY, CurrentSession, Session, SessionTag
from sessions.prepared import PreparedQuery, remember_tags
from sessions.querysets import SessionQuerySet


def _with_role(sessions: SessionQuerySet, user_id: UUID) -> "QuerySet[Session]":
    return sessions.filter(team__memberships__user=user_id).annotate(
        asker_role=F("team__memberships__role")  # type: ignore[no-redef]  # the model declares what is annotated
    )


def _visible_session(user_id: UUID, session_id: UUID) -> "QuerySet[Session]":
    return _with_role(Session.objects.visible_to(User(pk=user_id)).filter(pk=session_id), user_id)


@PreparedQuery
def _find_session(user_id: UUID, session_id: UUID) -> "QuerySet[Session]":
    return _visible_session(user_id, session_id).select_related("team", "created_by")


@PreparedQuery
def _find_bare_session(user_id: UUID, session_id: UUID) -> "QuerySet[Session]":
    return _visible_session(user_id, session_id)


@PreparedQuery
def find_tags(session_id: UUID) -> "QuerySet[SessionTag]":
    """In the order given."""
    return SessionTag.objects.filter(session=session_id)


@PreparedQuery
def _find_memberships(user_id: UUID) -> "QuerySet[Membership]":
    return Membership.objects.filter(user=user_id).select_related("team").order_by("joined_at")


@PreparedQuery
def _find_current(user_id: UUID) -> "QuerySet[CurrentSession]":
    return CurrentSession.objects.filter(
        user=user_id, session__deleted_at=None, session__team__memberships__user=user_id
    ).select_related("session")


def get_session(user: User, session_id: str | UUID) -> Session:
    """The session with its team, its creator, tags and `asker_role`.

    `Problem` for a malformed id, `NotFound` for one that does not exist, is in the trash, or is another team's.
    """
    session = _only_one(_find_session, user, session_id)
    remember_tags(session, find_tags(session.pk))
    return session


def get_session_for_change(user: User, session_id: str | UUID) -> Session:
    """As `get_session`, and `Forbidden` where the user is only a viewer of the session's team. Most changes need
    neither team, creator nor tags: here these cost a query each when asked for."""
    session = _only_one(_find_bare_session, user, session_id)
    if not may_change(session):
        _check_role(session.asker_role, session.team, "change this session")
    return session


def get_trashed_session_for_change(user: User, session_id: str | UUID) -> Session:
    """As `get_session_for_change`, for a session in the trash and no other."""
    key = parse_id("session", session_id)
    session = _with_role(Session.objects.trash_visible_to(user).filter(pk=key), user.pk).first()
    if session is None:
        raise NotFound(f"session not found: {key}")
    if not may_change(session):
        _check_role(session.asker_role, session.team, "change this session")
    return session


def get_sessions_for_change(
    user: User, keys: Collection[UUID], *, in_trash: bool = False
) -> dict[UUID, Session | Problem]:
    """Each session as the function for one would give it, with its tags, or the problem that it would raise.

    One query, one for the tags, one for the teams where the user is a viewer; description and metadata, which may be
    long, cost one when asked for. The sessions are held until the end of the caller's transaction: nobody else changes
    them meanwhile.
    """
    places = Session.objects.trash_visible_to(user) if in_trash else Session.objects.visible_to(user)
    held = _with_role(places.filter(pk__in=keys), user.pk).select_for_update(of=("self",), no_key=True).order_by("pk")
    where = "not in the trash any more" if in_trash else "not there any more"
    found: dict[UUID, Session | Problem] = dict.fromkeys(keys, NotFound(f"it is {where}, or you may not see it"))
    if not user.is_active:
        return found
    sessions = list(held.defer("description", "metadata").prefetch_related("tags"))
    prefetch_related_objects([session for session in sessions if not may_change(session)], "team")
    for session in sessions:
        try:
            if not may_change(session):
                _check_role(session.asker_role, session.team, "change this session")
            found[session.pk] = session
        except Forbidden as problem:
            found[session.pk] = problem
    return found


def _only_one(find: PreparedQuery[Session], user: User, session_id: str | UUID) -> Session:
    key = parse_id("session", session_id)
    sessions = find(user.pk, key)
    if not sessions:
        raise NotFound(f"session not found: {key}")
    return sessions[0]


def may_change(session: Session) -> bool:
    """Whether the user for whom `get_session` loaded it may change it. Pages show their buttons by this."""
    return session.asker_role != Membership.Role.VIEWER


def teams_of(user: User) -> list[Team]:
    """Those whose sessions the user can see, in the order joined."""
    return [membership.team for membership in _find_memberships(user.pk)]


def team_for_new_session(user: User, team_id: UUID | None) -> Team:
    """The named team, or the one that new sessions of the user go to (`User.place_for_new`); `Forbidden` where the user
    is only a viewer."""
    memberships = _find_memberships(user.pk)
    named = (place for place in memberships if place.team_id == team_id)
    membership = next(named, None) if team_id else user.place_for_new(memberships)
    if membership is None:
        raise NotFound("team not found" if team_id else NO_TEAM)
    _check_role(membership.role, membership.team, "create sessions")
    return membership.team


def get_current_session(user: User) -> Session | None:
    """The session that the user works in; None when there is none, or it was deleted or lost from sight."""
    current = _find_current(user.pk)
    return current[0].session if current else None


def account_key(username: str) -> UUID:
    """That of nobody where nobody has the name: what there is not is looked for as what may not be seen is."""
    return User.objects.filter(username=username).values_list("pk", flat=True).first() or NO_KEY


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
