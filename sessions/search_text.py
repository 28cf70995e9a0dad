"""What the search tables hold for a session. They narrow a search down; the exact condition decides each row.

So what is equal for a condition must be equal here, and what is equal here may still differ there.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

from sessions.fields import JsonObject, JsonValue

# Letters that some database or `re.IGNORECASE` takes for the same although `casefold` does not; an ICU collation makes
# two of the capital dotted I, the second of which is U+0307.
_ALIKE = {"ı": "i", "İ": "i", "\u1fd3": "\u0390", "\u1fe3": "\u03b0", "ﬅ": "ﬆ", "\u0307": ""}


class _Folding(dict[int, str]):
    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded = letter.casefold()
        if len(folded) != 1:
            folded = letter.lower() if len(letter.lower()) == 1 else letter
        self[code] = _ALIKE.get(letter, folded)
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text so that letters which differ in case alone are the same: where one text holds another in any case, the
    folded one holds the other one folded."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def document_text(name: str, description: str, tags: Iterable[str]) -> str:
    """Ends in two line ends, so that every letter begins a stretch of three."""
    return fold("\n".join([name, description, *tags, "\n"]))


def digests(metadata: JsonObject) -> set[int]:
    """Of every value that has a path of keys: also of the lists and tables that hold others."""
    return {digest(path, value) for path, value in _walk((), metadata)}


def digest(path: Sequence[str], value: JsonValue) -> int:
    """64 bits, signed. Equal for `1` and `1.0`, and for tables with the same keys in another order."""
    text = json.dumps([*path, _canonical(value)], sort_keys=True, separators=(",", ":"))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def _walk(path: tuple[str, ...], table: JsonObject) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    for key, value in table.items():
        yield (*path, key), value
        if isinstance(value, dict):
            yield from _walk((*path, key), value)


def _canonical(value: JsonValue) -> JsonValue:
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_canonical(item) for item in value]
        case dict():
            return {key: _canonical(item) for key, item in value.items()}
        case _:
            return value
