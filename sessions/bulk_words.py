"""What each bulk action is called: on its button, in its question, in its title and in what is told afterwards."""

from dataclasses import dataclass

from sessions.bulk_models import BulkAction

Kind = BulkAction.Kind


@dataclass(frozen=True)
class Words:
    """`asks` and `done` hold `{sessions}`, such as `3 sessions`, and `{tag}`."""

    button: str
    icon: str
    asks: str
    done: str
    meaning: str
    is_danger: bool = False

    @property
    def confirm(self) -> str:
        """The button that does it, when all has been asked."""
        return self.button.rstrip("…")


WORDS = {
    Kind.SUSPEND: Words(
        "Suspend",
        "circle-pause",
        "Suspend {sessions}",
        "{sessions} suspended.",
        "Nothing can be stored in them until they are resumed.",
    ),
    Kind.RESUME: Words("Resume", "play", "Resume {sessions}", "{sessions} resumed.", "They are active again."),
    Kind.COMPLETE: Words(
        "Complete",
        "circle-check",
        "Complete {sessions}",
        "{sessions} completed.",
        "They are marked as finished.",
    ),
    Kind.FAIL: Words(
        "Fail…",
        "circle-x",
        "Mark {sessions} as failed",
        "{sessions} marked as failed.",
        "Each keeps the reason in its history.",
        is_danger=True,
    ),
    Kind.ADD_TAG: Words(
        "Add tag…",
        "tag",
        "Add {tag} to {sessions}",
        "{tag} added to {sessions}.",
        "It comes after the tags that they have.",
    ),
    Kind.REMOVE_TAG: Words(
        "Remove tag…",
        "tag-x",
        "Remove {tag} from {sessions}",
        "{tag} removed from {sessions}.",
        "Their other tags stay.",
    ),
    Kind.DELETE: Words(
        "Move to trash",
        "trash-2",
        "Move {sessions} to the trash",
        "{sessions} moved to the trash.",
        "Their artifacts go with them; their children stay. Scripts and pages will not find them any more.",
        is_danger=True,
    ),
}


def count_sessions(text: str) -> str:
    return f"{text} session{'' if text == '1' else 's'}"


def title_of(action: BulkAction) -> str:
    """What was asked for: `Suspend 3 sessions`."""
    asks = _fill(WORDS[Kind(action.kind)].asks, action, action.total)
    return f"Undo: {asks[:1].lower()}{asks[1:]}" if action.undoes_id else asks


def news_of(action: BulkAction) -> str:
    """What was done: `3 sessions suspended.`"""
    if action.undoes_id:
        return f"Taken back in {count_sessions(f'{action.changed:,}')}."
    return _fill(WORDS[Kind(action.kind)].done, action, action.changed)


def question_of(kind: BulkAction.Kind, count: str) -> str:
    """`Suspend 3 sessions?`"""
    return f"{WORDS[kind].asks.format(sessions=count_sessions(count), tag='a tag')}?"


def _fill(words: str, action: BulkAction, count: int) -> str:
    text = words.format(sessions=count_sessions(f"{count:,}"), tag=f"the tag “{action.argument}”")
    return text[:1].upper() + text[1:]
