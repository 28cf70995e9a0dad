"""Two JSON documents by their paths. The order of keys means nothing; numbers are compared as they are written."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from artifacts.previews.texts import reveal

CHANGES_MAX = 500
VALUE_CHARACTERS = 400
PATH_CHARACTERS = 400


class Number(str):
    """A number as the document spells it: no digit is lost, and 1 is not 1.0."""

    __slots__ = ()


class Path(NamedTuple):
    parent: "Path | None"
    key: str | int


@dataclass(frozen=True)
class Change:
    path: str
    kind: Literal["added", "removed", "changed"]
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class StructureDiff:
    """`is_cut`: there are more than CHANGES_MAX changes."""

    changes: list[Change]
    is_cut: bool


def compare_json(a_text: str, b_text: str) -> StructureDiff | None:
    """None where one of the two is no JSON object or list, names a key twice (the other values would be silently
    passed over), or is nested too deeply to be read."""
    try:
        a, b = (_read(text) for text in (a_text, b_text))
    except (ValueError, RecursionError):
        return None
    if not isinstance(a, dict | list) or not isinstance(b, dict | list):
        return None
    changes: list[Change] = []
    for change in _walk(a, b):
        if len(changes) == CHANGES_MAX:
            return StructureDiff(changes, is_cut=True)
        changes.append(change)
    return StructureDiff(changes, is_cut=False)


def _read(text: str) -> object:
    return json.loads(
        text, parse_int=Number, parse_float=Number, parse_constant=Number, object_pairs_hook=_as_object_of_unique_keys
    )


def _as_object_of_unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def _walk(a: Any, b: Any) -> Iterator[Change]:  # Any: what json.loads gives
    """In the order of the documents. Paths are only written for what changed: each may be as long as a document."""
    places: list[tuple[Path | None, Any, Any]] = [(None, a, b)]
    while places:
        path, one, other = places.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            before, after = one, other
        elif isinstance(one, list) and isinstance(other, list):
            before, after = dict(enumerate(one)), dict(enumerate(other))
        else:
            if type(one) is not type(other) or one != other:
                yield Change(_write_path(path), "changed", _show(one), _show(other))
            continue
        for key in before:
            if key not in after:
                yield Change(_write_path(Path(path, key)), "removed", before=_show(before[key]))
        for key in after:
            if key not in before:
                yield Change(_write_path(Path(path, key)), "added", after=_show(after[key]))
        places += [(Path(path, key), before[key], after[key]) for key in reversed(before) if key in after]


def _write_path(path: Path | None) -> str:
    """As scripts write it, cut at PATH_CHARACTERS."""
    keys: list[str | int] = []
    while path is not None:
        keys.append(path.key)
        path = path.parent
    written = ""
    for key in reversed(keys):
        written = _join(written, key if isinstance(key, int) else key[: PATH_CHARACTERS + 1])
        if len(written) > PATH_CHARACTERS:
            return f"{written[:PATH_CHARACTERS]}…"
    return written or "(all)"


def _join(path: str, key: str | int) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    if not key.isidentifier():
        return f"{path}[{_quote(key)}]"
    return f"{path}.{key}" if path else key


def _quote(text: str) -> str:
    """As JSON, with half a surrogate pair, which no encoding can hold, as its escape, and what cannot be seen by its
    number."""
    return reveal(json.dumps(text, ensure_ascii=False).encode(errors="backslashreplace").decode())


def _show(value: object) -> str:
    if isinstance(value, dict | list):
        unit = "keys" if isinstance(value, dict) else "items"
        return f"{'an object' if unit == 'keys' else 'a list'} of {len(value)} {unit}"
    if isinstance(value, str) and not isinstance(value, Number):
        text = _quote(value)
    else:
        text = str(value) if isinstance(value, Number) else json.dumps(value)
    return text if len(text) <= VALUE_CHARACTERS else f"{text[:VALUE_CHARACTERS]}…"
