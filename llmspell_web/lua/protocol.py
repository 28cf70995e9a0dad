"""Every message between the host and a sandbox, their framing and their caps. Both ends import this file.

A frame is a big-endian u32 and that many bytes of msgpack: a list whose first item names the message.

    sandbox → host                                             answer
    ready  layers: map, idle_bytes: int                        run or probe
    out    stream: 1 | 2, bytes                                none
    call   function: bytes, arguments: list [, chunk, line]    answer
    part   bytes (the next slice of a long string)             none
    done   status, message, traceback, result | nil, lua_bytes none; the sandbox then ends itself

    host → sandbox
    run    source, name, [[key, text], …]                      out, call, part, done
    probe  name                                                done
    answer true, value | false, message, code | nil            none
    part   as above

Lua strings are msgpack `bin`. What Lua has no value for is a map with the single key nil, which no Lua table can be:
`{nil: ["null"]}` is JSON's null, `{nil: ["parts", size]}` a string longer than PART_BYTES, whose bytes follow the frame
as `part` frames, in order of appearance. An empty list is an array, an empty map an object. There are no ext types.

`chunk` and `line` say where the script calls from (chunk "": the script itself). They are a claim: what is no such pair
is taken as not said.

The helper that forks the sandboxes has its own socket (SEQPACKET, one msgpack list a packet):

    host → helper   [name, bytes]…, ["", nil]           libraries in slices, once; answered by `up` or `broken`
                    [run, spec] + the sandbox's socket  fork one; answered by `born` or `unborn`, later `died`
    helper → host   up layers | broken reason | born run + pidfd | unborn run, reason
                    died run, status, cpu_seconds, peak_bytes
"""

import struct
from collections.abc import Callable, Sequence

import msgpack

from .interface import NULL

FRAME_BYTES = 16 * 1024 * 1024  # no legitimate message is longer: long strings travel in parts
PART_BYTES = 1024 * 1024
MAX_PARTS = 16  # long strings in one message: each may cost the host a file; no function takes more than one
MAX_DEPTH = 100  # levels of tables; the same for values that JSON holds
MAX_NODES = 200_000  # values in one message; bounds what one frame can make of the host's memory
ANSWER_NODES = 4 * FRAME_BYTES  # the host is trusted by its sandboxes: only the length of its answers counts
RESULT_BYTES = 1024 * 1024
CHUNK_BYTES = 59  # the longest name of a chunk that Lua shows (LUA_IDSIZE)
MAX_LINE = 2**31 - 1  # the last line that Lua counts
EXIT_MEMORY = 71  # the exit status of a sandbox that had no memory left even to say so
MESSAGE_BYTES = 64 * 1024  # an error message or a traceback

READY, RUN, PROBE, OUT, CALL, ANSWER, PART, DONE = (
    b"ready",
    b"run",
    b"probe",
    b"out",
    b"call",
    b"answer",
    b"part",
    b"done",
)
UP, BROKEN, BORN, UNBORN, DIED = "up", "broken", "born", "unborn", "died"
STREAMS = {1: "stdout", 2: "stderr"}

HEADER = struct.Struct("!I")


class ProtocolError(Exception):
    """The other end broke the rules of this file."""


class LongText:
    """A string that leaves in parts: `size` bytes, taken from `read` in slices."""

    def __init__(self, size: int, read: Callable[[int], bytes]) -> None:
        self.size = size
        self.read = read


def pack(message: Sequence[object], parts: list[LongText] | None = None) -> bytes:
    """The frame of a message. Long strings in it are appended to `parts`; send them afterwards, in that order."""

    def tag(item: object) -> object:
        if item is NULL:
            return {None: ["null"]}
        if isinstance(item, LongText) and parts is not None:
            parts.append(item)
            if len(parts) > MAX_PARTS:
                raise ValueError(f"too large: more than {MAX_PARTS} strings beyond {PART_BYTES} bytes in one message")
            return {None: ["parts", item.size]}
        raise TypeError(f"a {type(item).__name__} cannot be sent")

    body: bytes = msgpack.packb(message, use_bin_type=True, default=tag)
    if len(body) > FRAME_BYTES:
        raise ValueError(f"too large: {len(body)} bytes in one message, at most {FRAME_BYTES}")
    return HEADER.pack(len(body)) + body


def unpack(body: bytes | memoryview, long_text: Callable[[int], object], max_nodes: int = MAX_NODES) -> list[object]:
    """The message in a frame; `long_text(size)` makes the value that stands for a string which follows in parts."""
    left = max_nodes + 1000

    def count(nodes: int) -> None:
        nonlocal left
        left -= nodes + 1
        if left < 0:
            raise ProtocolError(f"too large: more than {max_nodes} values in one message")

    def array(items: list[object]) -> list[object]:
        count(len(items))
        return items

    def table(pairs: list[tuple[object, object]]) -> object:
        count(len(pairs))
        if len(pairs) == 1 and pairs[0][0] is None:
            return _tagged(pairs[0][1], long_text)
        for key, _ in pairs:
            if type(key) not in (bytes, int, float):
                raise ProtocolError("a table key is neither text nor a number")
        return dict(pairs)

    try:
        message = msgpack.unpackb(
            body,
            raw=True,
            strict_map_key=False,
            list_hook=array,
            object_pairs_hook=table,
            max_array_len=max_nodes,
            max_map_len=max_nodes,
            max_ext_len=0,
            ext_hook=_no_extension,
        )
    except (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException) as error:
        raise ProtocolError(f"not a message: {type(error).__name__}") from error
    if type(message) is not list or not message or type(message[0]) is not bytes:
        raise ProtocolError("a message is a list that begins with its name")
    return message


def _no_extension(code: int, content: bytes) -> object:
    raise ProtocolError("extension types are not part of the protocol")


def _tagged(tag: object, long_text: Callable[[int], object]) -> object:
    match tag:
        case [b"null"]:
            return NULL
        case [b"parts", int(size)] if type(size) is int and size > 0:
            return long_text(size)
    raise ProtocolError("an unknown tag")
