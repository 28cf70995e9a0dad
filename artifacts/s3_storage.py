"""Content in a bucket: the storage of django-storages, read as a stream from any position.

Its own file object fetches the whole object before the first byte can be read.
"""

import io
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage

MISSING = {"404", "NoSuchKey"}


class BlobBucket(S3Storage):  # type: ignore[misc]  # comes without types
    """`open` reads; whole objects are written with `save`."""

    def _open(self, name: str, mode: str = "rb") -> "ObjectReader":
        assert mode == "rb", "objects are written whole"
        return ObjectReader(self.bucket.Object(self._normalize_name(name)))

    def get_modified_time(self, name: str) -> datetime:
        try:
            modified: datetime = super().get_modified_time(name)
        except ClientError as error:
            raise _as_missing(error) from None
        return modified


class ObjectReader(io.RawIOBase):
    """An object as a seekable stream: one request when it is opened, one more for each place that is read after a
    seek."""

    def __init__(self, item: Any) -> None:  # Any: boto3's object
        super().__init__()
        self._item = item
        self._position = self._body_position = 0
        self._body, self._size = self._fetch(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """As many bytes as wanted, fewer only at the end."""
        left = max(0, self._size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        if not wanted:
            return b""
        if self._position != self._body_position:
            self._body.close()
            self._body, _ = self._fetch(self._position)
        pieces = []
        while wanted and (piece := self._body.read(wanted)):
            pieces.append(piece)
            wanted -= len(piece)
            self._position += len(piece)
        self._body_position = self._position
        return b"".join(pieces)

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()

    def _fetch(self, start: int) -> tuple[Any, int]:  # Any: botocore's body, which its stubs call incomplete
        """The content from there on, and how much that is."""
        try:
            given = self._item.get(Range=f"bytes={start}-") if start else self._item.get()
        except ClientError as error:
            raise _as_missing(error) from None
        return given["Body"], given["ContentLength"]


def _as_missing(error: ClientError) -> Exception:
    return FileNotFoundError(str(error)) if error.response.get("Error", {}).get("Code") in MISSING else error
