"""What a Lua value is as JSON. One rule for `json.encode`, for results of runs and for values that hosts store."""

import json
import math
import re
from collections.abc import Mapping, Sequence

from .interface import NULL
from .protocol import MAX_DEPTH

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_PATH_STEPS = 12  # longer paths are cut in the middle: they belong to runaway nesting


class NotJson(ValueError):
    """A value that JSON cannot hold. The text begins with the path, as in `$.rows[3].f: a function cannot be sent`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.steps: list[str] = []  # innermost first: each level of the walk adds its own
        self.root = "$"

    def under(self, key: object) -> "NotJson":
        self.steps.append(_step(key))
        return self

    def __str__(self) -> str:
        steps = self.steps[::-1]
        if len(steps) > _PATH_STEPS:
            steps = [*steps[:_PATH_STEPS], "…"]
        return f"{self.root}{''.join(steps)}: {self.reason}"


def _step(key: object) -> str:
    if isinstance(key, bytes):
        key = key.decode("utf-8", "backslashreplace")
    if isinstance(key, str):
        return f".{key}" if _WORD.match(key) else f"[{json.dumps(key[:80], ensure_ascii=False)}]"
    return f"[{key}]"


def as_json(value: object, path: str = "$") -> Json:
    """The value in plain JSON types: bytes as text, NULL as None. Raises NotJson, whose text begins with `path`."""
    try:
        return _as_json(value, 0)
    except NotJson as error:
        error.root = path
        raise


def encode(value: object, indent: int | None = None) -> str:
    """JSON text of a value, keys sorted, so that equal values have equal texts. Raises NotJson."""
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(
        as_json(value), ensure_ascii=False, allow_nan=False, sort_keys=True, indent=indent, separators=separators
    )


def decode(text: bytes) -> Json:
    """The value of a JSON text. Raises ValueError, whose text says line and column where JSON itself is broken."""
    try:
        source = text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"the text is not UTF-8 (byte {error.start + 1})") from None
    try:
        value: Json = json.loads(source, parse_constant=_no_constant, parse_float=_float, parse_int=_int)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError(f"nested too deeply (at most {MAX_DEPTH} levels)") from None
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"number out of range: {digits[:40]}")
    return number


def _int(digits: str) -> int | float:
    if len(digits) < 19:
        return int(digits)
    if len(digits) > 400:
        raise ValueError(f"number too long: {len(digits)} digits")
    number = int(digits)
    return number if -(1 << 63) <= number < 1 << 63 else _float(digits)


def _as_json(value: object, depth: int) -> Json:
    if value is None or value is NULL:
        return None
    if isinstance(value, bool | int | str):
        return _text(value) if isinstance(value, str) else value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        raise NotJson(f"{value} is not a JSON number")
    if isinstance(value, bytes):
        return _decoded(value)
    if depth >= MAX_DEPTH:
        raise NotJson(f"nested too deeply (at most {MAX_DEPTH} levels)")
    if isinstance(value, Mapping):
        return _object(value, depth)
    if isinstance(value, Sequence):
        return _array(value, depth)
    if hasattr(value, "size"):
        raise NotJson(f"a string of {value.size} bytes is too long for JSON: store it as an artifact")
    raise NotJson(f"a {type(value).__name__} has no JSON form")


def _object(value: Mapping[object, object], depth: int) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for key, item in value.items():
        if isinstance(key, bytes):
            name = _decoded(key)
        elif isinstance(key, str):
            name = _text(key)
        else:
            raise NotJson("a sparse or mixed table: its keys must be 1..n without gaps, or all text")
        try:
            result[name] = _as_json(item, depth + 1)
        except NotJson as error:
            raise error.under(key) from None
    return result


def _array(value: Sequence[object], depth: int) -> list[Json]:
    result: list[Json] = []
    for item in value:
        try:
            result.append(_as_json(item, depth + 1))
        except NotJson as error:
            raise error.under(len(result) + 1) from None
    return result


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise NotJson("a string that is not UTF-8: store binary content as an artifact") from None


def _text(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise NotJson("a string with a lone surrogate is not Unicode text") from None
    return value
