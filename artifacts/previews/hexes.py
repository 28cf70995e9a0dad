"""Any bytes, sixteen to a line, with their places and what of them is ASCII."""

from dataclasses import dataclass

from artifacts.previews.kinds import Kind
from artifacts.previews.look import Look, Shown

LINE_BYTES = 16
PART_BYTES = 64 * 1024
PRINTABLE = {code: chr(code) if 32 <= code < 127 else "·" for code in range(256)}


@dataclass(frozen=True)
class Hex:
    """The bytes from `start` to before `end` of `size`; `next` and `previous` are where other parts begin, or None."""

    text: str
    start: int
    end: int
    size: int
    previous: int | None
    next: int | None


def read_hex(look: Look, kind: Kind) -> Shown:
    size = look.blob.size
    start = look.number("at", most=max(0, size - 1), default=0) // LINE_BYTES * LINE_BYTES
    if start + PART_BYTES <= len(look.head) or not look.is_cut:
        part = look.head[start : start + PART_BYTES]
    else:
        with look.open(start) as content:
            part = content.read(PART_BYTES)
    end = start + len(part)
    previous = max(0, start - PART_BYTES) if start else None
    return Shown("_hex.html", Hex(_dump(part, start), start, end, size, previous, end if end < size else None))


def _dump(part: bytes, start: int) -> str:
    lines = []
    for at in range(0, len(part), LINE_BYTES):
        line = part[at : at + LINE_BYTES]
        figures = f"{line[:8].hex(' '):<23}  {line[8:].hex(' '):<23}"
        lines.append(f"{start + at:08x}  {figures}  {line.decode('latin-1').translate(PRINTABLE)}")
    return "\n".join(lines)
