"""Reads what a script passes. Every value may be anything; a wrong one raises InvalidField or Problem in the
contract's words: the argument, what was expected, what was given."""

import difflib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from llmspell_web.lua import NULL, Value
from llmspell_web.lua.values import NotJson, as_json
from llmspell_web.web.problems import InvalidField, Problem

Reader = Callable[[str, Value], Any]  # Any: each option has a type of its own


def describe(value: Value) -> str:
    """A value as an error message shows it: its Lua type, and itself where that is short."""
    match value:
        case None:
            return "nil"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case bytes():
            text = value.decode("utf-8", "backslashreplace")
            return f'"{text}"' if len(text) <= 80 else f'"{text[:77]}…"'
        case _ if value is NULL:
            return "json.null"
        case dict() | list():
            return "a table"
    return "a long string"


def read_text(name: str, value: Value) -> str:
    if not isinstance(value, bytes):
        raise InvalidField(name, "a string", describe(value))
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise InvalidField(name, "a string of UTF-8", describe(value)) from None


def content_size(value: Value) -> int | None:
    """The bytes of a string, whether it came in one piece or in parts; None for anything else."""
    if isinstance(value, bytes):
        return len(value)
    size: int | None = getattr(value, "size", None)
    return size


def read_texts(name: str, value: Value) -> list[str]:
    """An array of strings; Lua's empty table is one."""
    if value == {}:
        return []
    if not isinstance(value, list):
        raise InvalidField(name, "an array of strings", describe(value))
    return [read_text(f"{name}[{place}]", item) for place, item in enumerate(value, 1)]


def read_text_or_texts(name: str, value: Value) -> list[str]:
    return [read_text(name, value)] if isinstance(value, bytes) else read_texts(name, value)


def read_boolean(name: str, value: Value) -> bool:
    if not isinstance(value, bool):
        raise InvalidField(name, "true or false", describe(value))
    return value


def whole_number(lowest: int, highest: int | None = None) -> Reader:
    """A reader of integers within bounds; floats with an integer value count, as they do in Lua."""
    expected = f"a whole number of at least {lowest}"
    if highest is not None:
        expected = f"a whole number from {lowest} to {highest}"

    def read(name: str, value: Value) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        within = type(value) is int and value >= lowest and (highest is None or value <= highest)
        if not within or abs(value) >= 2**63:  # type: ignore[arg-type]  # `within` says it is an int
            raise InvalidField(name, expected, describe(value))
        return value  # type: ignore[return-value]

    return read


def read_time(name: str, value: Value) -> datetime:
    """An RFC 3339 string or seconds since 1970."""
    expected = 'a time such as "2026-01-31T09:30:00Z" or seconds since 1970'
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, bytes):
            moment = datetime.fromisoformat(value.decode())
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise InvalidField(name, expected, describe(value))


def read_json_object(name: str, value: Value) -> dict[str, Any]:  # Any: JSON
    if not isinstance(value, dict):
        raise InvalidField(name, "a table with text as keys", describe(value))
    try:
        return as_json(value, name)  # type: ignore[return-value]  # a dict gives a dict
    except NotJson as problem:
        raise Problem(str(problem)) from None


def read_table(name: str, value: Value) -> dict[str, Value]:
    """An options table: nil counts as an empty one; keys must be text."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidField(name, "a table", "an array" if isinstance(value, list) else describe(value))
    return {read_text(f"a key of {name}", key): item for key, item in value.items()}


def read_options(value: Value, readers: Mapping[str, Reader], *, name: str = "options") -> dict[str, Any]:
    """The given options, each read by its reader. An unknown key is an error that names the nearest known one."""
    options = {}
    for key, item in read_table(name, value).items():
        if key not in readers:
            nearest = difflib.get_close_matches(key[:100], readers, n=1, cutoff=0)[0]
            raise Problem(f'unknown key {describe(key.encode())} in {name} (did you mean "{nearest}"?)')
        options[key] = readers[key](key, item)
    return options
