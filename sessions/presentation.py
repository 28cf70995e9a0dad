"""What the page of a session shows. Artifacts are reached by the ORM's reverse relation: they lie above."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2s

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from llmspell_web.teams.models import User
from llmspell_web.web.counts import EXACT_MAX, count_text
from llmspell_web.web.paging import read_position
from llmspell_web.web.slots import fill
from sessions.access import may_change
from sessions.hierarchy import visible_ancestors, visible_children, with_branches
from sessions.history_page import read_number
from sessions.lifecycle import Action, allowed_actions
from sessions.metadata_tree import build_tree, find_in_tree
from sessions.models import Session
from sessions.placement import may_place

CHILDREN_SHOWN = 20
CRUMBS_AT_END = 3
FIND_MAX_CHARACTERS = 200
GLANCE_NODES = 12  # of the metadata beside every tab
SAVES_SHOWN = 50
# URL names, and labels. Some are pages of rooms above, which may give counts for them.
TABS = (
    ("sessions:detail", "Artifacts"),
    ("sessions:history", "History"),
    ("workspace:session_runs", "Runs"),
    ("comments:session", "Comments"),
    ("sessions:saves", "Saves"),
    ("sessions:metadata", "Metadata"),
)
LABELS: dict[Action, tuple[str, str, str]] = {
    "suspend": ("Suspend", "circle-pause", "Pause it: nothing can be stored in it until it is resumed."),
    "resume": ("Resume", "play", "Make it active again, so that things can be stored in it."),
    "complete": (
        "Complete",
        "circle-check",
        "Mark it as finished: nothing can be stored in it until it is brought back.",
    ),
    "fail": ("Fail…", "circle-x", "Mark it as failed, with a reason; it can be brought back."),
    "load": ("Bring back", "rotate-ccw", "Make it active again; nothing that was stored is lost."),
}


@dataclass(frozen=True)
class Button:
    """A step of the life cycle; `meaning` says what it will do."""

    action: Action
    label: str
    icon: str
    meaning: str


@dataclass(frozen=True)
class Tab:
    """`count` is None where it is not kept."""

    label: str
    url: str
    count: object
    is_current: bool


def session_frame(session: Session, reader: User, tab: str) -> dict[str, object]:
    """What stands around every tab of a session's page. `tab` is the name of the route that shows one of them."""
    counts = _counts(session) | fill("session tabs", reader, session, {})
    return {
        **session_head(session),
        "may_place": may_place(session, reader),
        "crumbs": crumbs(session, reader),
        **child_tree(session, reader),
        "tab": tab,
        "metadata_mark": mark(session.metadata),
        "metadata_glance": build_tree(session.metadata, nodes=GLANCE_NODES),
        "tabs": [Tab(label, reverse(name, args=[session.pk]), counts.get(name), name == tab) for name, label in TABS],
    }


def _counts(session: Session) -> dict[str, object]:
    return {
        "sessions:detail": session.artifact_count,
        "sessions:history": session.event_count,
        "sessions:saves": session.save_count,
        "sessions:metadata": len(session.metadata),
    }


def child_tree(session: Session, reader: User) -> dict[str, object]:
    """One level of the tree below a session, and how many there are, counted where they are not all shown."""
    children = first_children(session, reader)
    is_more = len(children) > CHILDREN_SHOWN
    count = count_up_to(visible_children(session.pk, reader)) if is_more else str(len(children))
    return {
        "session": session,
        "children": children[:CHILDREN_SHOWN],
        "child_count": count,
        "children_mark": mark_children(children),
    }


def first_children(session: Session, reader: User) -> list[Session]:
    """Those that the tree shows, and one more where there are more."""
    return list(with_branches(visible_children(session.pk, reader))[: CHILDREN_SHOWN + 1])


def mark_children(children: Sequence[Session]) -> str:
    """Another one when something about them would be shown differently: their own changes leave no event above them."""
    # has_children: what with_branches adds
    return mark([[str(child.pk), child.name, child.status, child.has_children] for child in children])


def mark(shown: object) -> str:
    """Says of a page whether it shows this value still."""
    return blake2s(json.dumps(shown).encode(), digest_size=8).hexdigest()


def metadata_body(session: Session, query: QueryDict) -> dict[str, object]:
    """The tree: `?path=` is what is shown, from item `?from=` on; `?find=` what holds a text. `NotFound` where nothing
    is at the path."""
    path, find = query.get("path", ""), query.get("find", "")[:FIND_MAX_CHARACTERS]
    return {
        "tree": build_tree(session.metadata, path, read_number(query.get("from", "")) or 0),
        "find": find,
        "matches": find_in_tree(session.metadata, find) if find else None,
    }


def session_head(session: Session) -> dict[str, object]:
    """What of a session can be seen to change, and the buttons that change it."""
    return {"session": session, "may_change": may_change(session), "buttons": buttons(session)}


def buttons(session: Session) -> list[Button]:
    return [Button(action, *LABELS[action]) for action in available_actions(session)]


def crumbs(session: Session, reader: User) -> list[Session | None]:
    """The way down to the session: the first and the last three above it, None for those between."""
    line, is_cut = visible_ancestors(session, reader)
    last = line[-CRUMBS_AT_END:]
    first = [] if is_cut else line[:-CRUMBS_AT_END][:1]
    return [*first, *([None] if len(line) > len(first) + len(last) else []), *last]


def count_up_to(rows: "QuerySet[Session]", maximum: int = EXACT_MAX) -> str:
    return count_text(rows.order_by()[: maximum + 1].count(), maximum)


def available_actions(session: Session) -> list[Action]:
    """What the table allows, `load` only where `resume` does not do the same."""
    allowed = allowed_actions(session)
    return [action for action in allowed if not (action == "load" and "resume" in allowed)]


def newest_saves(session: Session, before: str) -> dict[str, object]:
    """`{"items", "after"}`, as a KeyPage; saves are numbered, from 1."""
    saves = session.saves.select_related("created_by")
    position = read_position(before)
    if position is not None:
        saves = saves.filter(number__lt=position)
    items = list(saves[: SAVES_SHOWN + 1])
    more = len(items) > SAVES_SHOWN
    return {"items": items[:SAVES_SHOWN], "after": items[SAVES_SHOWN - 1].number if more else ""}
