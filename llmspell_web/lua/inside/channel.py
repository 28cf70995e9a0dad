"""The sandbox's end of its one socket. A lost host ends the process: there is nobody left to run for."""

import os
import socket
from collections.abc import Sequence

from .. import protocol
from ..protocol import HEADER, PART_BYTES, LongText

OUT_SLICE_BYTES = 256 * 1024
RECEIVE_BYTES = 64 * 1024


class Arriving:
    """A long string of an answer; `content` is None if it was larger than what the script may hold."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.content: bytes | None = None


class Channel:
    def __init__(self, descriptor: int, keep_bytes: int) -> None:
        self.socket = socket.socket(fileno=descriptor)
        self.keep_bytes = keep_bytes
        self.buffer = bytearray()

    def send(self, message: Sequence[object]) -> None:
        """Raises ValueError for a message beyond the caps, before anything was sent."""
        parts: list[LongText] = []
        frame = protocol.pack(message, parts)
        try:
            self.socket.sendall(frame)
            for part in parts:
                for _ in range(0, part.size, PART_BYTES):
                    self.socket.sendall(protocol.pack([protocol.PART, part.read(PART_BYTES)]))
        except OSError:
            os._exit(0)

    def out(self, stream: int, content: bytes) -> None:
        for start in range(0, len(content), OUT_SLICE_BYTES):
            self.send([protocol.OUT, stream, content[start : start + OUT_SLICE_BYTES]])

    def receive(self) -> list[object]:
        arriving: list[Arriving] = []

        def announced(size: int) -> Arriving:
            arriving.append(Arriving(size))
            return arriving[-1]

        message = protocol.unpack(self._frame(), announced, protocol.ANSWER_NODES)
        for one in arriving:
            self._fill(one)
        return message

    def _fill(self, one: Arriving) -> None:
        keep = one.size <= self.keep_bytes
        pieces = []
        left = one.size
        while left > 0:
            _, piece = protocol.unpack(self._frame(), Arriving)
            assert isinstance(piece, bytes)
            left -= len(piece)
            if keep:
                pieces.append(piece)
        if keep:
            one.content = b"".join(pieces)

    def _frame(self) -> bytes:
        while len(self.buffer) < HEADER.size:
            self._receive()
        (size,) = HEADER.unpack_from(self.buffer)
        end = HEADER.size + size
        while len(self.buffer) < end:
            self._receive()
        body = bytes(self.buffer[HEADER.size : end])
        del self.buffer[:end]
        return body

    def _receive(self) -> None:
        try:
            piece = self.socket.recv(RECEIVE_BYTES)
        except OSError:
            os._exit(0)
        if not piece:
            os._exit(0)
        self.buffer += piece
