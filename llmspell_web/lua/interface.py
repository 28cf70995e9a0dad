"""What the engine takes and gives. Plain data: no Django, no product words.

engine = Engine(libraries=[Path("session.lua")])        # starts the clean helper process
outcome = engine.run(program, host, limits, stop)       # blocks; one sandbox, used once
engine.close()
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol


class Null:
    """The type of NULL: JSON's null, where Lua's nil would make the key vanish."""

    def __repr__(self) -> str:
        return "NULL"


NULL = Null()


class Parts(Protocol):
    """Bytes too long for one frame, as a file at position 0: on disk beyond a small size, never whole in memory."""

    size: int

    def read(self, length: int = -1, /) -> bytes: ...


# What crosses the channel. Lua strings are `bytes`; a table is a list or a dict; `json.null` is NULL; long strings that
# a script passes arrive as `Parts`. The host may also answer with `str` (sent as UTF-8) or with `Parts`.
# Keys are bytes, int or float from a script, and str too from a host (Any: a Mapping is invariant in its keys).
Value = None | bool | int | float | bytes | str | Null | Parts | Sequence["Value"] | Mapping[Any, "Value"]
Stream = Literal["stdout", "stderr"]
Status = Literal["succeeded", "failed", "limit", "stopped"]
LimitName = Literal["cpu_seconds", "wall_seconds", "memory_bytes", "output_bytes", "api_calls", "stored_bytes"]


@dataclass(frozen=True)
class Limits:
    """What one run may use. Passing one ends the run at once, but for memory: there the allocation fails in Lua."""

    cpu_seconds: float = 10
    wall_seconds: float = 60
    memory_bytes: int = 64 * 1024 * 1024
    output_bytes: int = 4 * 1024 * 1024
    api_calls: int = 10_000
    stored_bytes: int = 256 * 1024 * 1024


@dataclass(frozen=True)
class Program:
    """A script: UTF-8 source, the chunk name that errors show, and what `arg` holds (integers and text as keys)."""

    source: bytes
    name: str = "main.lua"
    arguments: Mapping[int | str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ScriptError:
    """An uncaught error: its message, the line of the program it points at, and the traceback in the user's lines."""

    message: str
    line: int | None
    traceback: str


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `usage` has every limit's name with what was used (seconds, bytes, calls).

    `result` is the JSON text of what the script returned, None if it returned nothing. `layers` says which parts of
    the sandbox were in force.
    """

    status: Status
    limit: LimitName | None
    error: ScriptError | None
    result: str | None
    usage: Mapping[LimitName, float]
    layers: Mapping[str, object]


@dataclass(frozen=True)
class Caller:
    """Where a script says that it calls from: a line (1 to 2³¹ - 1), and the chunk as errors name it (at most 59
    characters, without NUL), "" for the script itself. Only as true as the script: for people to read."""

    chunk: str
    line: int


class Refused(Exception):
    """Raised by a host to make a call fail in Lua with this message. `code` is an errno, for the file functions."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class LimitPassed(Exception):
    """Raised by a host when a call would pass a limit that the host itself counts (`stored_bytes`)."""

    def __init__(self, limit: LimitName) -> None:
        super().__init__(limit)
        self.limit = limit


class SandboxRefused(Exception):
    """This machine cannot hold a script safely; the message says in a sentence what is missing and what to do."""


class Host(Protocol):
    """The other end of the one channel out of a sandbox. Called on the thread that runs `Engine.run`.

    `call` answers every function the engine does not know itself: those of the libraries, and for files
    `file.open(path) -> {"handle": int, "size": int}`, `file.read(handle, offset, length) -> bytes`,
    `file.close(handle)`, `file.write(path, content, append: bool)` (the whole content replaces the file, or is added
    to it, at once or not at all), `file.remove(path)`, `file.rename(old, new)`. These six raise `Refused` with an
    errno. Arguments come from an untrusted script and may be anything.

    The engine sets `caller` before each call; None where the script does not say.
    """

    caller: Caller | None

    @property
    def stored_bytes(self) -> int: ...

    def call(self, function: str, arguments: list[Value]) -> Value: ...

    def output(self, stream: Stream, data: bytes) -> None:
        """Console bytes, as they happen; `data` may end in the middle of a UTF-8 character."""

    def tick(self, usage: Mapping[LimitName, float]) -> None:
        """Called at least every 50 ms while the script runs, calls of the host aside, with what it has used so far."""
