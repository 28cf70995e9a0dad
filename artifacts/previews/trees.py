"""JSON, and lines of JSON, as a tree that is rendered a part at a time."""

from dataclasses import dataclass

from artifacts.previews.kinds import Kind
from artifacts.previews.look import WHOLE_BYTES, Look, NotShown, Shown
from artifacts.previews.texts import UNSEEN, reveal
from llmspell_web.web.problems import InvalidField
from sessions.fields import JsonValue, describe
from sessions.json_text import JsonFault, read_json
from sessions.metadata_tree import Matches, Node, build_tree, find_in_tree

DEPTH = 100  # levels: what walks a tree calls itself
PLACES_SEARCHED = 50_000
FIND_CHARACTERS = 200
NAME_CHARACTERS = 2_000  # of a place, with the keys of everything around it: each item of a tree carries it

TYPES = ("application/json", "application/jsonl", "application/x-ndjson")
SUFFIXES = (".json", ".jsonl", ".ndjson", ".ipynb", ".geojson")


@dataclass(frozen=True)
class Tree:
    """A part of the value, or what was found in it: one of `root` and `matches` is there."""

    find: str
    root: Node | None = None
    matches: Matches | None = None


def is_json(look: Look) -> bool:
    """Whether the bytes are one object or list; a lone text or number only where the name says so."""
    assert look.text
    begins = look.text.content.lstrip()[:1]
    if begins not in {"{", "["} and look.suffix != ".json":
        return False
    try:
        _read_whole(look)
    except NotShown:
        return False
    return True


def is_lines(look: Look) -> bool:
    """Whether at least the first two lines are objects of JSON."""
    assert look.text
    lines = [line for line in look.text.content.split("\n", 3)[:2] if line.strip()]
    try:
        return len(lines) == 2 and all(isinstance(read_json(line, depth=DEPTH), dict) for line in lines)
    except JsonFault:
        return False


def why_not_json(look: Look) -> tuple[str, ...]:
    """A note for what calls itself JSON, or looks like it, and is not shown as a tree."""
    assert look.text
    if look.suffix not in SUFFIXES and look.artifact.mime_type not in TYPES:
        return ()
    try:
        _read_whole(look)
    except NotShown as problem:
        return (f"It is not shown as a tree: {problem}.",)
    return ()


def read_tree(look: Look, kind: Kind) -> Shown:
    return _show(look, _read_whole(look))


def read_lines(look: Look, kind: Kind) -> Shown:
    return _show(look, *_read_lines(look))


def read_value(look: Look, kind: Kind) -> JsonValue:
    """What a tree shows. NotShown where that cannot be read."""
    return _read_lines(look)[0] if kind.name == "lines" else _read_whole(look)


def _read_lines(look: Look) -> tuple[JsonValue, tuple[str, ...]]:
    """Each line is an item of a list; and what has to be told."""
    assert look.text
    lines = look.text.content.split("\n")
    notes: tuple[str, ...] = ()
    if look.is_cut:
        lines.pop()
        notes = (*look.cut_notes, f"These are {len(lines):,} lines.")
    items = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                items.append(_clean(line))
            except JsonFault as fault:
                raise NotShown(f"line {number:,} is not JSON ({fault})") from None
    return list(items), notes


def _read_whole(look: Look) -> JsonValue:
    text = look.whole_text
    if text is None:
        raise NotShown(f"it is larger than {WHOLE_BYTES // 1024**2} MB")
    try:
        return _clean(text.content)
    except JsonFault as fault:
        raise NotShown(str(fault).rstrip(".")) from None


def _show(look: Look, value: JsonValue, notes: tuple[str, ...] = ()) -> Shown:
    find = look.query.get("find", "").strip()
    if len(find) > FIND_CHARACTERS:
        raise InvalidField("find", f"at most {FIND_CHARACTERS} characters", describe(find))
    if find:
        matches = find_in_tree(value, find, places=PLACES_SEARCHED)
        if matches.is_cut:
            notes += (f"Only the first {PLACES_SEARCHED:,} places were searched.",)
        return Shown("_tree.html", Tree(find, matches=matches), notes)
    start = look.number("from", most=10**9, default=0)
    return Shown("_tree.html", Tree("", root=build_tree(value, look.query.get("path", ""), start)), notes)


def _clean(text: str) -> JsonValue:
    value = read_json(text, depth=DEPTH)
    _check_names(value)
    return _mend(value) if "\\u" in text or UNSEEN.search(text) else value


def _check_names(value: JsonValue) -> None:
    left: list[tuple[JsonValue, int]] = [(value, 0)]
    while left:
        held, size = left.pop()
        longest = max(map(len, held), default=0) if isinstance(held, dict) else 0
        if size + longest > NAME_CHARACTERS:
            raise JsonFault(f"A place in it has a name of more than {NAME_CHARACTERS:,} characters.")
        items = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
        left += [(item, size + longest) for item in items if isinstance(item, dict | list)]


def _mend(value: JsonValue) -> JsonValue:
    """With every character to be seen; JSON can also hold halves of characters, which a page cannot."""
    match value:
        case str():
            return reveal(value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
        case list():
            return [_mend(item) for item in value]
        case dict():
            return {str(_mend(key)): _mend(item) for key, item in value.items()}
    return value
