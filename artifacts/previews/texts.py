"""Bytes as text, in whatever encoding they are, with what cannot be seen made visible."""

import codecs
import re
from dataclasses import dataclass

# The longer marks first: UTF-32 begins like UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# C1, what turns the direction of writing round, and what takes no room: source code can lie with them.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


@dataclass(frozen=True)
class Text:
    """`encoding` in words. Lines end with a line feed alone; `ends` says how they did."""

    content: str
    encoding: str
    is_guess: bool = False
    ends: str = "LF"


def decode(head: bytes, *, is_cut: bool) -> Text | None:
    """The text that the bytes are; None for other bytes. A character that the end of a part cuts in two is left out."""
    for mark, codec, name in MARKS:
        if head.startswith(mark):
            return _decode(head[len(mark) :], codec, name, is_cut)
    if codec := _wide_codec(head):
        return _decode(head, codec, "UTF-16", is_cut, is_guess=True)
    if text := _decode(head, "utf-8", "UTF-8", is_cut):
        return text
    if CONTROLS.search(head.decode("latin-1").replace("\x1b", "")):
        return None
    return _decode(head, "cp1252", "Windows-1252", is_cut, is_guess=True)


def reveal(text: str) -> str:
    """Characters without a shape of their own by their number: ⟨U+202E⟩. Tabs and line feeds stay."""
    return UNSEEN.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)


def _decode(head: bytes, codec: str, name: str, is_cut: bool, *, is_guess: bool = False) -> Text | None:
    try:
        content = codecs.getincrementaldecoder(codec)().decode(head, final=not is_cut)
    except UnicodeDecodeError:
        return None
    if "\0" in content:
        return None
    pairs = content.count("\r\n")
    feeds = content.count("\n") - pairs
    if pairs or feeds or "\r" not in content:
        ends = "CR LF" if pairs and not feeds else "CR LF and LF" if pairs else "LF"
        return Text(content.replace("\r\n", "\n"), name, is_guess, ends)
    return Text(content.replace("\r", "\n"), name, is_guess, "CR")


def _wide_codec(head: bytes) -> str:
    """UTF-16 without a mark has a NUL in every second byte where it is in Latin script."""
    sample = head[:1024]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(sample) < 8 or max(even, odd) < len(sample) * 0.4 or min(even, odd) > len(sample) * 0.02:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"
