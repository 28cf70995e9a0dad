"""Metadata as a tree that is rendered a part at a time: thousands of keys cost what a page of them costs.

A place in it is named by a JSON pointer (RFC 6901) in URLs, and for people as scripts write it: `rows[3].f`.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from llmspell_web.web.problems import NotFound
from sessions.fields import JsonValue
from sessions.json_text import write_json

NODES_SHOWN = 120  # of a tree at once
ITEMS_SHOWN = 60  # of one object or list at once
LEVELS_SHOWN = 8  # below one place; deeper ones open when asked for
TEXT_CHARACTERS = 200  # of a text that are shown before it is opened
MATCHES_SHOWN = 60


@dataclass
class Node:
    """`kind` is object, list, text, number, boolean or null. Of `size` items, `items` are shown from `start` on."""

    label: str
    path: str
    pointer: str
    kind: str
    text: str = ""
    size: int = 0
    start: int = 0
    items: "list[Node]" = field(default_factory=list)

    @property
    def is_container(self) -> bool:
        return self.kind in {"object", "list"}

    @property
    def is_key(self) -> bool:
        """Whether this is a key of the metadata itself, which can be edited alone."""
        return self.pointer.count("/") == 1

    @property
    def next(self) -> int | None:
        """Where the items go on that are not shown; None at the end."""
        end = self.start + len(self.items)
        return end if end < self.size else None

    @property
    def left_out(self) -> int:
        return self.size - self.start - len(self.items)

    @property
    def short_text(self) -> str:
        return f"{self.text[:TEXT_CHARACTERS]}…" if len(self.text) > TEXT_CHARACTERS else ""


@dataclass(frozen=True)
class Matches:
    """At most MATCHES_SHOWN nodes of `count`; `is_cut` when there are places that were not searched."""

    nodes: list[Node]
    count: int
    is_cut: bool = False


def build_tree(metadata: JsonValue, pointer: str = "", start: int = 0, *, nodes: int = NODES_SHOWN) -> Node:
    """The place with what is below it, breadth first until so many nodes are there. NotFound where there is none."""
    label, path, value = _find(metadata, pointer)
    root = _make_node(label, path, pointer, value)
    root.start = min(start, root.size)
    room = nodes
    queue = deque([(root, value, 1)])
    while queue and room > 0:
        node, held, level = queue.popleft()
        for name, item in _items(held, node.start, min(room, ITEMS_SHOWN)):
            path, pointer = _join_path(node.path, name, held), f"{node.pointer}/{_escape(name)}"
            child = _make_node(_label(name, held), path, pointer, item)
            node.items.append(child)
            room -= 1
            if child.size and level < LEVELS_SHOWN:
                queue.append((child, item, level + 1))
    return root


def read_value(metadata: JsonValue, pointer: str) -> JsonValue:
    return _find(metadata, pointer)[2]


def find_place(value: JsonValue, place: str, *, places: int) -> tuple[str, str] | None:
    """Path and pointer of what either of them names, among the first `places`; None where there is nothing."""
    if place.startswith("/"):
        try:
            return _find(value, place)[1], place
        except NotFound:
            pass  # as a path, then: a key may begin so
    walk = islice(_walk(value), places)
    return next(((path, pointer) for _, path, pointer, _ in walk if path == place), None)


def find_in_tree(metadata: JsonValue, text: str, *, places: int | None = None) -> Matches:
    """Every place whose name, or whose own value, holds the text in any case; of the first `places` where given."""
    wanted = text.casefold()
    nodes: list[Node] = []
    count = 0
    walk = _walk(metadata)
    for name, path, pointer, value in islice(walk, places):
        if wanted in name.casefold() or (not isinstance(value, dict | list) and wanted in _write(value).casefold()):
            count += 1
            if count <= MATCHES_SHOWN:
                nodes.append(_make_node(path, path, pointer, value))
    return Matches(nodes, count, next(walk, None) is not None)


def _walk(value: JsonValue, path: str = "", pointer: str = "") -> Iterator[tuple[str, str, str, JsonValue]]:
    for name, item in _items(value, 0, None):
        item_path, item_pointer = _join_path(path, name, value), f"{pointer}/{_escape(name)}"
        yield name, item_path, item_pointer, item
        yield from _walk(item, item_path, item_pointer)


def _find(metadata: JsonValue, pointer: str) -> tuple[str, str, JsonValue]:
    label, path = "", ""
    value: Any = metadata  # Any: tried
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        try:
            item = value[int(name)] if isinstance(value, list) and name.isdecimal() else value[name]
        except (KeyError, IndexError, TypeError, ValueError):
            raise NotFound("there is nothing at this place of the metadata any more") from None
        label, path, value = _label(name, value), _join_path(path, name, value), item
    return label, path, value


def _make_node(label: str, path: str, pointer: str, value: JsonValue) -> Node:
    match value:
        case dict():
            return Node(label, path, pointer, "object", size=len(value))
        case list():
            return Node(label, path, pointer, "list", size=len(value))
        case str():
            return Node(label, path, pointer, "text", value)
        case bool():
            return Node(label, path, pointer, "boolean", _write(value))
        case None:
            return Node(label, path, pointer, "null", _write(value))
        case _:
            return Node(label, path, pointer, "number", _write(value))


def _write(value: JsonValue) -> str:
    """A value that holds no others."""
    if isinstance(value, str):
        return value
    return str(value) if type(value) is int else write_json(value)


def _items(value: JsonValue, start: int, count: int | None) -> list[tuple[str, JsonValue]]:
    end = None if count is None else start + count
    if isinstance(value, dict):
        return list(value.items())[start:end]
    if isinstance(value, list):
        return [(str(position), item) for position, item in enumerate(value[start:end], start)]
    return []


def _label(name: str, held: JsonValue) -> str:
    return str(int(name) + 1) if isinstance(held, list) else name


def _join_path(path: str, name: str, held: JsonValue) -> str:
    """Positions count from one, as scripts count them."""
    if isinstance(held, list):
        return f"{path}[{int(name) + 1}]"
    return f"{path}.{name}" if path else name


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
