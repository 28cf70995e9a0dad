"""Where two contents differ first, as they stream by."""

from dataclasses import dataclass

from artifacts.blob_reader import CHUNK_BYTES
from artifacts.blobs import open_blob
from artifacts.models import Blob

COMPARED_BYTES = 64 * 1024 * 1024  # a second of reading
AROUND_BYTES = 32  # before and behind the difference; a multiple of a row
ROW_BYTES = 16


@dataclass(frozen=True)
class HexRow:
    offset: str
    a: str
    b: str
    is_different: bool


@dataclass(frozen=True)
class OctetDiff:
    """`first` is the offset of the first differing byte, the length of the shorter one where that is its end; None
    where none was found in the first `compared` bytes."""

    first: int | None
    compared: int
    rows: list[HexRow]


def compare_octets(a: Blob, b: Blob) -> OctetDiff:
    if a.digest == b.digest:
        return OctetDiff(None, a.size, [])
    first = _first_difference(a, b)
    if first is None:
        return OctetDiff(None, min(a.size, b.size, COMPARED_BYTES), [])
    start = max(0, first - AROUND_BYTES) // ROW_BYTES * ROW_BYTES
    one, other = (_read_at(blob, start, first + AROUND_BYTES - start) for blob in (a, b))
    return OctetDiff(
        first, first, [_row(start, place, one, other) for place in range(0, len(max(one, other, key=len)), ROW_BYTES)]
    )


def _first_difference(a: Blob, b: Blob) -> int | None:
    with open_blob(a) as one, open_blob(b) as other:
        for offset in range(0, COMPARED_BYTES, CHUNK_BYTES):
            left, right = one.read(CHUNK_BYTES), other.read(CHUNK_BYTES)
            if left != right:
                pairs = enumerate(zip(left, right, strict=False))
                place = next((place for place, (x, y) in pairs if x != y), min(len(left), len(right)))
                return offset + place
            if not left:
                return None
    return None


def _read_at(blob: Blob, start: int, length: int) -> bytes:
    with open_blob(blob) as file:
        file.seek(start)
        return file.read(length)


def _row(start: int, place: int, one: bytes, other: bytes) -> HexRow:
    left, right = one[place : place + ROW_BYTES], other[place : place + ROW_BYTES]
    return HexRow(f"{start + place:08x}", left.hex(" "), right.hex(" "), left != right)
