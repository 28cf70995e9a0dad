"""What became of things in the trash, in words."""

from artifacts.models import Artifact
from llmspell_web.teams.models import User
from llmspell_web.trash.access import Trashed
from sessions.hierarchy import visible_parent
from sessions.models import Session


def told_restored(done: list[Trashed], reader: User) -> str:
    """Of one, where it stands now."""
    if len(done) > 1:
        return f"Took {_count(done)} out of the trash."
    one = done[0]
    if isinstance(one, Artifact):
        return (
            f"Took {one.name}, version {one.version}, out of the trash: it is in the session {one.session.name} again."
        )
    if one.parent_id is None:
        return f"{one.name} is out of the trash."
    parent = visible_parent(one, reader)
    if parent is None:
        return f"{one.name} is out of the trash. It stands under no other session: its parent is in the trash."
    return f"{one.name} is out of the trash, below {parent.name} again."


def told_purged(done: list[Trashed]) -> str:
    if len(done) > 1:
        return f"Deleted {_count(done)} for good."
    one = done[0]
    name = f"{one.name}, version {one.version}," if isinstance(one, Artifact) else f"the session {one.name}"
    return f"Deleted {name} for good."


def _count(things: list[Trashed]) -> str:
    sessions = sum(isinstance(thing, Session) for thing in things)
    artifacts = len(things) - sessions
    counts = {"session": sessions, "artifact": artifacts}
    return " and ".join(f"{count:,} {word}{'s' * (count > 1)}" for word, count in counts.items() if count)
