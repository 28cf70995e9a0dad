"""The host's side of drawing: starts a locked process for one content, feeds it, believes nothing that it says."""

import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import PIL

from artifacts.previews.protocol import Lost, receive_frame, send_frame
from llmspell_web.lua import SandboxRefused, floor
from llmspell_web.lua.inside.uids import mapped_uids

CONTENT_BYTES = 64 * 1024 * 1024  # that a drawing process takes in
WALL_SECONDS = 12  # a busy machine needs longer for the four seconds of CPU time that the process has
WAIT_SECONDS = 6  # for one of the slots
SLOTS = 2  # processes at once for each web process: they take a core each
ROOT = Path(__file__).resolve().parents[2]
BOOT = Path(__file__).resolve().parent / "inside" / "boot.py"
UIDS = 64  # as many as the sandboxes of scripts have: the last of them is taken here
KILLED = "it takes more time or memory than is allowed for a preview"
CHUNK_BYTES = 256 * 1024
PROBLEM_CHARACTERS = 200

logger = logging.getLogger(__name__)
_slots = threading.BoundedSemaphore(SLOTS)


class CannotDraw(Exception):
    """Why there will never be a picture of this content, in words that go on from "This cannot be shown:"."""


class NotNow(Exception):
    """There is none at the moment: the machine is busy, or does not let processes be locked."""


@dataclass(frozen=True)
class Drawing:
    """What the process answered. `facts` come from where the content was decoded: whoever reads them checks them."""

    facts: object
    picture: bytes


@dataclass(frozen=True)
class Task:
    """`name` is a module of `inside/`, `hint` what it needs to know before it is locked, `order` what comes after."""

    name: str
    hint: str = ""
    order: Mapping[str, object] = field(default_factory=dict)


def draw(task: Task, content: BinaryIO, size: int) -> Drawing:
    """Raises CannotDraw and NotNow. Bounded: one process of at most WALL_SECONDS, after at most WAIT_SECONDS."""
    if size > CONTENT_BYTES:
        raise CannotDraw(f"it is larger than {CONTENT_BYTES // 1024**2} MB")
    if not sys.platform.startswith("linux"):
        raise NotNow("only Linux can lock the process that draws it")
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise NotNow("the server is drawing others; reload the page in a moment")
    try:
        with _process(task) as (process, connection):
            return _converse(process, connection, task, content, size)
    finally:
        _slots.release()


@contextmanager
def _process(task: Task) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    ours, theirs = socket.socketpair()
    uid = str(mapped_uids(UIDS)[-1]) if os.geteuid() == 0 else ""
    site = str(Path(PIL.__file__).resolve().parent.parent)
    words = [str(theirs.fileno()), task.name, task.hint, str(ROOT), uid, site]
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", str(BOOT), *words],
            env={"LC_ALL": "C.UTF-8", "TZ": "UTC0"},  # nothing of ours: no settings, no secrets
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
    finally:
        theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait()
        ours.close()


def _converse(
    process: subprocess.Popen[bytes], connection: socket.socket, task: Task, content: BinaryIO, size: int
) -> Drawing:
    timer = threading.Timer(WALL_SECONDS, process.kill)
    timer.start()
    layers: object = None
    try:
        layers, _ = receive_frame(connection)
        floor.check(layers if isinstance(layers, dict) else {})
        send_frame(connection, {**task.order, "size": size})
        while chunk := content.read(CHUNK_BYTES):
            connection.sendall(chunk)
        answer, picture = receive_frame(connection)
    except SandboxRefused:
        raise NotNow("this machine cannot lock the process that draws it") from None
    except (Lost, OSError):
        if layers is None:
            logger.error("The process that draws previews (%s) ends before it is locked", task.name)
            raise NotNow("the process that draws it does not start") from None
        if timer.finished.is_set():
            raise NotNow("the server is too busy; reload the page in a moment") from None
        raise CannotDraw(KILLED) from None
    finally:
        timer.cancel()
    if not isinstance(answer, dict):
        raise CannotDraw(KILLED)
    if "facts" not in answer:
        raise CannotDraw(str(answer.get("problem", KILLED))[:PROBLEM_CHARACTERS])
    return Drawing(answer["facts"], picture)
