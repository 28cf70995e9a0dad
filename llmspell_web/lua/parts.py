"""Long strings on the host's side of the channel."""

import tempfile
from io import BytesIO

from .interface import NULL, Parts
from .protocol import PART_BYTES, LongText

IN_MEMORY_BYTES = PART_BYTES  # beyond this a string from a script lives on disk


class SpooledParts:
    """A string that arrives in parts: see `interface.Parts`. Its file vanishes with the object."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - lives as long as this
        self.read, self.tell, self.seek = self._file.read, self._file.tell, self._file.seek

    def seekable(self) -> bool:
        return True

    def fill(self, piece: bytes) -> None:
        self._file.write(piece)

    def rewind(self) -> None:
        self._file.seek(0)

    def close(self) -> None:
        self._file.close()


def leaving(value: object) -> object:
    """A host's answer with every long string in it marked to leave in parts."""
    if isinstance(value, str) and len(value) > PART_BYTES // 4:
        value = value.encode()
    if isinstance(value, bytes | bytearray | memoryview):
        return LongText(len(value), BytesIO(value).read) if len(value) > PART_BYTES else bytes(value)
    if isinstance(value, dict):
        return {key: leaving(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [leaving(item) for item in value]
    if value is None or value is NULL or isinstance(value, bool | int | float | str):
        return value
    parts: Parts = value  # type: ignore[assignment]  # the only kind of Value that is left
    return LongText(parts.size, parts.read) if parts.size else b""
