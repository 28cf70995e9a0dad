"""One run, from the host's side: frames in, calls answered, limits kept, and how it all ended."""

import contextlib
from collections.abc import Mapping
from typing import NoReturn, cast

from . import ending, floor, protocol
from .ending import Ended
from .helper import Sandbox
from .interface import Caller, Host, LimitPassed, Limits, Outcome, Program, Refused, Value
from .meter import Meter
from .parts import SpooledParts, leaving
from .protocol import ProtocolError
from .stop import StopSwitch
from .wire import Incoming, Lost, Wire

READY_SECONDS = 10
LAST_SECONDS = 2  # for a process that said it is done, or was killed, to be gone


class Conversation:
    def __init__(self, sandbox: Sandbox, limits: Limits, host: Host, stop: StopSwitch) -> None:
        self.sandbox = sandbox
        self.host = host
        self.stop = stop
        self.meter = Meter(limits, host, sandbox.pidfd)
        self.wire = Wire(sandbox.connection, self.meter.traffic_bytes)
        self.incoming = Incoming()
        self.pending: list[tuple[str, bytes]] = []

    def hold(self, program: Program, helper_layers: Mapping[str, object]) -> Outcome:
        """Blocks until the process is gone. Exceptions of the host's own, other than Refused, kill it and pass."""
        layers: Mapping[str, object] = helper_layers
        self.stop.arm(self.sandbox.kill)
        try:
            try:
                layers = self._welcome(helper_layers)
                self._send([protocol.RUN, program.source, program.name, _arguments(program)])
                self._talk()
            except Ended as end:
                return self._outcome(end, program, layers)
            except TimeoutError:
                return self._outcome(Ended("limit", "wall_seconds"), program, layers)
            except ProtocolError as error:
                return self._outcome(Ended("failed", message=f"the sandbox was ended: {error}"), program, layers)
            except Lost:
                return self._outcome(None, program, layers)
        finally:
            self.stop.arm(None)
            self.incoming.close()
            self.sandbox.kill()
            self.sandbox.dead.wait(LAST_SECONDS)
            self.sandbox.release()

    def probe(self, name: str, helper_layers: Mapping[str, object]) -> str:
        """How an attempt to leave the sandbox ended: an error's name, or the signal that killed it; "" if it worked."""
        try:
            floor.check(self._welcome(helper_layers))
            self._send([protocol.PROBE, name])
            message = self._next()
            return str(message[2], "utf-8", "replace") if isinstance(message[2], bytes) else ""
        except Lost:
            self.sandbox.dead.wait(LAST_SECONDS)
            return ending.named(self.sandbox.death.status) if self.sandbox.death else "lost"
        finally:
            self.sandbox.kill()
            self.sandbox.dead.wait(LAST_SECONDS)
            self.sandbox.release()

    def _welcome(self, helper_layers: Mapping[str, object]) -> Mapping[str, object]:
        """The sandbox speaks first, before it has seen anything of the script. Raises SandboxRefused."""
        match self._next():
            case [protocol.READY, dict(own), int(idle_bytes)]:
                self.meter.idle_bytes = idle_bytes
                layers = floor.merged(helper_layers, own)
                floor.check(layers)
                return layers
        raise ProtocolError("it did not say that it is ready")

    def _next(self) -> list[object]:
        while True:
            self._wait()
            for body in self.wire.frames():
                return protocol.unpack(body, SpooledParts)

    def _talk(self) -> NoReturn:
        while True:
            for body in self.wire.frames():
                message = self.incoming.message(body)
                if message is not None:
                    self._handle(message)
            self._flush()
            self._wait()

    def _wait(self) -> None:
        """Until bytes are in the buffer, with an eye on the clocks."""
        while not self.wire.wait(self.meter.patience()):
            self._look()
        self._look()
        self.wire.receive()

    def _look(self) -> None:
        limit = self.meter.look()
        if limit:
            raise Ended("limit", limit)

    def _handle(self, message: list[object]) -> None:
        match message:
            case [protocol.OUT, 1 | 2 as stream, bytes(content)]:
                self._output(protocol.STREAMS[stream], content)
            case [protocol.CALL, bytes(function), list(arguments), *where] if len(where) in (0, 2):
                self._flush()
                self.host.caller = _caller(*where)
                self._call(function, cast(list[Value], arguments))
            case [protocol.DONE, bytes(status), bytes(text), bytes(trace), None | bytes() as result, int(used)]:
                self._flush()
                self.meter.saw_lua(min(used, self.meter.limits.memory_bytes))
                raise ending.told(status, text, trace, result)
            case _:
                raise ProtocolError("it sent a message that the protocol does not know")

    def _output(self, stream: str, content: bytes) -> None:
        self.meter.saw_stream(stream)
        room = self.meter.limits.output_bytes - self.meter.output_bytes
        self.meter.output_bytes += min(len(content), room)
        self.pending.append((stream, content[:room]))
        if len(content) > room:
            self._flush()
            raise Ended("limit", "output_bytes")

    def _flush(self) -> None:
        """Hands the console what has come in, in one piece for each stretch of one stream."""
        pending, self.pending = self.pending, []
        start = 0
        for index, (stream, _) in enumerate(pending):
            if index + 1 == len(pending) or pending[index + 1][0] != stream:
                content = b"".join(piece for _, piece in pending[start : index + 1])
                start = index + 1
                if content:
                    self.host.output("stdout" if stream == "stdout" else "stderr", content)

    def _call(self, function: bytes, arguments: list[Value]) -> None:
        if self.meter.api_calls >= self.meter.limits.api_calls:
            raise Ended("limit", "api_calls")
        self.meter.api_calls += 1
        answer_of = function.decode("utf-8", "replace")
        answer = self._answer(answer_of, arguments)
        if self.stop.is_set():
            raise Ended("stopped")
        self._look()
        try:
            self._send(answer)
        except ValueError as error:  # from before anything was sent
            self._send([protocol.ANSWER, False, f"{answer_of}: the answer is {error}".encode(), None])
        self.incoming.close()

    def _answer(self, function: str, arguments: list[Value]) -> list[object]:
        try:
            return [protocol.ANSWER, True, leaving(self.host.call(function, arguments))]
        except Refused as refused:
            return [protocol.ANSWER, False, str(refused).encode("utf-8", "replace"), refused.code]
        except LimitPassed as passed:
            raise Ended("limit", passed.limit) from None

    def _send(self, message: list[object]) -> None:
        self.wire.send(message, self.meter.wall_left())

    def _outcome(self, end: Ended | None, program: Program, layers: Mapping[str, object]) -> Outcome:
        if end is None or end.status in ("limit", "stopped"):
            self.sandbox.kill()
        self.sandbox.dead.wait(LAST_SECONDS)
        self._drain()
        death = self.sandbox.death
        if death:
            self.meter.cpu = max(self.meter.cpu, death.cpu_seconds)
            self.meter.saw_resident(death.peak_bytes)
        if end is None or (self.stop.is_set() and end.status == "limit"):
            end = ending.unannounced(self.sandbox.death, self.stop.is_set()) if end is None else Ended("stopped")
        error = ending.script_error(end, program.name) if end.status == "failed" else None
        return Outcome(end.status, end.limit, error, end.result, self.meter.usage(), layers)

    def _drain(self) -> None:
        """Output that was on its way when the process ended still belongs to the console."""
        with contextlib.suppress(Ended, ProtocolError, Lost):
            while self.wire.wait(0):
                self.wire.receive()
                for body in self.wire.frames():
                    match self.incoming.message(body):
                        case [protocol.OUT, 1 | 2 as stream, bytes(content)]:
                            self._output(protocol.STREAMS[stream], content)
        self._flush()


def _caller(chunk: object = None, line: object = None) -> Caller | None:
    """The claim of a call frame, if it can be one."""
    if type(chunk) is not bytes or len(chunk) > protocol.CHUNK_BYTES or b"\0" in chunk:
        return None
    if type(line) is not int or not 0 < line <= protocol.MAX_LINE:
        return None
    return Caller(chunk.decode("utf-8", "replace"), line)


def _arguments(program: Program) -> list[object]:
    return [[key, text] for key, text in program.arguments.items()]
