"""What a session's name, description, tags, metadata and reason may be.

Every function takes any object (a script or a form may send anything), returns the clean value, and raises
`InvalidField`, whose `given` is short whatever was sent.
"""

import json
import math
from collections.abc import Mapping, Sequence
from unicodedata import category

from llmspell_web.web.problems import InvalidField

NAME_MAX_CHARACTERS = 255
DESCRIPTION_MAX_CHARACTERS = 65_536  # a long page of prose; longer texts belong in an artifact
REASON_MAX_CHARACTERS = 1000
TAG_MAX_CHARACTERS = 64
TAGS_MAX = 64
METADATA_MAX_BYTES = 64 * 1024
METADATA_MAX_DEPTH = 32  # levels of nesting; keeps every recursive reader of the value safe
GIVEN_MAX_CHARACTERS = 40

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject = dict[str, JsonValue]


def describe(value: object) -> str:
    """A value in a few characters, in words that a script's author knows."""
    match value:
        case None:
            return "nil"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if abs(value) < 2**64 else "a number of more than 64 bits"
        case float():
            return repr(value)
        case str():
            return describe_text(value)
        case bytes() | bytearray() | memoryview():
            return "bytes that are not text"
        case Mapping():
            return "a table"
        case Sequence():
            return f"a list of {len(value)}"
        case _:
            return f"a {type(value).__name__}"[:GIVEN_MAX_CHARACTERS]


def describe_text(text: str) -> str:
    """Quoted, with control characters and lone surrogates escaped; a long text is cut and its length told."""
    shown = json.dumps(text[:GIVEN_MAX_CHARACTERS], ensure_ascii=False)
    shown = shown.encode("utf-8", "backslashreplace").decode()
    return shown if len(text) <= GIVEN_MAX_CHARACTERS else f'{shown[:-1]}…" ({len(text)} characters)'


def is_storable(text: str) -> bool:
    """Whether every database holds this text: valid Unicode, and no NUL (PostgreSQL refuses it)."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    return not any("\ud800" <= character <= "\udfff" for character in text)


def has_control_character(text: str) -> bool:
    if text.isascii():
        return not text.isprintable()
    return any(category(character) == "Cc" for character in text)


def clean_text(field: str, value: object, *, minimum: int = 0, maximum: int, one_line: bool = False) -> str:
    """Text of so many characters. `one_line` allows no control characters at all, otherwise only NUL is refused."""
    size = f"1 to {maximum}" if minimum else f"at most {maximum}"
    expected = f"text of {size} characters"
    if not isinstance(value, str):
        raise InvalidField(field, expected, describe(value))
    if not minimum <= len(value) <= maximum:
        raise InvalidField(field, expected, describe(value))
    if not is_storable(value) or (one_line and has_control_character(value)):
        unwanted = "control characters" if one_line else "NUL characters"
        raise InvalidField(field, f"{expected} without {unwanted}", describe(value))
    return value


def clean_name(value: object) -> str:
    """1 to 255 characters on one line, not only blanks."""
    name = clean_text("name", value, minimum=1, maximum=NAME_MAX_CHARACTERS, one_line=True)
    if name.isspace():
        raise InvalidField("name", "text that is not only blanks", describe(name))
    return name


def clean_description(value: object) -> str:
    return clean_text("description", value, maximum=DESCRIPTION_MAX_CHARACTERS)


def clean_reason(value: object) -> str:
    return clean_text("reason", value, maximum=REASON_MAX_CHARACTERS)


def clean_tags(value: object) -> list[str]:
    """A list of texts of 1 to 64 characters; duplicates are dropped, the order of first mention is kept."""
    if isinstance(value, Mapping) and not value:
        return []  # Lua's empty table is both list and object
    if not isinstance(value, list | tuple):
        raise InvalidField("tags", f"a list of texts of 1 to {TAG_MAX_CHARACTERS} characters", describe(value))
    tags = [
        clean_text(f"tags[{position}]", tag, minimum=1, maximum=TAG_MAX_CHARACTERS, one_line=True)
        for position, tag in enumerate(value, 1)
    ]
    tags = list(dict.fromkeys(tags))
    if len(tags) > TAGS_MAX:
        raise InvalidField("tags", f"at most {TAGS_MAX} tags", str(len(tags)))
    return tags


def clean_metadata(value: object) -> JsonObject:
    return clean_json_object("metadata", value)


def clean_json_object(field: str, value: object) -> JsonObject:
    """A JSON object of up to 64 KiB as compact UTF-8. Keys come back sorted, so that equal objects have equal texts.

    A faulty value inside is named by its path, list positions counted from one as scripts do: `metadata.rows[3].f`.
    """
    if isinstance(value, list | tuple) and not value:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidField(field, "a table with text keys", describe(value))
    clean = _clean_object(field, value, METADATA_MAX_DEPTH)
    check_json_size(field, clean)
    return clean


def check_json_size(field: str, value: JsonObject) -> None:
    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    if size > METADATA_MAX_BYTES:
        raise InvalidField(field, f"at most {METADATA_MAX_BYTES // 1024} KiB as JSON", f"{size} bytes")


def clean_json_value(path: str, value: object, depth: int = METADATA_MAX_DEPTH) -> JsonValue:
    """A value that JSON, PostgreSQL and Lua all hold: finite numbers, whole numbers of 64 bits, no NUL in texts."""
    match value:
        case None | bool():
            return value
        case int():
            if not -(2**63) <= value < 2**63:
                raise InvalidField(path, "a whole number of at most 64 bits", describe(value))
            return value
        case float():
            if not math.isfinite(value):
                raise InvalidField(path, "a finite number", describe(value))
            return value
        case str():
            if not is_storable(value):
                raise InvalidField(path, "text without NUL characters", describe(value))
            return value
        case Mapping():
            return _clean_object(path, value, depth)
        case list() | tuple():
            _check_depth(path, depth)
            return [clean_json_value(f"{path}[{position}]", item, depth - 1) for position, item in enumerate(value, 1)]
        case _:
            raise InvalidField(path, "text, a number, true, false, null, a list or a table", describe(value))


def _clean_object(path: str, value: Mapping[object, object], depth: int) -> JsonObject:
    _check_depth(path, depth)
    clean: JsonObject = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise InvalidField(path, "only text keys", f"the key {describe(key)}")
        if not is_storable(key):
            raise InvalidField(path, "keys without NUL characters", describe(key))
        clean[key] = clean_json_value(f"{path}.{key[:GIVEN_MAX_CHARACTERS]}", item, depth - 1)
    return dict(sorted(clean.items()))


def _check_depth(path: str, depth: int) -> None:
    if depth <= 0:
        raise InvalidField(path[:200], f"at most {METADATA_MAX_DEPTH} levels of nesting", "more")
