"""Parts of a content that a request asks for: the Range header of RFC 9110, section 14."""

import re
from collections.abc import Iterable, Iterator

RANGES_MAX = 10  # a reader of documents or video asks for one, rarely for a few
GAP_BYTES = 80  # about what the heading of another part costs
SPEC = re.compile(r"([0-9]*)-([0-9]*)")

Range = tuple[int, int]


def read_ranges(header: str, size: int) -> list[Range] | None:
    """The parts asked for of `size` bytes, each as `(start, stop)` with `stop` exclusive, in the order asked.

    None when the header is to be ignored: it is malformed, of another unit, or asks for more than `RANGES_MAX` apart.
    Empty when nothing of it can be given (416). Parts that overlap or nearly touch are joined, in rising order.
    """
    unit, _, text = header.partition("=")
    if unit.strip().lower() != "bytes":
        return None
    found: list[Range] = []
    specs = [spec.strip(" \t") for spec in text.split(",")]
    for spec in filter(None, specs):
        match = SPEC.fullmatch(spec)
        if match is None or spec == "-":
            return None
        first, last = (_number(digits) for digits in match.groups())
        if first is not None and last is not None and last < first:
            return None
        if (part := _part(first, last, size)) is not None:
            found.append(part)
    if not any(specs):
        return None
    joined = join_ranges(found)
    parts = found if len(joined) == len(found) else joined
    return parts if len(parts) <= RANGES_MAX else None


def join_ranges(parts: Iterable[Range]) -> list[Range]:
    joined: list[Range] = []
    for start, stop in sorted(parts):
        if joined and start <= joined[-1][1] + GAP_BYTES:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


def cut(chunks: Iterable[bytes], start: int, stop: int) -> Iterator[bytes]:
    """Bytes `start` to `stop` of the content in `chunks`."""
    position = 0
    for chunk in chunks:
        if piece := chunk[max(0, start - position) : max(0, stop - position)]:
            yield piece
        position += len(chunk)
        if position >= stop:
            return


def _number(digits: str) -> int | None:
    """No content has 10^18 bytes: longer numbers mean the same, and cost no time."""
    return int(digits.lstrip("0")[:19] or "0") if digits else None


def _part(first: int | None, last: int | None, size: int) -> Range | None:
    if first is None:
        assert last is not None
        return (max(0, size - last), size) if last and size else None
    stop = size if last is None else min(last + 1, size)
    return (first, stop) if first < size else None
