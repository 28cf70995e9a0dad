"""Parents and children. A tree lies within one team, so that a team's row is what its moves queue up for.

Whoever locks rows of both kinds locks teams before sessions, and of each kind the lower key first. Sessions are locked
without their keys (`no_key`), which nobody changes: so a new row that points at one, and holds it before it holds its
team, is in nobody's way.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from llmspell_web.teams.models import Team, User
from llmspell_web.web.problems import NotFound, Problem
from sessions.edits import Overtaken
from sessions.history import COUNT_EVENT, record_event
from sessions.models import Session, SessionEvent
from sessions.querysets import SessionQuerySet

LEVELS_MAX = 100  # that a walk upwards takes; scripts may nest deeper, but nothing is moved there

_WALK_UP = """
    WITH RECURSIVE line (id, parent_id, level) AS (
        SELECT id, parent_id, 1 FROM llmspell_sessions_session WHERE id = %s
        UNION ALL
        SELECT above.id, above.parent_id, line.level + 1
        FROM llmspell_sessions_session AS above JOIN line ON above.id = line.parent_id
        WHERE line.level < %s
    )
    SELECT id FROM line ORDER BY level
"""


def move_session(
    session: Session, *, actor: User, parent: Session | None, seen: UUID | None, run_id: UUID | None = None
) -> Session:
    """Put the session, with all that is below it, under another parent, or under none.

    `seen` is the parent that the actor saw it under (one out of sight is none): `Overtaken` where it has another one
    now. The caller has loaded both sessions for change. `Problem` where the parent is of another team, is the session
    itself or lies below it (also when two such moves meet: one of them is refused), or lies LEVELS_MAX levels deep.
    """
    if parent is not None and parent.team_id != session.team_id:
        raise Problem(f"{parent.name} belongs to another team: a session stays in the team of its parent")
    target = parent.pk if parent else None
    with transaction.atomic():
        _queue_up(session.team_id)
        current = Session.objects.select_for_update(no_key=True).filter(pk=session.pk, deleted_at=None).first()
        if current is None or current.team_id != session.team_id:
            raise NotFound(f"session not found: {session.pk}")
        if target == current.parent_id:
            return session
        held = visible_parent(current, actor)
        if (held.pk if held else None) != seen:
            raise Overtaken({"parent": str(held.pk) if held else None})
        if parent is not None:
            _check_place(session, parent)
        now = timezone.now()
        Session.objects.filter(pk=session.pk).update(parent=target, updated_at=now, **COUNT_EVENT)
        before, after = (str(key) if key else None for key in (current.parent_id, target))
        details = {"parent": {"before": before, "after": after}}
        record_event(session, SessionEvent.Kind.UPDATED, actor=actor, run_id=run_id, at=now, details=details)
    session.parent, session.updated_at = parent, now
    return session


def visible_parent(session: Session, reader: User) -> Session | None:
    return Session.objects.visible_to(reader).filter(pk=session.parent_id).first() if session.parent_id else None


def visible_ancestors(session: Session, reader: User) -> tuple[list[Session], bool]:
    """From the topmost one down to the parent, and whether there are more than were walked.

    They end below the first one that the reader cannot see, as if there were none above.
    """
    keys = _walk_up(session.parent_id) if session.parent_id else []
    in_sight = Session.objects.visible_to(reader).only("name").in_bulk(keys) if keys else {}
    line = []
    for key in keys:
        if key not in in_sight:
            break
        line.append(in_sight[key])
    return line[::-1], len(line) == LEVELS_MAX


def visible_children(session_id: UUID, reader: User) -> SessionQuerySet:
    return Session.objects.visible_to(reader).filter(parent=session_id)


def with_branches(children: SessionQuerySet) -> SessionQuerySet:
    """For the tree, newest first; `has_children` says whether there is more to open."""
    below = Session.objects.filter(parent=OuterRef("pk"), deleted_at=None)
    children = children.annotate(has_children=Exists(below))  # type: ignore[no-redef]  # the model declares it
    return children.only("name", "status").order_by("-pk")


def hold_teams(teams: Collection[UUID]) -> None:
    """Until the commit nothing moves in these teams, and no session or run comes into them: see `hold_own_team`."""
    list(Team.objects.select_for_update().filter(pk__in=teams).order_by("pk").values_list("pk"))


def hold_own_team() -> None:
    """For a row that was just put into a team: whoever holds that team waits for it until the commit, or was first.

    PostgreSQL locks what a row points at when it checks that it is there. Left to itself it does so at the commit, when
    the row's maker can no longer look where things are.
    """
    if connection.vendor == "postgresql":
        connection.check_constraints()


def check_parent_stays(parent_id: UUID, team_id: UUID) -> None:
    """For a child that was just put into the team: whoever moves the parent away waits for it, or was first."""
    hold_own_team()
    if not Session.objects.filter(pk=parent_id, team=team_id).exists():
        raise NotFound(f"session not found: {parent_id}")


def _queue_up(team_id: UUID) -> None:
    """Moves within a team, one after the other, on a database that locks rows; SQLite has one writer anyway."""
    list(Team.objects.select_for_update(no_key=True).filter(pk=team_id).values_list("pk"))


def _check_place(session: Session, parent: Session) -> None:
    """Under the lock of the team, so that what is above the parent stays there."""
    if not Session.objects.filter(pk=parent.pk, team=session.team_id, deleted_at=None).exists():
        raise NotFound(f"session not found: {parent.pk}")
    line = _walk_up(parent.pk)
    if session.pk == parent.pk:
        raise Problem("a session cannot be its own parent")
    if session.pk in line:
        raise Problem(f"{parent.name} lies below {session.name}: a session cannot be below itself")
    if len(line) == LEVELS_MAX:
        raise Problem(f"{parent.name} lies {LEVELS_MAX} levels deep: sessions are nested no deeper by hand")


def _walk_up(start: UUID) -> Sequence[UUID]:
    """The session and those above it, at most LEVELS_MAX; whoever may see them."""
    key = Session._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(_WALK_UP, [key.get_db_prep_value(start, connection), LEVELS_MAX])
        return [key.to_python(row[0]) for row in cursor.fetchall()]
