"""What a person is told who comes second: what changed, by whom, and when."""

from dataclasses import dataclass

from llmspell_web.teams.models import User
from llmspell_web.web.errors import sentence
from llmspell_web.web.problems import Conflict
from sessions.edits import ABSENT, Overtaken
from sessions.history import last_change, last_key_changes
from sessions.json_text import write_json
from sessions.models import Session, SessionEvent
from sessions.presentation import session_head
from sessions.tag_text import join_tags

KEYS_SHOWN = 20


@dataclass(frozen=True)
class OvertakenChange:
    """Something that somebody changed before this edit came: `now` is None for what is gone; `event` may be lost."""

    label: str
    now: str | None
    event: SessionEvent | None


def overtaken_changes(session: Session, overtaken: Overtaken | None, reader: User) -> list[OvertakenChange]:
    """One entry for each field and each key of the metadata, of these at most KEYS_SHOWN."""
    changes: list[OvertakenChange] = []
    for field, value in overtaken.now.items() if overtaken else ():
        if field == "metadata" and overtaken:
            changes += _overtaken_keys(session, dict(list(overtaken.keys.items())[:KEYS_SHOWN]))
            continue
        if field == "parent":
            parent = Session.objects.visible_to(reader).filter(pk=str(value)).first() if value else None
            text = parent.name if parent else None
        elif field == "team":
            text = session.team.name
        else:
            text = join_tags(value) if isinstance(value, list) else str(value)
        changes.append(OvertakenChange(field, text, last_change(session.pk, field)))
    return changes


def overtaken_step(session: Session, conflict: Conflict) -> dict[str, object]:
    """Why a step of the life cycle was not done, and what can be done now. `session` has the status that it has."""
    event = last_change(session.pk, "status")
    return {**session_head(session), "conflict": sentence(str(conflict)), "event": event}


def _overtaken_keys(session: Session, keys: dict[str, object]) -> list[OvertakenChange]:
    events = last_key_changes(session.pk, keys)
    texts = {key: None if now is ABSENT else write_json(now) for key, now in keys.items()}
    return [OvertakenChange(f"metadata key {key}", text, events.get(key)) for key, text in texts.items()]
