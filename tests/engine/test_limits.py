"""Every limit ends the run at once, is named, and leaves the output so far and the figures."""

import time

import pytest

from llmspell_web.lua import LimitPassed, Limits, Value

from .conftest import MemoryHost, Runner

PCALLS = "print('before') while true do pcall(coroutine.wrap(function() while true do pcall(error) end end)) end"


def test_cpu(run: Runner) -> None:
    done = run(PCALLS, Limits(cpu_seconds=0.3))
    assert (done.ending, done.out) == ("cpu_seconds", "before\n")
    assert 0.3 <= done.outcome.usage["cpu_seconds"] < 0.6


def test_wall(run: Runner) -> None:
    done = run(PCALLS, Limits(wall_seconds=0.3))
    assert (done.ending, done.out) == ("wall_seconds", "before\n")
    assert 0.3 <= done.outcome.usage["wall_seconds"] < 1


class SlowHost(MemoryHost):
    def call(self, function: str, arguments: list[Value]) -> Value:
        until = time.monotonic() + 0.3
        while time.monotonic() < until:
            pass
        return None


def test_wall_runs_while_a_call_is_served(run: Runner) -> None:
    done = run("Session.list() print('after')", Limits(wall_seconds=0.2), SlowHost())
    assert (done.ending, done.out) == ("wall_seconds", "")


def test_a_call_does_not_count_as_cpu_of_the_script(run: Runner) -> None:
    done = run("Session.list() print('after')", Limits(cpu_seconds=0.2), SlowHost())
    assert (done.ending, done.out) == ("succeeded", "after\n")


def test_memory_can_be_caught(run: Runner) -> None:
    done = run("print(pcall(string.rep, 'x', 70 * 2^20)) print('after')")
    assert done.out == "false\tnot enough memory\nafter\n"


def test_memory_uncaught_fails(run: Runner) -> None:
    done = run("local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end", Limits(memory_bytes=8 << 20))
    assert (done.ending, done.message) == ("failed", "not enough memory")
    assert done.outcome.usage["memory_bytes"] > 4 << 20


def test_output_is_kept_up_to_the_very_byte(run: Runner) -> None:
    done = run("while true do io.write('0123456789') end", Limits(output_bytes=1003))
    assert done.ending == "output_bytes"
    assert done.host.stdout == b"0123456789" * 100 + b"012"


def test_changing_streams_without_end_is_output_too(run: Runner) -> None:
    done = run("while true do io.stdout:write('o') io.stderr:write('e') end", Limits(output_bytes=1 << 20))
    assert done.ending == "output_bytes"
    assert 1000 < len(done.host.streams) < 3000


def test_changing_streams_now_and_then_is_not(run: Runner) -> None:
    done = run("for i = 1, 400 do io.stdout:write('o') io.stderr:write('e') end")
    assert done.outcome.usage["output_bytes"] == 800


def test_calls(run: Runner) -> None:
    done = run("for i = 1, 20 do pcall(Session.list) print(i) end", Limits(api_calls=5))
    assert (done.ending, done.out.split()[-1]) == ("api_calls", "5")
    assert done.outcome.usage["api_calls"] == 5


def test_stored_bytes_are_counted_by_the_host(run: Runner) -> None:
    done = run("for i = 1, 20 do pcall(host.store, ('x'):rep(100)) print(i) end", host=MemoryHost(stored_limit=250))
    assert (done.ending, done.out.split()[-1]) == ("stored_bytes", "2")


def test_stored_bytes_while_a_file_is_flushed_at_the_end(run: Runner) -> None:
    class Full(MemoryHost):
        def call(self, function: str, arguments: list[Value]) -> Value:
            if function == "file.write":
                raise LimitPassed("stored_bytes")
            return super().call(function, arguments)

    assert run("F = io.open('x', 'w') F:write('x')", host=Full()).ending == "stored_bytes"


def test_the_host_hears_the_figures_while_it_runs(run: Runner) -> None:
    done = run("local t = {} while true do t[#t % 1000 + 1] = {} end", Limits(cpu_seconds=0.8))
    assert len(done.host.ticks) >= 2
    assert all(tick["cpu_seconds"] <= 1 for tick in done.host.ticks)
    assert set(done.outcome.usage) == set(done.host.ticks[0])


def test_many_prints_cost_little(run: Runner) -> None:
    done = run("for i = 1, 10000 do print(i) end")
    assert done.out.endswith("10000\n")
    assert done.outcome.usage["wall_seconds"] < 1
    assert len(done.host.streams) < 10_000


def test_an_answer_beyond_a_frame_is_a_lua_error(run: Runner) -> None:
    class Generous(MemoryHost):
        def call(self, function: str, arguments: list[Value]) -> Value:
            return [b"x" * 1_000_000] * 20

    done = run("print(pcall(Session.list)) print('after')", host=Generous())
    assert "Session.list: the answer is too large" in done.out
    assert done.out.endswith("after\n")


def test_a_long_answer_of_small_values_arrives(run: Runner) -> None:
    class Long(MemoryHost):
        def call(self, function: str, arguments: list[Value]) -> Value:
            return [{"id": str(number)} for number in range(150_000)]

    assert run("print(#Session.list())", host=Long()).out == "150000\n"


@pytest.mark.parametrize("host_error", [RuntimeError("bug in the host"), KeyError("x")])
def test_a_bug_in_the_host_passes_through_and_ends_the_run(run: Runner, host_error: Exception) -> None:
    class Broken(MemoryHost):
        def call(self, function: str, arguments: list[Value]) -> Value:
            raise host_error

    with pytest.raises(type(host_error)):
        run("Session.list()", host=Broken())
    assert run("print(1)").out == "1\n"
