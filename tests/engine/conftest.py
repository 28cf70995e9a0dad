"""An engine for the whole session, and a host that keeps everything in memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from llmspell_web.lua import (
    Caller,
    Engine,
    LimitName,
    LimitPassed,
    Limits,
    Outcome,
    Program,
    Refused,
    StopSwitch,
    Stream,
    Value,
)

LIBRARY = Path(__file__).parent / "library.lua"


class MemoryHost:
    """Files in a dict; `echo` gives back its argument, `store` counts bytes, everything else is refused by name."""

    def __init__(self, files: Mapping[str, bytes] | None = None, stored_limit: int = 1 << 30) -> None:
        self.files = dict(files or {})
        self.caller: Caller | None = None
        self.callers: list[Caller | None] = []
        self.open_files: dict[int, bytes] = {}
        self.stored_bytes = 0
        self.stored_limit = stored_limit
        self.stdout = b""
        self.stderr = b""
        self.streams: list[tuple[str, bytes]] = []
        self.ticks: list[Mapping[LimitName, float]] = []
        self.calls: list[tuple[str, list[Value]]] = []
        self.writes: list[tuple[str, bytes, bool]] = []

    def output(self, stream: Stream, data: bytes) -> None:
        self.streams.append((stream, data))
        if stream == "stdout":
            self.stdout += data
        else:
            self.stderr += data

    def tick(self, usage: Mapping[LimitName, float]) -> None:
        self.ticks.append(usage)

    def call(self, function: str, arguments: list[Value]) -> Value:
        self.calls.append((function, arguments))
        self.callers.append(self.caller)
        if function.startswith("file."):
            return self._file(function, arguments)
        if function == "echo":
            return arguments[0] if arguments else None
        if function == "store":
            self.stored_bytes += content_size(arguments[-1])
            if self.stored_bytes > self.stored_limit:
                raise LimitPassed("stored_bytes")
            return "stored"
        if function in ("Session.list", "Artifact.list"):
            return []
        raise Refused(f"{function}: refused by the host")

    def _file(self, function: str, arguments: list[Value]) -> Value:
        match function, arguments:
            case "file.open", [bytes(path)]:
                self._existing(path)
                handle = len(self.open_files) + 1
                self.open_files[handle] = self.files[key(path)]
                return {"handle": handle, "size": len(self.files[key(path)])}
            case "file.read", [int(handle), int(offset), int(length)]:
                return self.open_files[handle][offset : offset + length]
            case "file.close", [int(handle)]:
                del self.open_files[handle]
                return None
            case "file.write", [bytes(path), content, bool(append)]:
                text = content if isinstance(content, bytes) else content.read()  # type: ignore[union-attr] # Parts
                self.writes.append((key(path), text, append))
                self.files[key(path)] = self.files.get(key(path), b"") + text if append else text
                return True
            case "file.remove", [bytes(path)]:
                self._existing(path)
                del self.files[key(path)]
                return True
            case "file.rename", [bytes(old), bytes(new)]:
                self._existing(old)
                self.files[key(new)] = self.files.pop(key(old))
                return True
        raise Refused("Invalid argument", 22)

    def _existing(self, path: bytes) -> None:
        if key(path) not in self.files:
            raise Refused("No such file or directory", 2)


def key(path: bytes) -> str:
    return path.decode("utf-8", "replace")


def content_size(value: Value) -> int:
    return len(value) if isinstance(value, bytes) else getattr(value, "size", 0)


class Finished(NamedTuple):
    outcome: Outcome
    host: MemoryHost

    @property
    def out(self) -> str:
        return self.host.stdout.decode("utf-8", "replace")

    @property
    def message(self) -> str:
        return self.outcome.error.message if self.outcome.error else ""

    @property
    def ending(self) -> str:
        return self.outcome.limit or self.outcome.status


@dataclass(frozen=True)
class Runner:
    engine: Engine

    def __call__(
        self,
        source: str | bytes,
        limits: Limits | None = None,
        host: MemoryHost | None = None,
        stop: StopSwitch | None = None,
        arguments: Mapping[int | str, str] | None = None,
    ) -> Finished:
        host = host or MemoryHost()
        source = source.encode() if isinstance(source, str) else source
        limits = limits or Limits(cpu_seconds=2, wall_seconds=8)
        outcome = self.engine.run(Program(source, arguments=arguments or {}), host, limits, stop)
        return Finished(outcome, host)


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    engine = Engine([LIBRARY])
    yield engine
    engine.close()


@pytest.fixture
def run(engine: Engine) -> Runner:
    return Runner(engine)
