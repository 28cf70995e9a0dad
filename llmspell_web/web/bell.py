"""Wakes processes of this machine that wait for a change in the database.

A ring is only a hint to look: it carries nothing, may come twice or without a change, and may be missed by a process
that starts to listen later. Waiters therefore look first, and wait with a timeout.
"""

import itertools
import os
import select
import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

_numbers = itertools.count()


def _folder() -> Path:
    folder: Path = settings.DATA_DIR / "bells"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def ring(topic: str) -> None:
    """Wake everyone who waits on `topic`, at no cost to speak of if nobody does. Never blocks."""
    listeners = [name for name in os.listdir(_folder()) if name.startswith(f"{topic}.")]
    if not listeners:
        return
    with _ShortPath() as address, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for name in listeners:
            try:
                sender.sendto(b"!", address(name))
            except ConnectionRefusedError:  # its process is gone
                (_folder() / name).unlink(missing_ok=True)
            except (BlockingIOError, FileNotFoundError):  # it has rings to hear already, or has just left
                pass


class Bell:
    """Listens to one topic from its creation until `close`."""

    def __init__(self, topic: str) -> None:
        self._path = _folder() / f"{topic}.{os.getpid()}.{next(_numbers)}"
        self._path.unlink(missing_ok=True)  # left by a dead process of the same number
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        with _ShortPath() as address:
            self._socket.bind(address(self._path.name))
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    def wait(self, seconds: float) -> bool:
        """Whether the bell rang, before or within `seconds`."""
        rang = bool(self._poll.poll(max(0, seconds) * 1000))
        while rang:
            try:
                self._socket.recv(1)
            except BlockingIOError:
                break
        return rang

    def close(self) -> None:
        self._path.unlink(missing_ok=True)
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _ShortPath:
    """Names files of the bell folder in fewer than the 108 bytes that a socket address holds, wherever it lies."""

    def __enter__(self) -> Self:
        self._descriptor = os.open(_folder(), os.O_RDONLY | os.O_DIRECTORY)
        return self

    def __call__(self, name: str) -> str:
        return f"/proc/self/fd/{self._descriptor}/{name}"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)
