"""Lua values to plain Python ones and back. Raw iteration: no metamethod of the script ever runs here."""

from collections.abc import Callable
from typing import Any

import lupa.lua54 as lua54

from ..interface import NULL
from ..protocol import MAX_DEPTH, PART_BYTES, LongText
from ..values import NotJson
from .channel import Arriving

CHECK_EVERY_TABLES = 64  # how often the growth of an answer is compared with the script's memory limit
INT64 = 1 << 63


class Converter:
    """Bound to one runtime. `describe(table, depth)` is Lua code that says what a table is:
    nil (plain), "array", "object", "null", "cycle", "text" and the text that stands for it, or "foreign" and a name."""

    def __init__(
        self, lua: Any, describe: Any, mark_array: Any, null: Any
    ) -> None:  # Any: lupa's objects have no types
        self.lua = lua
        self.describe = describe
        self.mark_array = mark_array
        self.null = null
        self.table_type = type(lua.table())
        self.memory_bytes = 0
        self.nodes_left = 0
        self.tables = 0

    def from_lua(self, value: Any, max_nodes: int, long_text: bool) -> object:
        """Raises NotJson with the path for what no message can hold. Strings beyond a part become LongText if asked."""
        self.nodes_left = max_nodes
        return self._from_lua(value, 0, long_text)

    def _from_lua(self, value: Any, depth: int, long_text: bool) -> object:
        kind = type(value)
        if kind is bytes:
            return _leaving(value) if long_text and len(value) > PART_BYTES else value
        if value is None or kind in (int, float, bool):
            return value
        if kind is not self.table_type:
            raise NotJson(f"a {_name_of(value)} cannot be sent")
        described = self.describe(value, depth)
        shape, text = described if type(described) is tuple else (described, None)
        if shape == b"null":
            return NULL
        if shape == b"text":
            return text
        if shape == b"foreign":
            raise NotJson(f"a {text.decode()} cannot be sent")
        if shape == b"cycle":
            raise NotJson("a table that contains itself cannot be sent (nested too deeply)")
        if depth >= MAX_DEPTH:
            raise NotJson(f"nested too deeply (at most {MAX_DEPTH} levels)")
        return _shaped(self._items(value, depth, long_text), shape)

    def _items(self, table: Any, depth: int, long_text: bool) -> dict[Any, object]:
        items: dict[Any, object] = {}
        for key, item in table.items():
            self.nodes_left -= 1
            if self.nodes_left < 0:
                raise NotJson("too large: too many values")
            if type(key) not in (bytes, int, float):
                raise NotJson("a table key must be text or a number")
            try:
                items[key] = self._from_lua(item, depth + 1, long_text)
            except NotJson as error:
                raise error.under(key) from None
        return items

    def to_lua(self, value: object, depth: int = 0, *, none_is_null: bool = False) -> Any:
        """None in a table is nil, so its key is not there, unless told that it is null. Raises ValueError beyond the
        depth cap, MemoryError beyond the script's memory. Lua's own limit is off."""
        kind = type(value)
        if kind in (bytes, bool, float) or value is None:
            return value
        if kind is int:
            assert isinstance(value, int)
            return value if -INT64 <= value < INT64 else float(value)
        if kind is str:
            assert isinstance(value, str)
            return value.encode("utf-8")
        if value is NULL:
            return self.null
        if isinstance(value, Arriving):
            if value.content is None:
                raise MemoryError
            return value.content
        if depth >= MAX_DEPTH:
            raise ValueError(f"nested too deeply (at most {MAX_DEPTH} levels)")
        self._check_growth()
        if isinstance(value, list):
            filled = [
                self.null if item is None else self.to_lua(item, depth + 1, none_is_null=none_is_null) for item in value
            ]
            return self.mark_array(self.lua.table_from(filled))
        assert isinstance(value, dict)
        return self.lua.table_from(
            {
                self.to_lua(key): self.null if item is None else self.to_lua(item, depth + 1, none_is_null=none_is_null)
                for key, item in value.items()
                if none_is_null or item is not None
            }
        )

    def _check_growth(self) -> None:
        self.tables += 1
        if self.tables % CHECK_EVERY_TABLES == 0 and self.lua.get_memory_used() > 2 * self.memory_bytes:
            raise MemoryError


def _name_of(value: object) -> str:
    if type(value).__name__ in ("_LuaCoroutineFunction", "_LuaThread"):  # lua_type() takes the first for a function
        return "coroutine"
    return str(lua54.lua_type(value) or "userdata")


def _shaped(items: dict[Any, object], shape: bytes | None) -> object:
    if shape == b"object":
        return {key if type(key) is bytes else b"%d" % key if type(key) is int else repr(key).encode(): item
                for key, item in items.items()}  # fmt: skip
    sequence = all(index in items for index in range(1, len(items) + 1))
    if sequence and (items or shape == b"array"):
        return [items[index] for index in range(1, len(items) + 1)]
    if shape == b"array":
        raise NotJson("an array with gaps, or with keys that are not 1..n")
    return items


def _leaving(content: bytes) -> LongText:
    return LongText(len(content), _slices(memoryview(content)))


def _slices(content: memoryview) -> Callable[[int], bytes]:
    position = 0

    def read(length: int) -> bytes:
        nonlocal position
        piece = bytes(content[position : position + length])
        position += length
        return piece

    return read
