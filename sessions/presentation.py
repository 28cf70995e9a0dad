"""What the page of a session shows. Artifacts and runs are reached by the ORM's reverse relations: they lie above."""

from collections.abc import Mapping

from llmspell_web.teams.models import User
from llmspell_web.web.paging import newest_first, read_position
from sessions.access import may_change
from sessions.lifecycle import Action, allowed_actions
from sessions.models import Session, SessionEvent

ARTIFACTS_SHOWN = 100
EVENTS_SHOWN = 50
OTHERS_SHOWN = 20
LABELS: dict[Action, tuple[str, str, str]] = {
    "suspend": ("Suspend", "circle-pause", "Pause it: nothing can be stored until it is resumed."),
    "resume": ("Resume", "play", "Make it active again."),
    "complete": ("Complete", "circle-check", "Mark it as finished."),
    "fail": ("Fail…", "circle-x", "Mark it as failed, with a reason."),
    "load": ("Bring back", "rotate-ccw", "Make it active again; nothing that was stored is lost."),
}


def session_page(session: Session, reader: User, query: Mapping[str, str]) -> dict[str, object]:
    """`query` is the URL's: `artifacts` and `events` say behind which key the two long lists go on."""
    artifacts = session.artifacts.filter(deleted_at=None).select_related("blob", "created_by").prefetch_related("tags")
    children = session.children.filter(deleted_at=None).order_by("-pk")
    runs = session.runs.visible_to(reader).for_lists()
    return {
        "session": session,
        "parent": visible_parent(session, reader),
        "may_change": may_change(session),
        "actions": [(action, *LABELS[action]) for action in available_actions(session)],
        "artifacts": newest_first(artifacts, query.get("artifacts", ""), size=ARTIFACTS_SHOWN),
        "events": newest_events(session, query.get("events", "")),
        "children": list(children[: OTHERS_SHOWN + 1]),
        "runs": list(runs.order_by("-pk")[:OTHERS_SHOWN]),
        "saves": list(session.saves.select_related("created_by")[:OTHERS_SHOWN]),
    }


def visible_parent(session: Session, reader: User) -> Session | None:
    return Session.objects.visible_to(reader).filter(pk=session.parent_id).first() if session.parent_id else None


def available_actions(session: Session) -> list[Action]:
    """What the table allows, `load` only where `resume` does not do the same."""
    allowed = allowed_actions(session)
    return [action for action in allowed if not (action == "load" and "resume" in allowed)]


def newest_events(session: Session, before: str) -> dict[str, object]:
    """`{"items", "after"}`, as a KeyPage; events are numbered, not keyed."""
    events = session.events.select_related("actor")
    position = read_position(before)
    if position is not None:
        events = events.filter(pk__lt=position)
    items: list[SessionEvent] = list(events.order_by("-pk")[: EVENTS_SHOWN + 1])
    more = len(items) > EVENTS_SHOWN
    return {"items": items[:EVENTS_SHOWN], "after": items[EVENTS_SHOWN - 1].pk if more else ""}
