"""What is in an archive, from its own list of contents. Nothing is ever unpacked to disk, and of what is compressed
only so much is expanded, and dropped again, as a list needs."""

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import BinaryIO, cast

import zstandard

from artifacts.previews.kinds import Kind
from artifacts.previews.look import SKIPPED_BYTES, Look, NotShown, Shown
from artifacts.previews.source import Source
from artifacts.previews.texts import decode, reveal
from artifacts.previews.zip_listing import read_zip_listing

ENTRIES = 1_000
NAME_CHARACTERS = 500
EXPANDED_BYTES = 32 * 1024 * 1024
PACKED_BYTES = 8 * 1024 * 1024  # of a compressed file are expanded: one may have millions of parts that hold nothing
HEADER_BYTES = 64 * 1024  # of a tar's long name or further facts, which are read whole: no path is longer
INSIDE_BYTES = 16 * 1024  # shown of a compressed file that is no archive
INSIDE_LINES = 200
BLOCK_BYTES = 64 * 1024
WINDOW_BYTES = 8 * 1024 * 1024  # of memory that a zstd frame may ask for


@dataclass(frozen=True)
class Entry:
    name: str
    size: int | None
    packed_size: int | None = None
    modified: datetime | None = None
    what: str = ""  # what it is, unless a file


@dataclass(frozen=True)
class Listing:
    """`count` is how many the archive says it has, where it says so."""

    entries: list[Entry]
    count: int | None = None
    inside: Source | None = None


class _Spent(OSError):
    """There is more, or a reader asks for more than there is."""


class _Budget(io.RawIOBase):
    """At most so many bytes of a source. Whoever reads on at its end is stopped: a tar that claims to hold 8 exabytes
    would be skipped through for years."""

    def __init__(self, source: BinaryIO, most: int) -> None:
        super().__init__()
        self._source, self._left, self._has_ended = source, most, False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._left <= 0 or self._has_ended:
            raise _Spent
        content = self._source.read(min(size if size >= 0 else BLOCK_BYTES, BLOCK_BYTES, self._left))
        self._left -= len(content)
        self._has_ended = not content
        return content

    @property
    def is_spent(self) -> bool:
        return self._left <= 0


class _Member(tarfile.TarInfo):
    """Refuses a header that is longer than any honest one before its content is read."""

    _LONG = (
        *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
        *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    )

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Member":
        member = super().frombuf(buf, encoding, errors)
        if member.type in cls._LONG and member.size > HEADER_BYTES:
            raise tarfile.ReadError("a header without end")
        return member


def read_zip(look: Look, kind: Kind) -> Shown:
    listing = read_zip_listing(look, ENTRIES)
    entries = [
        Entry(_name(item.name), item.size, item.packed_size, item.modified, "encrypted" if item.is_encrypted else "")
        for item in listing.items
    ]
    notes = _cut_note(len(entries)) if listing.count > len(entries) else ()
    return Shown("_archive.html", Listing(entries, listing.count), notes)


def read_tar(look: Look, kind: Kind) -> Shown:
    with look.open() as content:
        return _list_tar(content, SKIPPED_BYTES)


def read_packed(look: Look, kind: Kind) -> Shown:
    """A compressed tar is listed; of any other compressed file the beginning is shown."""
    with look.open() as content:
        packed = content.read(PACKED_BYTES)
    is_cut = look.blob.size > len(packed)
    with _expand(io.BytesIO(packed), kind.label) as expanded:
        try:
            head = expanded.read(INSIDE_BYTES)
        except _FAULTS as error:
            raise NotShown("it is damaged at its beginning") from error
    if head[257:262] == b"ustar":
        with _expand(io.BytesIO(packed), kind.label) as expanded:
            return _list_tar(expanded, EXPANDED_BYTES, is_cut=is_cut)
    text = decode(head, is_cut=len(head) == INSIDE_BYTES)
    if text is None:
        return Shown("_archive.html", Listing([]), ("It holds one file, which is not text.",))
    lines = reveal(text.content).split("\n")[:INSIDE_LINES]
    inside = Source([[("", line)] for line in lines])
    note = f"It holds one file; up to {INSIDE_BYTES // 1024} KB of its beginning are shown."
    return Shown("_archive.html", Listing([], None, inside), (note,))


_FAULTS = (
    OSError,
    EOFError,
    ValueError,
    MemoryError,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    zstandard.ZstdError,
)


def _expand(content: BinaryIO, name: str) -> BinaryIO:
    match name:
        case "gzip":
            return cast(BinaryIO, gzip.GzipFile(fileobj=content))
        case "bzip2":
            return cast(BinaryIO, bz2.BZ2File(content))
        case "xz":
            return cast(BinaryIO, lzma.LZMAFile(content))
    decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES)
    return cast(BinaryIO, decompressor.stream_reader(content, read_across_frames=True))


def _list_tar(content: BinaryIO, most: int, *, is_cut: bool = False) -> Shown:
    """`is_cut`: there is more than `content` holds."""
    budget = _Budget(content, most)
    entries: list[Entry] = []
    notes: tuple[str, ...] = ()
    try:
        with tarfile.open(fileobj=cast(BinaryIO, budget), mode="r|", bufsize=BLOCK_BYTES, tarinfo=_Member) as archive:
            entries += islice(_tar_entries(archive), ENTRIES + 1)
    except _FAULTS:
        if not (budget.is_spent or is_cut):
            notes = ("It is damaged: what follows could not be read.",)
    is_cut |= budget.is_spent
    if is_cut or len(entries) > ENTRIES:
        notes = _cut_note(min(len(entries), ENTRIES))
    if not entries:
        raise NotShown("its first file is too large" if is_cut else "it is damaged at its beginning")
    return Shown("_archive.html", Listing(entries[:ENTRIES]), notes)


def _tar_entries(archive: tarfile.TarFile) -> Iterator[Entry]:
    for member in archive:
        what = "folder" if member.isdir() else "" if member.isfile() else "link" if member.linkname else "special"
        yield Entry(_name(member.name), member.size, None, _time(member.mtime), what)


def _time(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _name(name: str) -> str:
    """Undecodable bytes, which tar hands over as lone surrogates, are shown as such."""
    shown = reveal(name[:NAME_CHARACTERS].encode("utf-8", "replace").decode()).replace("\n", "⟨U+000A⟩")
    return f"{shown}…" if len(name) > NAME_CHARACTERS else shown


def _cut_note(count: int) -> tuple[str, ...]:
    return (f"Only the first {count:,} entries are listed.",)
