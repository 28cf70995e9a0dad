"""What a run has open for reading."""

from typing import BinaryIO

from llmspell_web.lua import Value
from llmspell_web.workspace.host.private_files import PrivateFile

MAX_OPEN_FILES = 128  # each may hold a descriptor and a decompressor of this process


class OpenFiles:
    """What a run has open for reading, by number."""

    def __init__(self) -> None:
        self._sources: dict[int, BinaryIO | PrivateFile] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._sources)

    def add(self, source: BinaryIO | PrivateFile) -> int:
        self._last += 1
        self._sources[self._last] = source
        return self._last

    def get(self, handle: Value) -> BinaryIO | PrivateFile | None:
        return self._sources.get(handle) if type(handle) is int else None

    def remove(self, handle: Value) -> None:
        source = self._sources.pop(handle, None) if type(handle) is int else None
        if source is not None and not isinstance(source, PrivateFile):
            source.close()

    def close(self) -> None:
        for handle in list(self._sources):
            self.remove(handle)
