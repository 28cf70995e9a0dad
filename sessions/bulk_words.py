"""What each bulk action is called: on its button, in its question, in its title and in what is told afterwards."""

from dataclasses import dataclass

from sessions.bulk_models import BulkAction

Kind = BulkAction.Kind


@dataclass(frozen=True)
class Words:
    """`asks` and `done` hold `{things}`, such as `3 sessions`, `{tag}`, and `{into}`, what a tag becomes."""

    button: str
    icon: str
    asks: str
    done: str
    meaning: str
    is_danger: bool = False
    thing: str = "session"

    @property
    def confirm(self) -> str:
        """The button that does it, when all has been asked."""
        return self.button.rstrip("…")


WORDS = {
    Kind.SUSPEND: Words(
        "Suspend",
        "circle-pause",
        "Suspend {things}",
        "{things} suspended.",
        "Nothing can be stored in them until they are resumed.",
    ),
    Kind.RESUME: Words("Resume", "play", "Resume {things}", "{things} resumed.", "They are active again."),
    Kind.COMPLETE: Words(
        "Complete",
        "circle-check",
        "Complete {things}",
        "{things} completed.",
        "They are marked as finished.",
    ),
    Kind.FAIL: Words(
        "Fail…",
        "circle-x",
        "Mark {things} as failed",
        "{things} marked as failed.",
        "Each keeps the reason in its history.",
        is_danger=True,
    ),
    Kind.ADD_TAG: Words(
        "Add tag…",
        "tag",
        "Add {tag} to {things}",
        "{tag} added to {things}.",
        "It comes after the tags that they have.",
    ),
    Kind.REMOVE_TAG: Words(
        "Remove tag…",
        "tag-x",
        "Remove {tag} from {things}",
        "{tag} removed from {things}.",
        "Their other tags stay.",
    ),
    Kind.DELETE: Words(
        "Move to trash",
        "trash-2",
        "Move {things} to the trash",
        "{things} moved to the trash.",
        "Their artifacts go with them; their children stay. Scripts and pages will not find them any more.",
        is_danger=True,
    ),
    Kind.TAG_ARTIFACTS: Words(
        "Add tag…",
        "tag",
        "Add {tag} to {things}",
        "{tag} added to {things}.",
        "It comes after the tags that they have.",
        thing="artifact",
    ),
    Kind.UNTAG_ARTIFACTS: Words(
        "Remove tag…",
        "tag-x",
        "Remove {tag} from {things}",
        "{tag} removed from {things}.",
        "Their other tags stay.",
        thing="artifact",
    ),
    Kind.RETAG_ARTIFACTS: Words(
        "Rename tag…",
        "tags",
        "Rename {tag} to {into} on {things}",
        "{tag} renamed to {into} on {things}.",
        "Each keeps it in the same place; where it has both, the old one goes.",
        thing="artifact",
    ),
    Kind.TRASH_ARTIFACTS: Words(
        "Move to trash",
        "trash-2",
        "Move {things} to the trash",
        "{things} moved to the trash.",
        "Older versions stay, and the newest of them takes the place. Only from active sessions.",
        is_danger=True,
        thing="artifact",
    ),
}


def words_about(thing: str) -> dict[Kind, Words]:
    """Of the actions on sessions, or on artifacts."""
    return {kind: words for kind, words in WORDS.items() if words.thing == thing}


def count_things(kind: str, text: str) -> str:
    """`3 sessions`, `1 artifact`."""
    return f"{text} {WORDS[Kind(kind)].thing}{'' if text == '1' else 's'}"


def title_of(action: BulkAction) -> str:
    """What was asked for: `Suspend 3 sessions`."""
    asks = _fill(WORDS[Kind(action.kind)].asks, action, action.total)
    return f"Undo: {asks[:1].lower()}{asks[1:]}" if action.undoes_id else asks


def news_of(action: BulkAction) -> str:
    """What was done: `3 sessions suspended.`"""
    if action.undoes_id:
        return f"Taken back in {count_things(action.kind, f'{action.changed:,}')}."
    return _fill(WORDS[Kind(action.kind)].done, action, action.changed)


def question_of(kind: BulkAction.Kind, count: str) -> str:
    """`Suspend 3 sessions?`"""
    asks = WORDS[kind].asks.replace(" to {into}", "")
    return f"{asks.format(things=count_things(kind, count), tag='a tag')}?"


def _fill(words: str, action: BulkAction, count: int) -> str:
    tag, _, into = action.argument.partition("\n") if action.kind == Kind.RETAG_ARTIFACTS else (action.argument, "", "")
    things = count_things(action.kind, f"{count:,}")
    text = words.format(things=things, tag=f"the tag “{tag}”", into=f"“{into}”")
    return text[:1].upper() + text[1:]
