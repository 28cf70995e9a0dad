"""What the host and the drawing process say to each other, over one socket. Both ends import this file.

    child → host   layers: the ways in which it is locked, as JSON
    host → child   the order, as JSON; then the content, `order["size"]` bytes without a frame
    child → host   {"facts": …} and the picture's bytes, or {"problem": words} and nothing

A frame is two big-endian u32, the lengths of its JSON and of the bytes that follow it, and both of them.
"""

import json
import socket
import struct

HEADER = struct.Struct("!II")
FRAME_BYTES = 8 * 1024 * 1024  # no honest answer is longer


class Lost(Exception):
    """The other end is gone, or talks nonsense."""


def send_frame(connection: socket.socket, message: object, content: bytes = b"") -> None:
    words = json.dumps(message).encode()
    connection.sendall(HEADER.pack(len(words), len(content)) + words + content)


def receive_frame(connection: socket.socket) -> tuple[object, bytes]:
    words_size, content_size = HEADER.unpack(receive(connection, HEADER.size))
    if words_size + content_size > FRAME_BYTES:
        raise Lost
    words, content = receive(connection, words_size), receive(connection, content_size)
    try:
        return json.loads(words), content
    except (ValueError, RecursionError):
        raise Lost from None


def receive(connection: socket.socket, size: int) -> bytes:
    content = bytearray(size)
    view, filled = memoryview(content), 0
    while filled < size:
        count = connection.recv_into(view[filled:], min(size - filled, 256 * 1024))
        if not count:
            raise Lost
        filled += count
    return bytes(content)
