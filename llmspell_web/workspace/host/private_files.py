"""`/tmp` of one run: files that exist while it does, on disk but without a name there."""

import errno
import os
import shutil
import tempfile
from typing import BinaryIO

from llmspell_web.lua import Parts

MAX_PRIVATE_FILES = 256  # each holds a descriptor of this process


class PrivateFile:
    """Content without a name on the server's disk. Gone when the last reader lets go of it."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this
        self.size = 0

    def append(self, content: BinaryIO | Parts | bytes) -> None:
        self._file.seek(0, os.SEEK_END)
        if isinstance(content, bytes):
            self._file.write(content)
        else:
            shutil.copyfileobj(content, self._file)
        self._file.flush()
        self.size = self._file.tell()

    def read_at(self, offset: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, offset)

    def reader(self) -> BinaryIO:
        """The content from its start, for reading once."""
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        self._file.close()

    def __del__(self) -> None:
        if hasattr(self, "_file"):  # there is none where the disk refused it
            self.close()


class PrivateFiles:
    def __init__(self) -> None:
        self._files: dict[str, PrivateFile] = {}

    def find(self, path: str) -> PrivateFile | None:
        return self._files.get(path)

    def write(self, path: str, content: BinaryIO | Parts | bytes, *, append: bool) -> None:
        """Raises OSError where there is no room for more."""
        file = self._files.get(path) if append else None
        if file is None:
            if path not in self._files and len(self._files) >= MAX_PRIVATE_FILES:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            file = self._files[path] = PrivateFile()
        file.append(content)

    def remove(self, path: str) -> bool:
        return self._files.pop(path, None) is not None

    def rename(self, old: str, new: str) -> bool:
        if old not in self._files:
            return False
        self._files[new] = self._files.pop(old)
        return True

    def close(self) -> None:
        for file in self._files.values():
            file.close()
