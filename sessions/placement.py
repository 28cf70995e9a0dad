"""Where a session belongs: its owner, its team, and what that makes visible to whom.

A tree lies within one team (`hierarchy.py`): what lies below a session goes along, in the trash or not, and the session
leaves a parent that stays.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.teams.services import find_private_team, private_team
from llmspell_web.web.problems import Forbidden, InvalidField, NotFound, Problem
from sessions.edits import Overtaken
from sessions.fields import describe
from sessions.hierarchy import hold_teams
from sessions.history import COUNT_EVENT, record_event, record_events
from sessions.holdings import list_artifacts_of
from sessions.models import Session, SessionEvent

# What keeps the team of the session that it belongs to, in rooms above.
Follower = Callable[[Sequence[UUID], Team], None]
_followers: list[Follower] = []

TREE_MAX = 5000  # sessions that move at once: SQLite's other writers wait for as long
KEYS_A_STATEMENT = 500

_WALK_DOWN = """
    WITH RECURSIVE tree (id) AS (
        SELECT id FROM llmspell_sessions_session WHERE id = %s
        UNION
        SELECT below.id FROM llmspell_sessions_session AS below JOIN tree ON below.parent_id = tree.id
        WHERE below.purged_at IS NULL
    )
    SELECT id FROM tree LIMIT %s
"""


@dataclass(frozen=True)
class Consequences:
    """Of giving a session another team. `gain` and `lose` are those who will see, and no longer see, all of it; of the
    sessions that go along, some may lie in the trash. `parent` is what it leaves."""

    team: Team
    sessions: int
    artifacts: int
    gain: list[User]
    lose: list[User]
    leaves_parent: bool

    @property
    def moved(self) -> str:
        if self.sessions == 1:
            return "This session"
        below = self.sessions - 1
        words = f"more than {TREE_MAX:,} sessions" if below >= TREE_MAX else f"{below:,} session{'s' * (below > 1)}"
        return f"This session and {words} below it"


def register_follower(follower: Follower) -> None:
    """Once, while Django starts. It is called with sessions that are held and lie in the team now, at most
    KEYS_A_STATEMENT."""
    _followers.append(follower)


def may_place(session: Session, user: User) -> bool:
    """Its owner and the admins of its team, while they may change it. `access` has loaded it for the user."""
    return session.asker_role == Membership.Role.ADMIN or (
        session.asker_role == Membership.Role.MEMBER and session.created_by_id == user.pk
    )


def possible_teams(session: Session, user: User) -> list[Team]:
    """Where the user may put it: the teams in which the user may create sessions, and for its owner what is private."""
    places = Membership.objects.filter(user=user, team__private_to=None).exclude(role=Membership.Role.VIEWER)
    teams = [place.team for place in places.select_related("team").order_by("joined_at")]
    return [*teams, find_private_team(user)] if session.created_by_id == user.pk else teams


def possible_owners(team: Team) -> list[User]:
    """Members who may change things there, by name."""
    if team.private_to:
        return [team.private_to]
    places = Membership.objects.filter(team=team).exclude(role=Membership.Role.VIEWER).select_related("user")
    return sorted((place.user for place in places if place.user.is_active), key=lambda user: user.username)


def consequences(session: Session, team: Team) -> Consequences:
    """What moving the session to the team would bring, as things are now."""
    keys = _walk_down(session.pk)
    moving = Session.objects.filter(pk__in=keys[:TREE_MAX])
    here, there = _members(session.team), _members(team)
    return Consequences(
        team,
        len(keys),
        moving.aggregate(count=Sum("artifact_count"))["count"] or 0,
        sorted(there - here, key=lambda user: user.username),
        sorted(here - there, key=lambda user: user.username),
        session.parent_id is not None and team.pk != session.team_id,
    )


def place_session(
    session: Session, *, actor: User, team: Team, owner: User, seen: dict[str, object] | None = None
) -> Session:
    """Give the session a team and an owner. In another team, all that lies below it goes along, with its artifacts and
    the runs that began in it, and it leaves its parent.

    `seen` is what the actor saw: `{"team": slug, "owner": user name}`; `Overtaken` where it is something else now.
    The caller has loaded it for change. `Forbidden` for who is neither its owner nor an admin, and where something of
    others lies below it; `InvalidField` for a team or an owner that does not fit.
    """
    with transaction.atomic():
        if team.private_to and team._state.adding:
            team = private_team(team.private_to)
        hold_teams({session.team_id, team.pk})
        _hold_sessions(_walk_down(session.pk) if team.pk != session.team_id else [session.pk])
        current = Session.objects.select_related("team", "created_by")
        held = current.filter(pk=session.pk, deleted_at=None).first()
        role = _role(actor, held.team_id) if held else ""
        if held is None or not role:  # gone, or out of the actor's sight, meanwhile
            raise NotFound(f"session not found: {session.pk}")
        held.asker_role = role
        _check_seen(held, seen)
        if (held.team_id, held.created_by_id) == (team.pk, owner.pk):
            return session
        _check_place(held, actor, team, owner)
        _write(held, actor, team, owner)
    session.team, session.created_by, session.updated_at = team, owner, held.updated_at
    return session


def _hold_sessions(keys: list[UUID]) -> None:
    """In the order in which everybody locks several. Under the locks of the teams no tree changes."""
    rising = sorted(keys)
    for start in range(0, len(rising), KEYS_A_STATEMENT):
        held = Session.objects.select_for_update(no_key=True).filter(pk__in=rising[start : start + KEYS_A_STATEMENT])
        list(held.order_by("pk").values_list("pk"))


def _check_seen(held: Session, seen: dict[str, object] | None) -> None:
    now = {"team": held.team.slug, "owner": held.created_by.username}
    changed = {name: value for name, value in now.items() if seen is not None and seen.get(name, value) != value}
    if changed:
        raise Overtaken(changed)


def _check_place(held: Session, actor: User, team: Team, owner: User) -> None:
    if not may_place(held, actor):
        raise Forbidden("only its owner and the admins of its team may give this session another owner or team")
    if team.pk != held.team_id and _role(actor, team.pk) in ("", Membership.Role.VIEWER):
        raise InvalidField("team", "a team in which you may create sessions", describe(team.name))
    if team.private_to_id is not None and team.private_to_id != owner.pk:
        raise InvalidField("owner", "the account that it is private to", describe(owner.username))
    if owner.pk != held.created_by_id and owner not in possible_owners(team):
        raise InvalidField("owner", f"a member of the team {team.name} who may change things", describe(owner.username))


def _write(held: Session, actor: User, team: Team, owner: User) -> None:
    held.updated_at = now = timezone.now()
    details: dict[str, object] = {}
    if team.pk != held.team_id:
        below = _check_below(held, actor, team)
        details["team"] = {"before": str(held.team_id), "after": str(team.pk)}
        for start in range(0, len(below), KEYS_A_STATEMENT):
            keys = below[start : start + KEYS_A_STATEMENT]
            moved = Session.objects.filter(pk__in=keys)
            moved.update(team=team, updated_at=now, **COUNT_EVENT)
            record_events(keys, SessionEvent.Kind.UPDATED, actor=actor, at=now, details=details)
            _move_along(keys, team)
            list_artifacts_of(keys)
        _move_along([held.pk], team)
        if held.parent_id:
            details["parent"] = {"before": str(held.parent_id), "after": None}
    if owner.pk != held.created_by_id:
        details["owner"] = {"before": held.created_by.username, "after": owner.username}
    parent = held.parent_id if team.pk == held.team_id else None
    Session.objects.filter(pk=held.pk).update(team=team, created_by=owner, parent=parent, updated_at=now, **COUNT_EVENT)
    if "team" in details:
        list_artifacts_of([held.pk])
    record_event(held, SessionEvent.Kind.UPDATED, actor=actor, at=now, details=details)


def _check_below(held: Session, actor: User, team: Team) -> list[UUID]:
    """What goes along. An admin moves it whoever owns it; nobody takes into private what others own."""
    below = [key for key in _walk_down(held.pk) if key != held.pk]
    if len(below) >= TREE_MAX:
        raise Problem(f"more than {TREE_MAX:,} sessions lie below it: move parts of them first")
    if team.private_to_id is not None or held.asker_role != Membership.Role.ADMIN:
        others = sum(
            Session.objects.filter(pk__in=below[start : start + KEYS_A_STATEMENT]).exclude(created_by=actor).count()
            for start in range(0, len(below), KEYS_A_STATEMENT)
        )
        if others:
            raise Problem(
                f"{others:,} of the sessions below it belong to others: they would go along. "
                "Move them elsewhere first, or ask an admin of the team"
            )
    return below


def _move_along(keys: Sequence[UUID], team: Team) -> None:
    _move_runs(keys, team)
    _move_events(keys, team)
    for follower in _followers:
        follower(keys, team)


def _move_runs(keys: Sequence[UUID], team: Team) -> None:
    """The runs that began in these sessions show what was in them: whoever sees the one sees the other."""
    runs = Session._meta.get_field("runs").related_model  # the workspace lies above this room
    assert runs is not None
    assert not isinstance(runs, str)
    runs._default_manager.filter(session__in=keys).update(team=team)


def _move_events(keys: Sequence[UUID], team: Team) -> None:
    """The whole history goes along. Whoever is writing an event holds the session's row, as the caller does now."""
    SessionEvent.objects.filter(session__in=keys).update(team=team)


def _members(team: Team) -> set[User]:
    if team.private_to:
        return {team.private_to}
    return {place.user for place in Membership.objects.filter(team=team).select_related("user")}


def _role(user: User, team_id: UUID) -> str:
    return Membership.objects.filter(user=user, team=team_id).values_list("role", flat=True).first() or ""


def _walk_down(start: UUID) -> list[UUID]:
    """The session and all below it, at most TREE_MAX + 1; whoever may see them, in the trash or not."""
    key = Session._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(_WALK_DOWN, [key.get_db_prep_value(start, connection), TREE_MAX + 1])
        return [key.to_python(row[0]) for row in cursor.fetchall()]
