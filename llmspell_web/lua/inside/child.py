"""One run: the runtime that every fork inherits, the functions Lua may call, and the life of a locked process."""

import errno
import os
import resource
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import lupa.lua54 as lua54

from .. import protocol, values
from ..protocol import MAX_NODES, MESSAGE_BYTES, RESULT_BYTES
from . import lockdown
from .channel import Channel
from .convert import Converter

PRELUDE = ("core", "text", "globals", "json", "handles", "reading", "io", "os", "require", "library", "run")
JSON_NODES = 1_000_000  # values that json.encode and json.decode handle at once
SPARE_REFERENCES = 4096  # see Template
ADDRESS_SLACK_BYTES = 64 * 1024 * 1024
NO_MEMORY = b"not enough memory"

Answer = tuple[object, ...]


def _deny(*_: object) -> object:
    raise AttributeError("no attributes")


class Template:
    """The Lua runtime with the sandbox's own code loaded, made once; every fork starts from this same state."""

    def __init__(self, libraries: list[tuple[str, bytes]]) -> None:
        self.natives = Natives()
        self.lua = lua54.LuaRuntime(
            encoding=None,
            source_encoding="utf-8",
            unpack_returned_tuples=True,
            register_eval=False,
            register_builtins=False,
            attribute_handlers=(_deny, _deny),
            max_memory=1 << 40,  # a number, so that the fork can set its own
        )
        folder = Path(__file__).parent / "prelude"
        files = [(name, (folder / f"{name}.lua").read_bytes()) for name in PRELUDE]
        start = self.lua.execute((folder / "start.lua").read_bytes(), name="=[sandbox]", mode="t")
        functions = {name.encode(): getattr(self.natives, name) for name in Natives.NAMES}
        chunks = [(name.encode(), text) for name, text in [*files, *libraries]]
        shared = start(self.lua.table_from(functions), len(files), *[part for chunk in chunks for part in chunk])
        self.begin, self.main = shared[b"begin"], shared[b"main"]
        self.natives.bind(self.lua, shared)
        # lupa keeps each table it shows to Python in Lua's registry, and a failing growth of that could not be caught
        spare = [self.lua.table() for _ in range(SPARE_REFERENCES)]
        del spare
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        self.address_bytes = pages * resource.getpagesize()


class Natives:
    """The Python functions that the sandbox's Lua code calls; scripts never hold one.

    They never raise: what comes back is true and a value, or false and a message. While one works, Lua's memory limit
    is off, because lupa cannot survive a failed allocation there; the Lua side calls `settle` when it has the value,
    and Lua's next allocation fails if the limit was passed.
    """

    NAMES = ("out", "call", "encode", "decode", "settle", "random", "finish")

    def __init__(self) -> None:
        self.lua: Any = None
        self.channel: Channel
        self.converter: Converter
        self.memory_bytes = 0
        self.working = 0

    def bind(self, lua: Any, shared: Any) -> None:
        self.lua = lua
        self.converter = Converter(lua, shared[b"describe"], shared[b"mark_array"], shared[b"null"])

    def open(self, channel: Channel, memory_bytes: int) -> None:
        self.channel = channel
        self.memory_bytes = self.converter.memory_bytes = memory_bytes
        self.settle()

    def settle(self) -> None:
        if not self.working:
            self.lua.set_max_memory(self.memory_bytes)

    def out(self, stream: int, content: bytes) -> None:
        self.channel.out(stream, content)

    def random(self) -> Answer:
        return tuple(int.from_bytes(os.urandom(8), "big", signed=True) for _ in range(2))

    def call(self, function: bytes, chunk: bytes | None, line: int | None, *arguments: Any) -> Answer:
        return self._guarded(lambda: self._call(function, (chunk, line), arguments))

    def encode(self, value: Any = None, indent: int | None = None) -> Answer:
        return self._guarded(lambda: (True, values.encode(self._plain(value), indent).encode()))

    def decode(self, text: bytes) -> Answer:
        return self._guarded(lambda: (True, self.converter.to_lua(values.decode(text), none_is_null=True)))

    def finish(self, status: bytes, message: bytes, traceback: bytes, result: bytes | None = None) -> None:
        used = self.lua.get_memory_used()
        shown = (message[:MESSAGE_BYTES], traceback[:MESSAGE_BYTES])
        self.channel.send([protocol.DONE, status, *shown, result[: RESULT_BYTES + 1] if result else None, used])
        os._exit(0)  # without closing the Lua state: finalizers of the script do not run again

    def _plain(self, value: Any) -> object:
        return self.converter.from_lua(value, JSON_NODES, long_text=False)

    def _call(self, function: bytes, caller: tuple[bytes | None, int | None], arguments: tuple[Any, ...]) -> Answer:
        sent = []
        for number, argument in enumerate(arguments, 1):
            try:
                sent.append(self.converter.from_lua(argument, MAX_NODES, long_text=True))
            except values.NotJson as error:
                where = f"{function.decode()}: argument {number}" if len(arguments) > 1 else function.decode()
                return False, f"{where}: {error}".encode()
        self.channel.send([protocol.CALL, function, sent, *caller])
        match self.channel.receive():
            case [protocol.ANSWER, True, value]:
                return True, self.converter.to_lua(value)
            case [protocol.ANSWER, False, bytes(message), code]:
                return False, message, code
        os._exit(0)

    def _guarded(self, work: Callable[[], Answer]) -> Answer:
        self.working += 1
        self.lua.set_max_memory(0)
        try:
            return work()
        except (MemoryError, lua54.LuaMemoryError):
            return False, NO_MEMORY
        except (ValueError, lua54.LuaError, RecursionError) as error:
            return False, str(error).encode("utf-8", "replace")[:MESSAGE_BYTES]
        finally:
            self.working -= 1


def live(connection: int, spec: Mapping[str, int | None], template: Template) -> None:
    """The whole life of a forked process. Does not return."""
    memory_bytes = spec["memory_bytes"]
    assert memory_bytes is not None
    address_bytes = template.address_bytes + 3 * memory_bytes + ADDRESS_SLACK_BYTES
    layers = lockdown.drop_rights(connection, {**spec, "address_bytes": address_bytes})
    natives = template.natives
    natives.open(Channel(lockdown.SOCKET, memory_bytes), memory_bytes)
    template.begin()
    lockdown.filter_calls(layers)
    idle_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    natives.channel.send([protocol.READY, layers, idle_bytes])
    match natives.channel.receive():
        case [protocol.RUN, bytes(source), bytes(name), list(arguments)]:
            _run(template, source, name, arguments)
        case [protocol.PROBE, bytes(name)]:
            natives.finish(b"failed", _probe(name), b"")
    os._exit(0)


def _run(template: Template, source: bytes, name: bytes, arguments: list[object]) -> None:
    message = NO_MEMORY
    try:
        flat = [item for pair in arguments if isinstance(pair, list) for item in pair]
        template.main(source, name, *flat)
    except (MemoryError, lua54.LuaMemoryError):
        pass
    except lua54.LuaError as error:
        message = str(error).encode("utf-8", "replace")
    try:
        template.lua.set_max_memory(0)
        template.natives.finish(b"failed", message, b"")
    except MemoryError:
        os._exit(protocol.EXIT_MEMORY)


def _probe(name: bytes) -> bytes:
    """Tries what a script must never reach; the answer is empty if it worked. Most attempts end the process instead."""
    attempts: dict[bytes, Callable[[], object]] = {
        b"open": lambda: os.open("/", os.O_RDONLY),
        b"socket": socket.socket,
        b"fork": os.fork,
    }
    try:
        attempts[name]()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "refused").encode()
    return b""
