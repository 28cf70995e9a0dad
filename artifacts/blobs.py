"""Content by digest: written once, complete before anything points at it, verified whenever it is read to its end.

`docs/decisions/001-blob-durability.md` says what survives what. Memory use is a few chunks, whatever the size.
"""

import hashlib
import io
from collections.abc import Iterator
from typing import BinaryIO, Protocol

import zstandard
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import QuerySet

from artifacts.blob_drafts import BLOB_FOLDER, open_draft, publish
from artifacts.blob_reader import CHUNK_BYTES, BlobDamaged, BlobReader, file_name, report_damage
from artifacts.models import Blob
from llmspell_web.web.problems import InvalidField, Problem
from sessions.fields import describe
from sessions.prepared import PreparedQuery, insert_row

__all__ = [
    "BlobDamaged",
    "Readable",
    "open_blob",
    "read_blob",
    "save_blob",
    "stage_blob",
    "stored_chunks",
    "write_blob",
]

ZSTD_LEVEL = 3
SYNC_ABOVE_BYTES = 64 * 1024  # the decision has the figures
SUFFIXES = {Blob.Encoding.IDENTITY: "", Blob.Encoding.ZSTD: ".zst"}


class Readable(Protocol):
    """Content from its current position on: an open file, an upload, a long string of a script."""

    def read(self, length: int, /) -> bytes: ...


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
    return _stage_large(head, stream, max_bytes)


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


def stored_chunks(blob: Blob) -> Iterator[bytes]:
    """The bytes as they are stored, `blob.stored_size` of them in `blob.encoding`: for sending them on unchanged."""
    if not _is_intact(blob):
        raise report_damage(blob, f"its file has not {blob.stored_size} bytes")
    with default_storage.open(file_name(blob), "rb") as file:
        yield from file.chunks(CHUNK_BYTES)


def describe_size(size: int) -> str:
    for unit, factor in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if size >= factor:
            return f"{size / factor:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"


def _stage_small(content: bytes) -> Blob:
    digest = hashlib.sha256(content).hexdigest()
    if known := _find(digest):
        return known
    stored, encoding = content, Blob.Encoding.IDENTITY
    if len(content) > settings.COMPRESS_ABOVE_BYTES:
        packed = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(content)
        if len(packed) < len(content):
            stored, encoding = packed, Blob.Encoding.ZSTD
    with open_draft() as draft:
        draft.write(stored)
        return _publish(draft, digest, len(content), encoding)


def _stage_large(head: bytes, stream: Readable, max_bytes: int) -> Blob:
    """Compress into a draft while hashing; only at the end is it known whether that was worth it."""
    hasher, size = hashlib.sha256(), 0
    packer = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj()
    with open_draft() as packed:
        chunk = head
        while chunk:
            size += len(chunk)
            _check_size(size, max_bytes)
            hasher.update(chunk)
            packed.write(packer.compress(chunk))
            chunk = _read_chunk(stream)
        packed.write(packer.flush())
        digest = hasher.hexdigest()
        if known := _find(digest):
            return known
        if packed.tell() < size:
            return _publish(packed, digest, size, Blob.Encoding.ZSTD)
        packed.seek(0)
        with open_draft() as plain:
            zstandard.ZstdDecompressor().copy_stream(packed, plain)
            return _publish(plain, digest, size, Blob.Encoding.IDENTITY)


def _publish(draft: BinaryIO, digest: str, size: int, encoding: Blob.Encoding) -> Blob:
    # 256 folders: a second level would cost a new folder for almost every blob of all but huge installations.
    name = f"{BLOB_FOLDER}/{digest[:2]}/{digest}{SUFFIXES[encoding]}"
    stored_size = draft.tell()
    synced = size > SYNC_ABOVE_BYTES or connection.vendor != "sqlite"
    name = publish(draft, name, synced=synced)
    return Blob(digest=digest, size=size, stored_size=stored_size, encoding=encoding, file=name)


def _find(digest: str) -> Blob | None:
    """The stored blob of this digest. One whose file was lost or cut short is not found, so that it is written anew."""
    return next((blob for blob in _find_row(digest) if _is_intact(blob)), None)


@PreparedQuery
def _find_row(digest: str) -> "QuerySet[Blob]":
    return Blob.objects.filter(pk=digest)


def _is_intact(blob: Blob) -> bool:
    try:
        return default_storage.size(file_name(blob)) == blob.stored_size
    except FileNotFoundError:
        return False


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
