"""Places in a content that something can be said about: lines of a text, and paths of JSON."""

from dataclasses import dataclass

from artifacts.models import Artifact
from artifacts.previews.look import NotShown, take_look
from artifacts.previews.readers import VIEWS, find_kind
from artifacts.previews.trees import PLACES_SEARCHED, read_value
from llmspell_web.web.problems import InvalidField
from sessions.fields import JsonValue, describe
from sessions.metadata_tree import find_place


@dataclass(frozen=True)
class Places:
    """`lines` is how many there are in the part that previews show, 0 for what is no text. `value` is what a tree
    shows, where there is one."""

    lines: int = 0
    has_tree: bool = False
    value: JsonValue = None

    def check_lines(self, first: int, last: int) -> None:
        """InvalidField where these are no lines, from the first to the last, of the part that is shown."""
        if not self.lines:
            raise InvalidField("line", "no line: this content is not shown as lines", str(first))
        if not 1 <= first <= self.lines:
            raise InvalidField("line", f"a line from 1 to {self.lines:,}, as far as this content is shown", str(first))
        if not first <= last <= self.lines:
            raise InvalidField("last_line", f"a line from {first:,} to {self.lines:,}", str(last))

    def find_path(self, place: str) -> tuple[str, str]:
        """A path as pages show it, `rows[3].f`, and its JSON pointer, of either of them."""
        if not self.has_tree:
            raise InvalidField("path", "no path: this content is not shown as a tree", describe(place))
        found = find_place(self.value, place, places=PLACES_SEARCHED)
        if found is None:
            raise InvalidField("path", "a path into this JSON, as rows[3].name", describe(place))
        return found


def find_places(artifact: Artifact) -> Places:
    look = take_look(artifact)
    kind, _ = find_kind(look)
    views = VIEWS[kind.name]
    if "source" not in views or look.text is None:
        return Places()
    lines = look.text.content.split("\n")
    count = len(lines) - (lines[-1] == "" and not look.is_cut)
    if "tree" not in views:
        return Places(count)
    try:
        return Places(count, True, read_value(look, kind))
    except NotShown:
        return Places(count)
