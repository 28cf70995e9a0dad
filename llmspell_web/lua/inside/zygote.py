"""The helper process: imports everything once, leaves the machine as far as it may, then forks one child per run.

Its messages (SEQPACKET, msgpack) are listed in ../protocol.py.
"""

import contextlib
import encodings.ascii
import encodings.idna
import encodings.latin_1
import encodings.utf_8  # noqa: F401 - these and the next ones: nothing can be imported once / is empty
import gc
import linecache  # noqa: F401
import os
import select
import signal
import socket
import time
import traceback  # noqa: F401
from dataclasses import dataclass
from pathlib import Path

import lupa.lua54 as lua54
import msgpack

from .. import protocol
from . import child, kernel, landlock, namespaces
from .uids import mapped_uids

MAX_LIVE = 64  # runs at once; far beyond what a machine serves
EXIT_UNEXPECTED = 70


@dataclass(frozen=True)
class Living:
    run: int
    pid: int
    uid: int | None


def main(control_fd: int) -> None:
    control = socket.socket(fileno=control_fd)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    with contextlib.suppress(OSError):  # not writable in some containers; the web server then has no advantage
        Path("/proc/self/oom_score_adj").write_text("900")
    time.tzset()
    null = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.closerange(3, control_fd)
    os.closerange(control_fd + 1, 65536)
    try:
        template = child.Template(_libraries(control))
    except lua54.LuaError as error:
        control.send(msgpack.packb([protocol.BROKEN, str(error)]))
        os._exit(1)
    uids = mapped_uids(MAX_LIVE) if os.geteuid() == 0 else None  # while /proc is still there
    layers = _leave_the_machine(control)
    layers["address_bytes"] = template.address_bytes
    gc.collect()
    gc.freeze()
    control.send(msgpack.packb([protocol.UP, layers]))
    Server(control, template, uids).serve()


def _libraries(control: socket.socket) -> list[tuple[str, bytes]]:
    """(name, text) of each library, sent in slices; an empty name ends the list."""
    texts: dict[str, list[bytes]] = {}
    while True:
        packet = control.recv(1 << 20)
        if not packet:
            os._exit(0)
        name, piece = msgpack.unpackb(packet)
        if not name:
            return [(name, b"".join(pieces)) for name, pieces in texts.items()]
        texts.setdefault(name, []).append(piece)


def _leave_the_machine(control: socket.socket) -> dict[str, object]:
    """Returns what worked. With namespaces the caller goes on as their first process; its parent waits for it."""
    layers: dict[str, object] = {"namespaces": False, "empty_root": False, "landlock": landlock.abi()}
    layers["root"] = os.geteuid() == 0
    try:
        namespaces.enter()
    except OSError as error:
        layers["namespaces_error"] = str(error)
        return layers
    first = os.fork()
    if first:
        control.close()
        os.waitpid(first, 0)
        os._exit(0)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    layers["namespaces"] = True
    try:
        namespaces.empty_root()
        layers["empty_root"] = True
    except OSError as error:
        layers["empty_root_error"] = str(error)
    return layers


class Server:
    """Single-threaded on purpose: a fork of one thread is a fork of everything."""

    def __init__(self, control: socket.socket, template: child.Template, uids: range | None) -> None:
        self.control = control
        self.template = template
        self.living: dict[int, Living] = {}  # by pidfd
        self.uids = list(uids or ())
        self.as_root = uids is not None
        self.poll = select.poll()
        self.poll.register(control, select.POLLIN)

    def serve(self) -> None:
        while True:
            for number, _ in self.poll.poll():
                if number == self.control.fileno():
                    self._request()
                else:
                    self._reap(number)

    def _request(self) -> None:
        packet, descriptors, _, _ = socket.recv_fds(self.control, 65536, 1)
        if not packet:
            os._exit(0)  # the host is gone; as first process of its namespace this takes every child along
        run, spec = msgpack.unpackb(packet)
        try:
            self._fork(run, spec, descriptors[0])
        except OSError as error:
            self.control.send(msgpack.packb([protocol.UNBORN, run, str(error)]))
        finally:
            for number in descriptors:
                os.close(number)

    def _fork(self, run: int, spec: dict[str, int | None], connection: int) -> None:
        if len(self.living) >= MAX_LIVE:
            raise OSError(f"{MAX_LIVE} scripts are running already")
        uid = self.uids[0] if self.as_root else None
        pid = os.fork()
        if pid == 0:
            try:
                child.live(connection, {**spec, "uid": uid}, self.template)
            except BaseException:  # noqa: BLE001 - the process boundary: a child never returns into the server
                os._exit(EXIT_UNEXPECTED)
        if uid is not None:
            self.uids.remove(uid)
        pidfd = os.pidfd_open(pid)
        self.living[pidfd] = Living(run, pid, uid)
        self.poll.register(pidfd, select.POLLIN)
        socket.send_fds(self.control, [msgpack.packb([protocol.BORN, run])], [pidfd])

    def _reap(self, pidfd: int) -> None:
        one = self.living.pop(pidfd)
        self.poll.unregister(pidfd)
        os.close(pidfd)
        _, status, used = os.wait4(one.pid, 0)
        if one.uid is not None:
            self.uids.append(one.uid)
        cpu_seconds = used.ru_utime + used.ru_stime
        self.control.send(msgpack.packb([protocol.DIED, one.run, status, cpu_seconds, used.ru_maxrss * 1024]))
