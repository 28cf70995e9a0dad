"""The host's link to the helper process: starts it, asks it for sandboxes, hears when they end."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import lupa
import msgpack

from . import protocol
from .interface import SandboxRefused

START_SECONDS = 20  # 0.1 s on an idle machine
BIRTH_SECONDS = 10
SLICE_BYTES = 64 * 1024  # of a library's text, in one packet


class HelperLost(Exception):
    """The helper process has ended."""


@dataclass(frozen=True)
class Death:
    status: int  # as wait(2) tells it
    cpu_seconds: float
    peak_bytes: int


@dataclass
class Sandbox:
    """One forked process, as the host holds it."""

    connection: socket.socket
    born: threading.Event = field(default_factory=threading.Event)
    dead: threading.Event = field(default_factory=threading.Event)
    pidfd: int = -1
    death: Death | None = None  # None although dead: the helper was lost
    refusal: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def kill(self) -> None:
        with self._lock, contextlib.suppress(ProcessLookupError):
            if self.pidfd >= 0:
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def release(self) -> None:
        with self._lock:
            if self.pidfd >= 0:
                os.close(self.pidfd)
                self.pidfd = -1
        self.connection.close()


class Helper:
    def __init__(self, libraries: Sequence[tuple[str, bytes]]) -> None:
        self.layers: Mapping[str, object] = {}
        self.lost = False
        self._lock = threading.Lock()
        self._sandboxes: dict[int, Sandbox] = {}
        self._last_run = 0
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._process = subprocess.Popen(
                self._command(theirs.fileno()),
                env={"TZ": "UTC0", "LC_ALL": "C.UTF-8"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd="/",
            )
        finally:
            theirs.close()
        try:
            self._introduce(libraries)
        except (OSError, HelperLost) as error:
            self.close()
            raise SandboxRefused("the sandbox helper process does not start; run it by hand to see why") from error
        threading.Thread(target=self._listen, name="sandbox-helper", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @staticmethod
    def _command(control: int) -> list[str]:
        package = Path(__file__).resolve().parent
        sites = dict.fromkeys(str(Path(module.__file__ or "").resolve().parent.parent) for module in (lupa, msgpack))
        boot = str(package / "inside" / "boot.py")
        return [sys.executable, "-I", "-S", "-B", boot, str(control), str(package), *sites]

    def fork(self, spec: Mapping[str, int]) -> Sandbox:
        """A new locked process. Raises HelperLost, and SandboxRefused if the machine has no room for one."""
        ours, theirs = socket.socketpair()
        sandbox = Sandbox(ours)
        try:
            with self._lock:
                if self.lost:
                    raise HelperLost
                self._last_run += 1
                self._sandboxes[self._last_run] = sandbox
                socket.send_fds(self._control, [msgpack.packb([self._last_run, spec])], [theirs.fileno()])
        except OSError as error:
            ours.close()
            raise HelperLost from error
        except HelperLost:
            ours.close()
            raise
        finally:
            theirs.close()
        if not sandbox.born.wait(BIRTH_SECONDS) or sandbox.pidfd < 0:
            ours.close()
            if sandbox.refusal:
                raise SandboxRefused(f"no sandbox can be started: {sandbox.refusal}")
            raise HelperLost
        return sandbox

    def close(self) -> None:
        """Ends the helper and with it every sandbox."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # close() alone would not wake the listening thread
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._control.close()

    def _introduce(self, libraries: Sequence[tuple[str, bytes]]) -> None:
        for name, text in libraries:
            for start in range(0, len(text), SLICE_BYTES):
                self._control.send(msgpack.packb([name, text[start : start + SLICE_BYTES]]))
        self._control.send(msgpack.packb(["", None]))
        if not select.select([self._control], [], [], START_SECONDS)[0]:
            raise HelperLost
        packet = self._control.recv(65536)
        if not packet:
            raise HelperLost
        word, told = msgpack.unpackb(packet)
        if word != protocol.UP:
            self.close()
            raise SandboxRefused(f"the sandbox cannot load its libraries: {told}")
        self.layers = told

    def _listen(self) -> None:
        while True:
            try:
                packet, descriptors, _, _ = socket.recv_fds(self._control, 65536, 1)
            except OSError:
                packet, descriptors = b"", []
            if not packet:
                break
            self._hear(msgpack.unpackb(packet), descriptors)
        with self._lock:
            self.lost = True
            orphans = list(self._sandboxes.values())
            self._sandboxes.clear()
        for sandbox in orphans:
            sandbox.dead.set()
            sandbox.born.set()
        self._process.wait()

    def _hear(self, message: list[object], descriptors: list[int]) -> None:
        match message:
            case [protocol.BORN, int(run)]:
                sandbox = self._sandboxes[run]
                sandbox.pidfd = descriptors[0]
                sandbox.born.set()
            case [protocol.UNBORN, int(run), str(reason)]:
                sandbox = self._sandboxes.pop(run)
                sandbox.refusal = reason
                sandbox.born.set()
            case [protocol.DIED, int(run), int(status), float(cpu_seconds), int(peak_bytes)]:
                sandbox = self._sandboxes.pop(run)
                sandbox.death = Death(status, cpu_seconds, peak_bytes)
                sandbox.dead.set()
