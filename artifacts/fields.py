"""What an artifact's type, name, MIME type and custom values may be. As `sessions.fields`: any object in."""

import codecs
import mimetypes
import re
from pathlib import PurePosixPath
from typing import Final

import puremagic

from llmspell_web.web.problems import InvalidField, Problem
from sessions.fields import JsonObject, clean_json_object, describe, has_control_character, is_storable

STANDARD_TYPES: Final = ("tool_result", "agent_output", "user_input", "system_generated")
TYPE_MAX_CHARACTERS = 64
TYPO_MAX_EDITS = 2
NAME_MAX_BYTES = 255
MIME_TYPE_MAX_CHARACTERS = 255
MIME_HEAD_BYTES = 4096  # as much of the content as a guess looks at

_TYPE = re.compile(r"[a-z][a-z0-9_]*")
# RFC 6838, section 4.2: the restricted names on both sides of the slash; then parameters, as in `; charset=utf-8`.
_MIME_TYPE = re.compile(
    r"[A-Za-z0-9][\w!#$&^.+-]*/[A-Za-z0-9][\w!#$&^.+-]*( *; *[\w!#$&^.+-]+=(\"[ !#-\[\]-~]*\"|[\w!#$&^.+-]+))*", re.A
)

# Python's own table, and what it lacks. Not the machine's /etc/mime.types: a name means the same on every machine.
_TYPES_BY_SUFFIX: Final = mimetypes.MimeTypes().types_map[True] | {
    ".avif": "image/avif",
    ".bz2": "application/x-bzip2",
    ".gz": "application/gzip",
    ".ipynb": "application/x-ipynb+json",
    ".jsonl": "application/jsonl",
    ".log": "text/plain",
    ".lua": "text/x-lua",
    ".markdown": "text/markdown",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".sql": "application/sql",
    ".toml": "application/toml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xz": "application/x-xz",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".zst": "application/zstd",
}
MAGIC_MIN_CONFIDENCE = 0.4  # puremagic's figure for four matching bytes: fewer also begin ordinary texts


def clean_artifact_type(value: object) -> str:
    """A standard type or a custom word, in lower case. One within two edits of a standard one is taken for a typo."""
    expected = (
        f"one of {', '.join(STANDARD_TYPES)}, or a word of your own (a-z, 0-9 and _, up to {TYPE_MAX_CHARACTERS})"
    )
    if not isinstance(value, str):
        raise InvalidField("type", expected, describe(value))
    word = value.lower() if value.isascii() else value  # the Kelvin sign is a k in lower case
    if word in STANDARD_TYPES:
        return word
    if len(word) > TYPE_MAX_CHARACTERS or not _TYPE.fullmatch(word):
        raise InvalidField("type", expected, describe(value))
    for standard in STANDARD_TYPES:
        if count_edits(word, standard) <= TYPO_MAX_EDITS:
            raise Problem(f'unknown artifact type "{word}" (did you mean "{standard}"?)')
    return word


def count_edits(first: str, second: str) -> int:
    """Levenshtein's distance: insertions, deletions and replacements that make one word the other."""
    row = list(range(len(second) + 1))
    for position, character in enumerate(first, 1):
        previous, row = row, [position]
        for other_position, other in enumerate(second, 1):
            replaced = previous[other_position - 1] + (character != other)
            row.append(min(replaced, previous[other_position] + 1, row[-1] + 1))
    return row[-1]


def clean_artifact_name(value: object) -> str:
    expected = f"a name of 1 to {NAME_MAX_BYTES} bytes of UTF-8 without control characters"
    if not isinstance(value, str) or not is_storable(value) or has_control_character(value):
        raise InvalidField("name", expected, describe(value))
    size = len(value.encode())
    if not 1 <= size <= NAME_MAX_BYTES:
        raise InvalidField("name", expected, f"{describe(value)} of {size} bytes")
    return value


def clean_mime_type(value: object) -> str:
    expected = "a MIME type such as text/plain"
    if not isinstance(value, str) or len(value) > MIME_TYPE_MAX_CHARACTERS or not _MIME_TYPE.fullmatch(value):
        raise InvalidField("mime_type", expected, describe(value))
    return value.lower() if ";" not in value else value


def clean_custom(value: object) -> JsonObject:
    return clean_json_object("custom", value)


def guess_mime_type(name: str, head: bytes) -> str:
    """By name, else by content, else `text/plain` for UTF-8 and `application/octet-stream` for the rest.

    `head` is the beginning of the content, `MIME_HEAD_BYTES` of it or all.
    """
    if by_name := guess_by_name(name):
        return by_name
    is_text = _is_text(head)
    # Plain words can begin like a binary format ("BM…" is also a bitmap), and looking costs as much as storing.
    if is_text and not head.startswith(_MARKUP_BEGINS_WITH):
        return "text/plain"
    return _guess_by_content(head) or ("text/plain" if is_text else "application/octet-stream")


_MARKUP_BEGINS_WITH = (b"<", b"%PDF", b"%!PS", b"{\\rtf")  # what text can be beside plain


def guess_by_name(name: str) -> str | None:
    return _TYPES_BY_SUFFIX.get(PurePosixPath(name).suffix.lower())


def _guess_by_content(head: bytes) -> str | None:
    if not head:
        return None
    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:  # nothing it knows
        return None
    types = (match.mime_type for match in matches if match.confidence >= MAGIC_MIN_CONFIDENCE)
    return next((mime_type for mime_type in types if _MIME_TYPE.fullmatch(mime_type)), None)


def _is_text(head: bytes) -> bool:
    """UTF-8 without NUL; a character that the end of the head cuts in two is no fault."""
    if b"\0" in head:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < MIME_HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return True
