"""Two JSON documents by their paths. The order of keys means nothing; numbers are compared as they are written."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

CHANGES_MAX = 500
VALUE_CHARACTERS = 400
PATH_CHARACTERS = 400


class Number(str):
    """A number as the document spells it: no digit is lost, and 1 is not 1.0."""

    __slots__ = ()


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
    """None where one of the two is no JSON object or list, or is nested too deeply to be read."""
    try:
        a, b = (json.loads(text, parse_int=Number, parse_float=Number) for text in (a_text, b_text))
    except (ValueError, RecursionError):
        return None
    if not isinstance(a, dict | list) or not isinstance(b, dict | list):
        return None
    changes: list[Change] = []
    for change in _walk(a, b):
        if len(changes) == CHANGES_MAX:
            return StructureDiff(changes, is_cut=True)
        is_long = len(change.path) > PATH_CHARACTERS
        changes.append(replace(change, path=f"{change.path[:PATH_CHARACTERS]}…") if is_long else change)
    return StructureDiff(changes, is_cut=False)


def _walk(a: Any, b: Any) -> Iterator[Change]:  # Any: what json.loads gives
    places = [("", a, b)]
    while places:
        path, one, other = places.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            before, after = one, other
        elif isinstance(one, list) and isinstance(other, list):
            before, after = dict(enumerate(one)), dict(enumerate(other))
        else:
            if type(one) is not type(other) or one != other:
                yield Change(path or "(all)", "changed", _show(one), _show(other))
            continue
        for key in before.keys() - after.keys():
            yield Change(_join(path, key), "removed", before=_show(before[key]))
        for key in after.keys() - before.keys():
            yield Change(_join(path, key), "added", after=_show(after[key]))
        places += [(_join(path, key), before[key], after[key]) for key in before if key in after]


def _join(path: str, key: str | int) -> str:
    """A little more than is shown: below one endless key, whole paths would take its length times all that it holds."""
    if len(path) > PATH_CHARACTERS:
        return path
    if isinstance(key, int):
        joined = f"{path}[{key}]"
    elif not key.isidentifier():
        joined = f"{path}[{json.dumps(key[: PATH_CHARACTERS + 1], ensure_ascii=False)}]"
    else:
        joined = f"{path}.{key}" if path else key
    return joined[: PATH_CHARACTERS + 1]


def _show(value: object) -> str:
    if isinstance(value, dict | list):
        unit = "keys" if isinstance(value, dict) else "items"
        return f"{'an object' if unit == 'keys' else 'a list'} of {len(value)} {unit}"
    text = str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= VALUE_CHARACTERS else f"{text[:VALUE_CHARACTERS]}…"
