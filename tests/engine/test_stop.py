"""Stopping, running side by side, and losing the helper."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from llmspell_web.lua import Engine, Limits, Program, SandboxRefused, StopSwitch, Stream, Value

from .conftest import LIBRARY, Finished, MemoryHost, Runner

FOREVER = Limits(cpu_seconds=20, wall_seconds=20)


class Watched(MemoryHost):
    """Tells when the first output, or a call, has come."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = threading.Event()
        self.go_on = threading.Event()

    def output(self, stream: Stream, data: bytes) -> None:
        super().output(stream, data)
        self.seen.set()

    def call(self, function: str, arguments: list[Value]) -> Value:
        self.seen.set()
        self.go_on.wait(10)
        return super().call(function, arguments)


class Background(threading.Thread):
    def __init__(self, engine: Engine, source: str, stop: StopSwitch | None = None) -> None:
        super().__init__()
        self.host = Watched()
        self.done: Finished | None = None
        self.engine, self.program, self.switch = engine, Program(source.encode()), stop
        self.start()
        assert self.host.seen.wait(10)

    def run(self) -> None:
        self.done = Finished(self.engine.run(self.program, self.host, FOREVER, self.switch), self.host)

    def result(self) -> Finished:
        self.join(10)
        assert self.done
        return self.done


def test_stop_is_prompt_and_keeps_output(engine: Engine) -> None:
    stop = StopSwitch()
    background = Background(engine, "print('b') while true do pcall(error) end", stop)
    started = time.monotonic()
    stop.stop()
    done = background.result()
    assert time.monotonic() - started < 0.5
    assert (done.ending, done.out) == ("stopped", "b\n")
    stop.stop()


def test_stop_before_the_start(run: Runner) -> None:
    stop = StopSwitch()
    stop.stop()
    done = run("print('never')", stop=stop)
    assert (done.ending, done.out) == ("stopped", "")


def test_stop_while_a_call_is_served(engine: Engine) -> None:
    stop = StopSwitch()
    background = Background(engine, "Session.list() print('after')", stop)
    stop.stop()
    background.host.go_on.set()
    done = background.result()
    assert (done.ending, done.out) == ("stopped", "")
    assert done.host.calls == [("Session.list", [])]


def test_stop_after_the_end_changes_nothing(run: Runner) -> None:
    stop = StopSwitch()
    assert run("return 1", stop=stop).ending == "succeeded"
    stop.stop()


def test_runs_side_by_side_do_not_mix(engine: Engine) -> None:
    source = "for i = 1, 300 do print(arg[1], host.echo(arg[1] .. i)) end X = (X or 0) + 1 return X"
    results: dict[str, Finished] = {}

    def one(name: str) -> None:
        host = MemoryHost()
        results[name] = Finished(engine.run(Program(source.encode(), arguments={1: name}), host, FOREVER), host)

    threads = [threading.Thread(target=one, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, done in results.items():
        assert done.outcome.result == "1"
        assert done.out == "".join(f"{name}\t{name}{i}\n" for i in range(1, 301))


def test_random_numbers_differ_between_runs(run: Runner) -> None:
    source = "return math.random(0)"
    assert run(source).outcome.result != run(source).outcome.result


def test_a_killed_helper_fails_the_run_and_the_next_gets_a_new_one() -> None:
    engine = Engine([LIBRARY])
    background = Background(engine, "print('b') while true do end")
    os.kill(engine.helper_pid, signal.SIGKILL)
    done = background.result()
    assert done.ending == "failed"
    assert "helper process ended unexpectedly" in done.message
    host = MemoryHost()
    assert engine.run(Program(b"print('again')"), host).status == "succeeded"
    assert host.stdout == b"again\n"
    engine.close()
    with pytest.raises(SandboxRefused):
        engine.run(Program(b""), host)


def test_no_descriptor_and_no_process_is_left(engine: Engine, run: Runner) -> None:
    run("return 1")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        run("print(host.echo(('x'):rep(2 * 2^20 // 1 | 0):len()))")
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
    assert not Path(f"/proc/{engine.helper_pid}/task/{engine.helper_pid}/children").read_text().split()[1:]


def test_layers_are_told(engine: Engine, run: Runner) -> None:
    for layers in (engine.layers, run("").outcome.layers):
        assert layers["seccomp"] is True
        assert layers["resource_limits"] is True
        assert layers["landlock"] or layers["namespaces"]
        assert isinstance(layers["warnings"], list)


def test_a_library_that_does_not_load_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.lua"
    broken.write_text("local = 5")
    with pytest.raises(SandboxRefused, match=r"broken\.lua"):
        Engine([broken])
