"""The statuses of a session and the ways between them. Buttons, bulk actions and scripts all ask this table."""

from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from llmspell_web.teams.models import User
from llmspell_web.web.problems import Conflict, NotFound
from sessions.fields import clean_reason
from sessions.history import COUNT_EVENT, record_event
from sessions.models import Session, SessionEvent

Action = Literal["suspend", "resume", "complete", "fail", "load"]
ACTIONS: tuple[Action, ...] = get_args(Action)


@dataclass(frozen=True)
class Transition:
    """`ends` says what happens to `ended_at`: set (True), cleared (False), or left alone (None)."""

    sources: tuple[Session.Status, ...]
    target: Session.Status
    event: SessionEvent.Kind
    ends: bool | None = None


_Status = Session.Status
_Kind = SessionEvent.Kind
TRANSITIONS: dict[Action, Transition] = {
    "suspend": Transition((_Status.ACTIVE,), _Status.SUSPENDED, _Kind.SUSPENDED),
    "resume": Transition((_Status.SUSPENDED,), _Status.ACTIVE, _Kind.RESUMED),
    "complete": Transition((_Status.ACTIVE, _Status.SUSPENDED), _Status.COMPLETED, _Kind.COMPLETED, ends=True),
    "fail": Transition((_Status.ACTIVE, _Status.SUSPENDED), _Status.FAILED, _Kind.FAILED, ends=True),
    # From active, too, but there it changes nothing: see change_status.
    "load": Transition(
        (_Status.SUSPENDED, _Status.COMPLETED, _Status.FAILED), _Status.ACTIVE, _Kind.LOADED, ends=False
    ),
}


def allowed_actions(session: Session) -> list[Action]:
    """The actions that would change this session's status now, in the table's order."""
    return [action for action, transition in TRANSITIONS.items() if session.status in transition.sources]


def change_status(
    session: Session,
    action: Action,
    *,
    actor: User,
    run_id: UUID | None = None,
    bulk_id: UUID | None = None,
    reason: object = "",
    seen: str | None = None,
) -> Session:
    """Do `action` and return the session as it is then. Of several callers at once exactly one succeeds.

    `Conflict` names the status that the session really has, whatever the given instance says, and is also what a
    person gets who saw another status than that (`seen`). `load` on an active session changes nothing and appends no
    event. `reason` is kept in the event.
    """
    transition = TRANSITIONS[action]
    details = {"reason": text} if (text := clean_reason(reason)) else {}
    with transaction.atomic():
        before = session.status
        expected = transition.sources if seen is None else [status for status in transition.sources if status == seen]
        while not (before in expected and _claim(session, before, transition)):
            before = session.status = _read_status(session)
            if action == "load" and before == transition.target and seen in (None, before):
                return session
            if before not in transition.sources:
                raise Conflict(f"cannot {action} {with_article(before)} session")
            if before not in expected:
                raise Conflict(f"the session is {before} now: it was not changed")
        record_event(
            session,
            transition.event,
            actor=actor,
            run_id=run_id,
            bulk_id=bulk_id,
            at=session.updated_at,
            details={"status": {"before": before, "after": transition.target.value}, **details},
        )
    return session


def with_article(status: str) -> str:
    return f"an {status}" if status[0] in "aeiou" else f"a {status}"


def _claim(session: Session, before: str, transition: Transition) -> bool:
    """The conditional UPDATE: whether this caller moved the session out of `before`. Updates the instance if so."""
    now = timezone.now()
    changes: dict[str, object] = {"status": transition.target.value, "updated_at": now}
    if transition.ends is not None:
        changes["ended_at"] = now if transition.ends else None
    if not Session.objects.filter(pk=session.pk, status=before, deleted_at=None).update(**changes, **COUNT_EVENT):
        return False
    for name, value in changes.items():
        setattr(session, name, value)
    return True


def _read_status(session: Session) -> str:
    status = Session.objects.filter(pk=session.pk, deleted_at=None).values_list("status", flat=True).first()
    if status is None:
        raise NotFound(f"session not found: {session.pk}")
    return status
