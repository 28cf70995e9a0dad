"""Reading stored content as a stream, decompressed and checked against its digest and size on the way."""

import hashlib
import io
import logging
from typing import BinaryIO, Protocol, cast

import zstandard
from django.core.files.storage import default_storage

from artifacts.models import Blob
from llmspell_web.web.problems import Problem

CHUNK_BYTES = 256 * 1024

logger = logging.getLogger(__name__)


class BlobDamaged(Problem):
    """The stored bytes are gone or are not those that were stored. Logged where it is raised."""


def file_name(blob: Blob) -> str:
    name = blob.file.name
    assert name, "every blob has a file before it has a row"
    return name


def report_damage(blob: Blob, what: str) -> BlobDamaged:
    """The error to raise, once the operator's log has it."""
    logger.error("Blob %s (%s): %s", blob.digest, blob.file.name, what)
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

    def _open_source(self) -> None:
        try:
            file = default_storage.open(file_name(self._blob), "rb")
        except FileNotFoundError:
            raise report_damage(self._blob, "its file is missing") from None
        self._file = cast(BinaryIO, file)  # Django's File reads, seeks and closes as one
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
