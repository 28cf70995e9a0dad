"""The host's end of a sandbox's socket. Every byte that arrives is hostile."""

import select
import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence

from . import protocol
from .parts import SpooledParts
from .protocol import HEADER, MAX_PARTS, PART_BYTES, LongText, ProtocolError

RECEIVE_BYTES = 256 * 1024  # many frames of a chatty script in one system call


class Lost(Exception):
    """The sandbox's end is closed: the process has ended."""


class Wire:
    def __init__(self, connection: socket.socket, traffic_bytes: int) -> None:
        self.socket = connection
        self.buffer = bytearray()
        self.ready: deque[memoryview] = deque()
        self.traffic_left = traffic_bytes
        self.poll = select.poll()
        self.poll.register(connection, select.POLLIN)

    def wait(self, seconds: float) -> bool:
        """True if bytes have arrived or the other end is gone."""
        return bool(self.poll.poll(max(0, seconds) * 1000))

    def receive(self) -> None:
        """Takes what is there into the buffer. Blocks if there is nothing; raises Lost at the end."""
        try:
            piece = self.socket.recv(RECEIVE_BYTES)
        except OSError as error:
            raise Lost from error
        if not piece:
            raise Lost
        self.traffic_left -= len(piece)
        if self.traffic_left < 0:
            raise ProtocolError("the script sent more bytes than all its limits together allow")
        self.buffer += piece

    def frames(self) -> Iterator[memoryview]:
        """The bodies of the complete frames that have arrived, each once, whoever asks."""
        self._split()
        while self.ready:
            yield self.ready.popleft()

    def _split(self) -> None:
        if len(self.buffer) < HEADER.size:
            return
        (first,) = HEADER.unpack_from(self.buffer)
        if first > protocol.FRAME_BYTES:
            raise ProtocolError("a frame is longer than the protocol allows")
        if len(self.buffer) < HEADER.size + first:
            return  # a long frame is not copied for each piece of it
        start, view = 0, memoryview(bytes(self.buffer))
        while len(view) - start >= HEADER.size:
            (size,) = HEADER.unpack_from(view, start)
            if len(view) - start - HEADER.size < size:
                break
            start += HEADER.size
            self.ready.append(view[start : start + size])
            start += size
        del self.buffer[:start]

    def send(self, message: Sequence[object], seconds: float) -> None:
        """Raises TimeoutError if the sandbox has not read all of it by then, however busily it reads, Lost if it is
        gone, ValueError beyond caps."""
        deadline = time.monotonic() + seconds
        parts: list[LongText] = []
        frame = protocol.pack(message, parts)
        sent = self._sent_at_once(frame)
        if sent == len(frame) and not parts:
            return
        try:
            self._send_all(memoryview(frame)[sent:], deadline)
            for part in parts:
                for start in range(0, part.size, PART_BYTES):
                    wanted = min(PART_BYTES, part.size - start)
                    piece = part.read(wanted)
                    if len(piece) != wanted:
                        raise RuntimeError("a host's Parts ended before its size")
                    self._send_all(protocol.pack([protocol.PART, piece]), deadline)
        except TimeoutError:
            raise
        except OSError as error:
            raise Lost from error
        finally:
            self.socket.settimeout(None)

    def _send_all(self, content: bytes | memoryview, deadline: float) -> None:
        self.socket.settimeout(max(0.001, deadline - time.monotonic()))
        self.socket.sendall(content)

    def _sent_at_once(self, frame: bytes) -> int:
        """How much went out without waiting. All, as a rule: the sandbox is waiting and its buffer is empty."""
        try:
            return self.socket.send(frame, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise Lost from error


class Incoming:
    """Puts messages together: a call whose long strings are still on their way waits for them."""

    def __init__(self) -> None:
        self.waiting: list[object] | None = None
        self.missing: list[SpooledParts] = []
        self.left = 0
        self.open: list[SpooledParts] = []

    def message(self, body: memoryview) -> list[object] | None:
        """The message that this frame completes, if any."""
        arrived: list[SpooledParts] = []

        def announced(size: int) -> SpooledParts:
            if len(arrived) >= MAX_PARTS:
                raise ProtocolError(f"more than {MAX_PARTS} long strings in one message")
            arrived.append(SpooledParts(size))
            self.open.append(arrived[-1])
            return arrived[-1]

        message = protocol.unpack(body, announced)
        if self.waiting is None and not arrived:
            return message
        if self.waiting is None:
            self.waiting, self.missing, self.left = message, arrived, arrived[0].size
            return None
        return self._part(message)

    def close(self) -> None:
        """Frees the long strings that have arrived; a host reads them while it serves the call."""
        for parts in self.open:
            parts.close()
        self.open.clear()

    def _part(self, message: list[object]) -> list[object] | None:
        if len(message) != 2 or message[0] != protocol.PART or not isinstance(message[1], bytes):
            raise ProtocolError("a part of a long string was due")
        if not 0 < len(message[1]) <= self.left:
            raise ProtocolError("a part is longer than its string")
        self.missing[0].fill(message[1])
        self.left -= len(message[1])
        if self.left:
            return None
        self.missing.pop(0).rewind()
        if self.missing:
            self.left = self.missing[0].size
            return None
        complete, self.waiting = self.waiting, None
        return complete
