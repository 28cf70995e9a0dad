"""Content by digest: written once, complete before anything points at it, verified whenever it is read to its end.

`docs/decisions/001-blob-durability.md` says what survives what. Memory use is a few chunks, whatever the size.
"""

import hashlib
import io
from datetime import timedelta
from typing import BinaryIO, Protocol, runtime_checkable

import zstandard
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from artifacts.blob_drafts import BLOB_FOLDER, open_draft, publish
from artifacts.blob_reader import CHUNK_BYTES, BlobDamaged, BlobReader, file_name
from artifacts.models import Blob, DamagedBlob
from llmspell_web.web.problems import InvalidField, Problem
from sessions.fields import describe
from sessions.prepared import PreparedQuery, insert_row

__all__ = [
    "BlobDamaged",
    "Readable",
    "is_intact",
    "open_blob",
    "read_blob",
    "save_blob",
    "stage_blob",
    "write_blob",
]

ZSTD_LEVEL = 3
SYNC_ABOVE_BYTES = 64 * 1024  # the decision has the figures
# What is found already stored may be pointed at this long after; sweep_blobs waits longer before it takes a blob away.
CLAIM_LASTS = timedelta(hours=2)
SUFFIXES = {Blob.Encoding.IDENTITY: "", Blob.Encoding.ZSTD: ".zst"}


class Readable(Protocol):
    """Content from its current position on: an open file, an upload, a long string of a script."""

    def read(self, length: int, /) -> bytes: ...


@runtime_checkable
class _Seekable(Readable, Protocol):
    """What most sources are, too."""

    def seekable(self) -> bool: ...
    def tell(self) -> int: ...
    def seek(self, offset: int, /) -> int | None: ...


def write_blob(source: bytes | Readable, *, max_bytes: int) -> Blob:
    """The content's blob, its file and row complete. Content that is there already is not stored again.

    Two writers of the same content, also in two processes, end with one file and one row. `InvalidField` for more
    than `max_bytes`; then, and after any other failure, no row and no visible file is left.
    """
    blob = stage_blob(source, max_bytes=max_bytes)
    save_blob(blob)
    return blob


def stage_blob(source: bytes | Readable, *, max_bytes: int) -> Blob:
    """As `write_blob`, but a new blob's row is left to `save_blob`, in the transaction that first points at it."""
    stream = _as_stream(source)
    head = _read_chunk(stream)
    if len(head) < CHUNK_BYTES:
        _check_size(len(head), max_bytes)
        return _stage_small(head)
    return _find_stored(head, stream, max_bytes) or _stage_large(head, stream, max_bytes)


def save_blob(blob: Blob) -> None:
    """Make the row of a staged blob, unless it is there or another writer has just made it."""
    if blob._state.adding:
        insert_row(blob, ignore_conflicts=True)


def open_blob(blob: Blob) -> BinaryIO:
    """The original bytes, as a seekable stream: see `BlobReader` for what is verified. Close it after use."""
    return io.BufferedReader(BlobReader(blob), CHUNK_BYTES)


def read_blob(blob: Blob, *, max_bytes: int) -> bytes:
    """The whole content, verified. `Problem` when it is larger than the caller can take."""
    if blob.size > max_bytes:
        raise Problem(f"the content has {blob.size} bytes, more than the {max_bytes} allowed here")
    with open_blob(blob) as file:
        return file.read()


def is_intact(blob: Blob) -> bool:
    """Whether its file has the length that it was stored with. What is in it, only reading tells."""
    try:
        return default_storage.size(file_name(blob)) == blob.stored_size
    except FileNotFoundError:
        return False


def describe_size(size: int) -> str:
    for unit, factor in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if size >= factor:
            return f"{size / factor:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"


def _stage_small(content: bytes) -> Blob:
    digest = hashlib.sha256(content).hexdigest()
    rows = _find_row(digest)
    if known := _usable(rows):
        return known
    blob = Blob(digest=digest, size=len(content), encoding=Blob.Encoding.IDENTITY, stored_digest=digest)
    stored = content
    if len(content) > settings.COMPRESS_ABOVE_BYTES:
        packed = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(content)
        if len(packed) < len(content):
            stored, blob.encoding = packed, Blob.Encoding.ZSTD
            blob.stored_digest = hashlib.sha256(packed).hexdigest()
    with open_draft() as draft:
        draft.write(stored)
        return _publish(draft, blob, mends=bool(rows))


def _find_stored(head: bytes, stream: Readable, max_bytes: int) -> Blob | None:
    """The blob of a content that is there already; the stream is left behind `head`. None for a new one, and for a
    stream that can be read only once. Hashing twice is a tenth of what compressing in vain would take."""
    if not isinstance(stream, _Seekable) or not stream.seekable():
        return None
    start, hasher, size = stream.tell(), hashlib.sha256(head), len(head)
    while chunk := stream.read(CHUNK_BYTES):
        size += len(chunk)
        _check_size(size, max_bytes)
        hasher.update(chunk)
    known = _usable(_find_row(hasher.hexdigest()))
    stream.seek(start)
    return known


def _stage_large(head: bytes, stream: Readable, max_bytes: int) -> Blob:
    """Compress into a draft while hashing; only at the end is it known whether that was worth it."""
    hasher, packed_hasher, size = hashlib.sha256(), hashlib.sha256(), 0
    packer = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj()
    with open_draft() as packed:
        chunk = head
        while chunk:
            size += len(chunk)
            _check_size(size, max_bytes)
            hasher.update(chunk)
            _write_hashed(packed, packed_hasher, packer.compress(chunk))
            chunk = _read_chunk(stream)
        _write_hashed(packed, packed_hasher, packer.flush())
        digest = hasher.hexdigest()
        rows = _find_row(digest)
        if known := _usable(rows):
            return known
        blob = Blob(digest=digest, size=size, encoding=Blob.Encoding.ZSTD, stored_digest=packed_hasher.hexdigest())
        if packed.tell() < size:
            return _publish(packed, blob, mends=bool(rows))
        packed.seek(0)
        blob.encoding, blob.stored_digest = Blob.Encoding.IDENTITY, digest
        with open_draft() as plain:
            zstandard.ZstdDecompressor().copy_stream(packed, plain)
            return _publish(plain, blob, mends=bool(rows))


def _write_hashed(draft: BinaryIO, hasher: "hashlib._Hash", stored: bytes) -> None:
    hasher.update(stored)
    draft.write(stored)


def _publish(draft: BinaryIO, blob: Blob, *, mends: bool) -> Blob:
    """The blob with its file in place. With `mends` there is a row, whose file was lost or damaged."""
    # 256 folders: a second level would cost a new folder for almost every blob of all but huge installations.
    name = f"{BLOB_FOLDER}/{blob.digest[:2]}/{blob.digest}{SUFFIXES[Blob.Encoding(blob.encoding)]}"
    blob.stored_size = draft.tell()
    synced = blob.size > SYNC_ABOVE_BYTES or connection.vendor != "sqlite"
    blob.file.name = publish(draft, name, synced=synced)
    if mends:
        _mend(blob)
    return blob


def _mend(blob: Blob) -> None:
    """Let the row of a content that was lost or damaged name the file that has just been written."""
    columns = ("file", "stored_size", "encoding", "stored_digest", "claimed_at", "indexed_at")
    changed = Blob.objects.filter(pk=blob.pk).update(**{name: getattr(blob, name) for name in columns})
    blob._state.adding = not changed
    DamagedBlob.objects.filter(pk=blob.pk).delete()


def _usable(rows: list[Blob]) -> Blob | None:
    """The blob of these rows, claimed. Not one whose file was lost or damaged, so that it is written anew; nor one
    that has just been swept away."""
    return next((blob for blob in rows if is_intact(blob) and not _is_damaged(blob) and _claim(blob)), None)


def _claim(blob: Blob) -> bool:
    """Keep the sweep away until what is being stored points at the blob. False when the sweep was faster."""
    now = timezone.now()
    if blob.claimed_at > now - CLAIM_LASTS / 2:
        return True
    blob.claimed_at = now
    return bool(Blob.objects.filter(pk=blob.pk).update(claimed_at=now))


def _is_damaged(blob: Blob) -> bool:
    damaged: bool = blob.__dict__["is_damaged"]  # the query's annotation
    return damaged


@PreparedQuery
def _find_row(digest: str) -> "QuerySet[Blob]":
    damage = DamagedBlob.objects.filter(pk=OuterRef("pk"))
    return Blob.objects.filter(pk=digest).annotate(is_damaged=Exists(damage))


def _as_stream(source: object) -> Readable:
    if isinstance(source, bytes | bytearray | memoryview):
        return io.BytesIO(source)
    if not hasattr(source, "read"):
        raise InvalidField("content", "a string (json.encode turns a table into one)", describe(source))
    stream: Readable = source
    return stream


def _read_chunk(stream: Readable) -> bytes:
    """`CHUNK_BYTES`, fewer only at the end: equal content is compressed to equal bytes, however its source cuts it."""
    chunk = stream.read(CHUNK_BYTES)
    if len(chunk) in (0, CHUNK_BYTES):
        return chunk
    pieces, size = [chunk], len(chunk)
    while size < CHUNK_BYTES and (piece := stream.read(CHUNK_BYTES - size)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise InvalidField("content", f"at most {describe_size(max_bytes)}", "more")
