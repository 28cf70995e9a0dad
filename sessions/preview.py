"""A session at a glance: what the list shows beside a row."""

import json
from typing import Any

from llmspell_web.teams.models import User
from sessions.hierarchy import visible_parent
from sessions.models import Session

EVENTS_SHOWN = 4
ARTIFACTS_SHOWN = 4
KEYS_SHOWN = 6
VALUE_MAX_CHARACTERS = 80
DESCRIPTION_MAX_CHARACTERS = 400


def preview_session(session: Session, reader: User) -> dict[str, object]:
    """Three queries, one more for a parent. `more_keys` is how many of the metadata's keys are not shown."""
    artifacts: list[Any] = list(  # Any: artifacts lie above this room
        session.artifacts.filter(deleted_at=None).select_related("blob").order_by("-pk")[:ARTIFACTS_SHOWN]
    )
    metadata = sorted(session.metadata.items())
    return {
        "session": session,
        "description": _cut(session.description.strip(), DESCRIPTION_MAX_CHARACTERS),
        "metadata": [(in_short(key), in_short(value)) for key, value in metadata[:KEYS_SHOWN]],
        "more_keys": max(0, len(metadata) - KEYS_SHOWN),
        "parent": visible_parent(session, reader),
        "events": list(session.events.select_related("actor").order_by("-pk")[:EVENTS_SHOWN]),
        "artifacts": artifacts,
    }


def in_short(value: object) -> str:
    """Text as it is, all else as JSON."""
    return _cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), VALUE_MAX_CHARACTERS)


def _cut(text: str, most: int) -> str:
    return f"{text[:most]}…" if len(text) > most else text
