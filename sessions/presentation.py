"""What the page of a session shows. Artifacts and runs are reached by the ORM's reverse relations: they lie above."""

from dataclasses import dataclass

from django.urls import reverse

from llmspell_web.teams.models import User
from llmspell_web.web.paging import read_position
from sessions.access import may_change
from sessions.lifecycle import Action, allowed_actions
from sessions.models import Session, SessionEvent

EVENTS_SHOWN = 50
OTHERS_SHOWN = 20
SAVES_SHOWN = 50
LABELS: dict[Action, tuple[str, str, str]] = {
    "suspend": ("Suspend", "circle-pause", "Pause it: nothing can be stored until it is resumed."),
    "resume": ("Resume", "play", "Make it active again."),
    "complete": ("Complete", "circle-check", "Mark it as finished."),
    "fail": ("Fail…", "circle-x", "Mark it as failed, with a reason."),
    "load": ("Bring back", "rotate-ccw", "Make it active again; nothing that was stored is lost."),
}


@dataclass(frozen=True)
class Tab:
    """`count` is None where it is not kept."""

    label: str
    url: str
    count: int | None
    is_current: bool


def session_frame(session: Session, reader: User, tab: str) -> dict[str, object]:
    """What stands around every tab of a session's page. `tab` is the name of the route that shows one of them."""
    children = session.children.filter(deleted_at=None).order_by("-pk")
    return {
        "session": session,
        "parent": visible_parent(session, reader),
        "may_change": may_change(session),
        "actions": [(action, *LABELS[action]) for action in available_actions(session)],
        "children": list(children[: OTHERS_SHOWN + 1]),
        "tabs": [
            Tab(label, reverse(f"sessions:{name}", args=[session.pk]), count, name == tab)
            for name, label, count in (
                ("detail", "Artifacts", session.artifact_count),
                ("history", "History", None),
                ("runs", "Runs", None),
                ("saves", "Saves", session.save_count),
            )
        ],
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


def newest_saves(session: Session, before: str) -> dict[str, object]:
    """As `newest_events`; saves are numbered from 1."""
    saves = session.saves.select_related("created_by")
    position = read_position(before)
    if position is not None:
        saves = saves.filter(number__lt=position)
    items = list(saves[: SAVES_SHOWN + 1])
    more = len(items) > SAVES_SHOWN
    return {"items": items[:SAVES_SHOWN], "after": items[SAVES_SHOWN - 1].number if more else ""}
