"""The engine by itself: no Django, no HTTP, no database."""

import threading
import time
from collections.abc import Callable, Mapping

from llmspell_web.lua import Caller, Engine, LimitName, Limits, Outcome, Program, Refused, StopSwitch, Value
from tests.bench.figures import Figure

PRINT = Program(b'print("x")')
ENDLESS = Program(b'print("x") while true do end')
PRINTED_LINES = Program(b"for i = 1, 10000 do print(i) end")


class Listener:
    """A host without functions that notes when output arrives (seconds of the performance counter)."""

    stored_bytes = 0
    caller: Caller | None = None

    def __init__(self, heard: Callable[[], None] = lambda: None) -> None:
        self.times: list[float] = []
        self.heard = heard

    def call(self, function: str, arguments: list[Value]) -> Value:
        raise Refused(f"{function}{arguments}: there are no functions here")

    def output(self, stream: str, data: bytes) -> None:
        self.times.append(time.perf_counter())
        self.heard()

    def tick(self, usage: Mapping[LimitName, float]) -> None:
        pass


def measure() -> tuple[Figure, Figure, list[float]]:
    """First output, stop to reaped, and (for a floor) milliseconds until the last of 10,000 lines."""
    engine = Engine()
    try:
        first = [_until_output(engine, PRINT, 0) for _ in range(103)][3:]
        last = [_until_output(engine, PRINTED_LINES, -1) for _ in range(8)][3:]
        stopped = [_until_stopped(engine) for _ in range(43)][3:]
    finally:
        engine.close()
    return (
        Figure("the engine alone: run → first output", first, goal=10),
        Figure("the engine alone: stop → reaped", stopped, goal=50, judged="p95"),
        last,
    )


def _until_output(engine: Engine, program: Program, which: int) -> float:
    listener = Listener()
    started = time.perf_counter()
    _succeed(engine.run(program, listener, Limits(), StopSwitch()))
    return (listener.times[which] - started) * 1000


def _until_stopped(engine: Engine) -> float:
    running = threading.Event()
    switch = StopSwitch()
    worker = threading.Thread(target=engine.run, args=[ENDLESS, Listener(running.set), Limits(), switch])
    worker.start()
    running.wait(10)
    started = time.perf_counter()
    switch.stop()
    worker.join()
    return (time.perf_counter() - started) * 1000


def _succeed(outcome: Outcome) -> None:
    if outcome.status != "succeeded":
        raise RuntimeError(f"the script ended as {outcome.status}: {outcome.error}")
