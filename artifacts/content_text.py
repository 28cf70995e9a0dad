"""The text of a content, as far as it is searched: decided by its bytes, read in pieces, a few megabytes of memory."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

TEXT_BYTES = 1024 * 1024  # of a text, its first
JSON_BYTES = 128 * 1024 * 1024  # of JSON; more than the largest artifact, unless an installation allows others
_PIECE_BYTES = 1024 * 1024
_LOOKED_AT = 64 * 1024  # characters that tell whether a text is JSON
_BREAKS = " \t\n\r,:[]{}"  # never inside an escape
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_JSON = re.compile(
    r'\s*+[\[{](?:[\s{}\[\],:]++|"[^"\\]*+(?:\\.[^"\\]*+)*+"|-?\d[\d.eE+-]*+|true|false|null)*+', re.DOTALL
)
_LONGEST_LITERAL = len("false")
_HEX = "[0-9a-fA-F]"
_ESCAPE = re.compile(
    rf"\\(?:u(d[89ab]{_HEX}{{2}})\\u(d[c-f]{_HEX}{{2}})|u({_HEX}{{4}})|(.))", re.DOTALL | re.IGNORECASE
)


def text_pieces(file: BinaryIO) -> Iterator[str]:
    """Of UTF-8, or UTF-16 that begins with its mark, and without NUL: else nothing. Of JSON the keys and values, their
    escapes resolved, all up to `JSON_BYTES`; of other text the first `TEXT_BYTES`."""
    head = file.read(TEXT_BYTES)
    encoding = next((name for mark, name in _BOMS.items() if head.startswith(mark)), "utf-8")
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(head)  # what is left of a character at the end stays in the decoder
    except UnicodeDecodeError:
        return
    if "\0" in text:
        return
    if _is_json(text, is_whole=len(head) < TEXT_BYTES):
        yield from _json_pieces(text, file, decoder)
    else:
        yield text


def _json_pieces(text: str, file: BinaryIO, decoder: codecs.IncrementalDecoder) -> Iterator[str]:
    """Cut between values, so that no word or escape is: only a string of a megabyte without a space is cut."""
    for _ in range(TEXT_BYTES, JSON_BYTES, _PIECE_BYTES):
        try:
            more = decoder.decode(file.read(_PIECE_BYTES))
        except UnicodeDecodeError:
            break
        if not more:
            break
        cut = max(text.rfind(mark) for mark in _BREAKS)
        if cut < len(text) // 2:
            cut = len(text)
        yield _resolve(text[:cut])
        text = text[cut:] + more
    yield _resolve(text)


def _is_json(text: str, *, is_whole: bool) -> bool:
    """An object or a list, by the first of its words: a log that begins with a bracket soon has others."""
    head = text[:_LOOKED_AT]
    match = _JSON.match(head)
    if match is None:
        return False
    rest = head[match.end() :]
    is_cut = len(text) > len(head) or not is_whole
    return not rest or (is_cut and (rest.startswith('"') or len(rest) < _LONGEST_LITERAL))


def _resolve(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    high, low, code, letter = escape.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) & 0x3FF) << 10) + (int(low, 16) & 0x3FF))
    if code:
        character = chr(int(code, 16))
        return " " if character == "\0" or "\ud800" <= character <= "\udfff" else character
    return " " if letter in "bfnrt" else str(letter)
