"""Names of files inside a ZIP that every system can unpack, inside the folder where it is unpacked and side by side.

The rules are those of Windows, the strictest ("Naming Files, Paths, and Namespaces" in its documentation). A name that
keeps to them stays as it is.
"""

import re
from itertools import count
from unicodedata import category, normalize

SEGMENT_MAX_BYTES = 255  # of UTF-8: what Linux takes, and never more than Windows' 255 UTF-16 units
NAMELESS = "unnamed"

_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\..*)?", re.IGNORECASE | re.DOTALL)
_FORBIDDEN = frozenset('<>:"|?*\\')
# Separators of lines, and what turns the text that follows around: with it `gpj.exe` reads as `exe.jpg`.
_MISLEADING = frozenset("\u2028\u2029\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class ZipNames:
    """Gives each file a name of its own, in any case and however its letters are composed; none lies inside another."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}  # "file" or "folder", by the folded path
        self._numbers: dict[str, int] = {}  # how far the numbers behind a taken name have come

    def claim(self, name: str, *, suffix: str = "", folder: str = "") -> str:
        """A name like `name`, with `suffix` before its ending, in `folder`, which `safe_segment` has made. Slashes make
        folders; what would lead out of them is left out. Where another file has the name, it gets ` (2)` and so on."""
        *folders, last = [folder, *_segments(name)] if folder else _segments(name)
        path = ""
        for folder in folders:
            path = self._take(path, folder, "", "folder") + "/"
        return self._take(path, last, suffix, "file")

    def _take(self, parent: str, segment: str, suffix: str, kind: str) -> str:
        wanted = _fold(f"{kind} {parent}{segment}{suffix}")
        for number in count(self._numbers.get(wanted, 1)):
            path = parent + _with_suffix(segment, suffix if number == 1 else f"{suffix} ({number})", kind)
            held = self._kinds.get(key := _fold(path))
            if held is None or held == kind == "folder":
                self._kinds[key] = kind
                self._numbers[wanted] = number
                return path
        raise AssertionError("there is always a next number")


def safe_segment(text: str) -> str:
    """One part of a path without anything that a system forbids, at most `SEGMENT_MAX_BYTES` long."""
    kept = "".join("_" if _is_forbidden(character) else character for character in text)
    kept = _cut(kept, SEGMENT_MAX_BYTES).rstrip(". ")
    if _DEVICE.fullmatch(kept):
        kept = _cut(f"_{kept}", SEGMENT_MAX_BYTES).rstrip(". ")
    return kept


def _segments(name: str) -> list[str]:
    """At least one; parts such as `..`, that are dots and blanks alone, are not among them."""
    return [segment for part in name.split("/") if (segment := safe_segment(part))] or [NAMELESS]


def _is_forbidden(character: str) -> bool:
    return character in _FORBIDDEN or character in _MISLEADING or category(character) in {"Cc", "Cs"}


def _with_suffix(segment: str, suffix: str, kind: str) -> str:
    if not suffix:
        return segment
    stem, dot, ending = segment.rpartition(".") if kind == "file" else ("", "", "")
    if not stem or len(ending.encode()) > SEGMENT_MAX_BYTES // 2:
        stem, dot, ending = segment, "", ""
    room = SEGMENT_MAX_BYTES - len(f"{suffix}{dot}{ending}".encode())
    return f"{_cut(stem, room)}{suffix}{dot}{ending}"


def _cut(text: str, size: int) -> str:
    return text.encode("utf-8", "replace")[:size].decode("utf-8", "ignore")


def _fold(path: str) -> str:
    return normalize("NFC", normalize("NFC", path).casefold())
