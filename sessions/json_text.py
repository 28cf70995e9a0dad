"""JSON as people type it, and where it went wrong."""

import json
from collections import Counter
from dataclasses import dataclass

from sessions.fields import METADATA_MAX_DEPTH, JsonValue, describe_text

AROUND_CHARACTERS = 60  # of the faulty line that are shown on each side of the fault


@dataclass(eq=False)
class JsonFault(ValueError):
    """Line and column count characters from 1. `offset` counts UTF-16 units from the start, as browsers do.

    `before`, `mark` and `after` are the line around the fault. Without a place, `line` is None.
    """

    message: str
    line: int | None = None
    column: int | None = None
    offset: int | None = None
    before: str = ""
    mark: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.message}" if self.line else self.message


def read_json(text: str, *, depth: int = METADATA_MAX_DEPTH) -> JsonValue:
    """The value, of so many levels, or JsonFault; also for a key that an object has twice: one would be lost."""
    try:
        value: JsonValue = json.loads(text, object_pairs_hook=_read_object)
    except json.JSONDecodeError as error:
        raise _at_place(text, error) from None
    except RecursionError:
        raise JsonFault(_too_deep(depth)) from None
    except JsonFault:
        raise
    except ValueError as error:  # a number of thousands of digits
        raise JsonFault(f"This is not JSON: {error}") from None
    _check_depth(value, depth)
    return value


def write_json(value: object, *, indent: int | None = 2) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False)


def _too_deep(depth: int) -> str:
    return f"This is nested deeper than {depth} levels."


def _read_object(pairs: list[tuple[str, JsonValue]]) -> JsonValue:
    made = dict(pairs)
    if len(made) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key in counts if counts[key] > 1)
        raise JsonFault(f"The key {describe_text(twice)} stands twice in one object.")
    return made


def _check_depth(value: JsonValue, depth: int) -> None:
    """Before anything walks the value by calling itself."""
    level: list[JsonValue] = [value]
    for _ in range(depth + 1):
        level = [
            item
            for held in level
            for item in (held.values() if isinstance(held, dict) else held if isinstance(held, list) else [])
        ]
        if not level:
            return
    raise JsonFault(_too_deep(depth))


def _at_place(text: str, error: json.JSONDecodeError) -> JsonFault:
    place = error.pos
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    line = text[start : end if end != -1 else len(text)]
    column = place - start
    return JsonFault(
        f"{error.msg}.",
        error.lineno,
        error.colno,
        len(text[:place].encode("utf-16-le", "surrogatepass")) // 2,
        line[max(0, column - AROUND_CHARACTERS) : column],
        line[column : column + 1],
        line[column + 1 : column + AROUND_CHARACTERS],
    )
