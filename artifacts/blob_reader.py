"""Reading stored content as a stream, decompressed and checked against its digest and size on the way."""

import hashlib
import io
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import BinaryIO, Protocol, cast

import zstandard
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from artifacts.models import Blob, DamagedBlob
from llmspell_web.web.problems import Failed

CHUNK_BYTES = 256 * 1024
VERIFY_WHOLE_BYTES = 4 * 1024 * 1024  # up to here a part is sent only once all is verified: at most some 10 ms

logger = logging.getLogger(__name__)


class BlobDamaged(Failed):
    """The stored bytes are gone or are not those that were stored. Logged and noted where it is raised."""


def file_name(blob: Blob) -> str:
    name = blob.file.name
    assert name, "every blob has a file before it has a row"
    return name


def report_damage(blob: Blob, what: str) -> BlobDamaged:
    """The error to raise, once the operator's log and the status page have it."""
    logger.error("Blob %s (%s): %s", blob.digest, blob.file.name, what)
    try:
        with transaction.atomic():
            DamagedBlob.objects.get_or_create(digest=blob.digest, defaults={"what": what})
    except DatabaseError:  # the reader's transaction is broken already; the log has it, and verify_blobs finds it
        logger.exception("Blob %s could not be noted as damaged", blob.digest)
    return BlobDamaged(f"the stored content is damaged: {what} (SHA-256 {blob.digest})")


class _Source(Protocol):
    """What a file and zstandard's stream reader have in common."""

    def read(self, size: int, /) -> bytes: ...
    def close(self) -> object: ...


class BlobReader(io.RawIOBase):
    """The original bytes of a blob from any position. Wrap it in `io.BufferedReader`, as `open_blob` does.

    Read from start to end, it raises `BlobDamaged` instead of handing out the last bytes of a wrong content. Seeking
    costs reading up to there, and from the start when it goes back; nothing is verified by a reader that skipped.
    """

    def __init__(self, blob: Blob) -> None:
        super().__init__()
        self._blob = blob
        self._open_source()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    # The buffer that io hands in is a bytearray or memoryview; typeshed's name for it is not importable at run time.
    def readinto(self, buffer: "memoryview | bytearray", /) -> int:  # type: ignore[override]
        with memoryview(buffer) as view:
            wanted = min(len(view), CHUNK_BYTES)
            content = self._read(wanted)
            view.cast("B")[: len(content)] = content
        return len(content)

    def read(self, size: int = -1, /) -> bytes:
        """At most `CHUNK_BYTES` at once, but all of the rest for -1. io's own way, by `readinto`, copies twice more."""
        if size < 0:
            return b"".join(iter(partial(self._read, CHUNK_BYTES), b""))
        return self._read(min(size, CHUNK_BYTES))

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._blob.size}[whence]
        target = max(0, base + offset)
        if target < self._position:
            self._source.close()
            self._open_source()
        self._skip_to(target)
        return target

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()

    def check_stored_size(self) -> None:
        """Before anything is read. Reading to the end finds a wrong length by itself."""
        size = self._file.seek(0, io.SEEK_END)
        self._file.seek(0)
        if size != self._blob.stored_size:
            raise report_damage(self._blob, f"its file has not {self._blob.stored_size} bytes")

    def _open_source(self) -> None:
        self._file = _open_file(self._blob)
        self._source: _Source = self._file
        if self._blob.is_compressed:
            self._source = zstandard.ZstdDecompressor().stream_reader(self._file, closefd=True)
        self._position = 0
        self._digest: hashlib._Hash | None = hashlib.sha256()

    def _skip_to(self, target: int) -> None:
        if not self._blob.is_compressed and target != self._position:
            self._file.seek(target)
            self._position, self._digest = target, None
        while self._position < target and self._read(min(CHUNK_BYTES, target - self._position)):
            pass
        self._position = target  # also behind the end, as files do: reads there give nothing

    def _read(self, wanted: int) -> bytes:
        if wanted <= 0 or self._position > self._blob.size:
            return b""
        try:
            content = self._source.read(wanted)
        except zstandard.ZstdError as error:
            raise report_damage(self._blob, "it cannot be decompressed") from error
        self._position += len(content)
        if self._digest is not None:
            self._digest.update(content)
        self._check_end(at_end=not content)
        return content

    def _check_end(self, *, at_end: bool) -> None:
        size = self._blob.size
        if self._position > size or (at_end and self._position < size):
            raise report_damage(self._blob, f"it is not {size} bytes long")
        if self._position == size and self._digest is not None and self._digest.hexdigest() != self._blob.digest:
            raise report_damage(self._blob, "its digest is another")


def read_range(blob: Blob, start: int, stop: int) -> Iterator[bytes]:
    """The original bytes from `start` to `stop`.

    Verified: the whole content when all of it is asked for or it has at most `VERIFY_WHOLE_BYTES`, before the last
    bytes are handed out; else the length of the stored file, and that it decompresses up to there.
    """
    with closing(BlobReader(blob)) as reader:
        if blob.size <= VERIFY_WHOLE_BYTES:
            content = b"".join(iter(lambda: reader.read(CHUNK_BYTES), b""))
            yield content[start:stop]
            return
        reader.check_stored_size()
        reader.seek(start)
        yield from _take(reader.read, stop - start)


def read_stored(blob: Blob, start: int, stop: int) -> Iterator[bytes]:
    """The bytes as they are stored, `blob.stored_size` of them in `blob.encoding`, from `start` to `stop`.

    The whole is verified before its last bytes are handed out, a part only by the file's length.
    """
    if (start, stop) == (0, blob.stored_size) and not blob.stored_digest:
        _note_stored_digest(blob)
    with _open_file(blob) as file:
        if file.seek(0, io.SEEK_END) != blob.stored_size:
            raise report_damage(blob, f"its file has not {blob.stored_size} bytes")
        file.seek(start)
        hasher = hashlib.sha256()
        given = start
        for chunk in _take(file.read, stop - start):
            hasher.update(chunk)
            given += len(chunk)
            if given == stop and (start, stop) == (0, blob.stored_size) and hasher.hexdigest() != blob.stored_digest:
                raise report_damage(blob, "its stored bytes are others")
            yield chunk
        if given < stop:
            raise report_damage(blob, f"its file has not {blob.stored_size} bytes")


def _note_stored_digest(blob: Blob) -> None:
    """Of a blob from before there were such digests: verify all of it, once."""
    hasher = hashlib.sha256()
    with _open_file(blob) as file:
        for chunk in _take(file.read, blob.stored_size):
            hasher.update(chunk)
    for _ in read_whole(blob):
        pass
    blob.stored_digest = hasher.hexdigest()
    Blob.objects.filter(pk=blob.pk, stored_size=blob.stored_size).update(stored_digest=blob.stored_digest)


def read_whole(blob: Blob) -> Iterator[bytes]:
    """All original bytes, the last of them only when all are right."""
    with closing(BlobReader(blob)) as reader:
        reader.check_stored_size()
        while chunk := reader.read(CHUNK_BYTES):
            yield chunk


def _take(read: Callable[[int], bytes | None], wanted: int) -> Iterator[bytes]:
    while wanted > 0 and (chunk := read(min(CHUNK_BYTES, wanted))):
        wanted -= len(chunk)
        yield chunk


def _open_file(blob: Blob) -> BinaryIO:
    try:
        return cast(
            BinaryIO, default_storage.open(file_name(blob), "rb")
        )  # Django's File reads, seeks and closes as one
    except FileNotFoundError:
        raise report_damage(blob, "its file is missing") from None
