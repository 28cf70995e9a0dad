"""The list of contents at the end of a ZIP (PKWARE APPNOTE 6.3, sections 4.3.12 to 4.3.16), as far as it is shown.

The standard library reads all of it into memory at once, however long it says it is.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from artifacts.previews.look import Look, NotShown

TAIL_BYTES = 65_536 + 22 + 20 + 56  # the longest comment, the end record, its larger kin and the locator of that
LISTING_BYTES = 512 * 1024  # read of the list
END, LOCATOR, END64, ENTRY = (b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06", b"PK\x01\x02")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s4B4HL2L5H2L")
_SIZE = struct.Struct("<Q")
UTF8_NAME, ENCRYPTED = 0x800, 0x1
FULL_32, FULL_16 = 0xFFFFFFFF, 0xFFFF


@dataclass(frozen=True)
class ZipItem:
    name: str
    size: int
    packed_size: int
    modified: datetime | None
    is_encrypted: bool


@dataclass(frozen=True)
class ZipListing:
    """The first items, and how many there are in all as the archive itself says."""

    items: list[ZipItem]
    count: int


def read_zip_listing(look: Look, most: int) -> ZipListing:
    """At most so many items. NotShown for what is no ZIP at its end."""
    size = look.blob.size
    start = max(0, size - TAIL_BYTES)
    with look.open(start) as content:
        tail = content.read(TAIL_BYTES)
    count, length, offset = _find_list(tail, start)
    if offset < 0:
        raise NotShown("its list of contents is damaged")
    with look.open(offset) as content:
        listing = content.read(min(length, LISTING_BYTES))
    items: list[ZipItem] = []
    for item in _items(listing):
        if len(items) == most:
            break
        items.append(item)
    if count and not items:
        raise NotShown("its list of contents is damaged")
    return ZipListing(items, max(count, len(items)))


def _find_list(tail: bytes, start: int) -> tuple[int, int, int]:
    """How many entries, and the length and the place of their list. It stands right before the record that tells of it:
    the place that is written there is another one when something was put in front of the archive."""
    at = tail.rfind(END)
    if at < 0 or at + _END.size > len(tail):
        raise NotShown("its list of contents is missing: the file may not be complete")
    _, _, _, _, count, length, offset, _ = _END.unpack_from(tail, at)
    locator = at - _LOCATOR.size
    if (count == FULL_16 or FULL_32 in {length, offset}) and locator >= 0 and tail.startswith(LOCATOR, locator):
        at = locator - _END64.size
        if at < 0 or not tail.startswith(END64, at):
            raise NotShown("its list of contents is damaged")
        *_, count, length, _ = _END64.unpack_from(tail, at)
    return count, length, start + at - length


def _items(listing: bytes) -> Iterator[ZipItem]:
    """Until the end, or the first entry that is damaged or cut."""
    at = 0
    while at + _ENTRY.size <= len(listing) and listing.startswith(ENTRY, at):
        values = _ENTRY.unpack_from(listing, at)
        flags, _, time, date, _, packed_size, size = values[5:12]
        name_length, extra_length, comment_length = values[12:15]
        name_at = at + _ENTRY.size
        at = name_at + name_length + extra_length + comment_length
        if at > len(listing):
            return
        name = listing[name_at : name_at + name_length].decode("utf-8" if flags & UTF8_NAME else "cp437", "replace")
        extra = listing[name_at + name_length : name_at + name_length + extra_length]
        size, packed_size = _large_sizes(extra, size, packed_size)
        yield ZipItem(name, size, packed_size, _moment(date, time), bool(flags & ENCRYPTED))


def _large_sizes(extra: bytes, size: int, packed_size: int) -> tuple[int, int]:
    """Sizes of more than 32 bits stand in a field of their own, each only where it is needed."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            figures = [figure for (figure,) in _SIZE.iter_unpack(field[: len(field) // 8 * 8])]
            if size == FULL_32 and figures:
                size = figures.pop(0)
            if packed_size == FULL_32 and figures:
                packed_size = figures.pop(0)
            break
        at += 4 + length
    return size, packed_size


def _moment(date: int, time: int) -> datetime | None:
    """As MS-DOS has it: local to wherever it was packed, which the archive does not say."""
    try:
        return datetime(
            1980 + (date >> 9), date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, (time & 31) * 2, tzinfo=UTC
        )
    except ValueError:
        return None
