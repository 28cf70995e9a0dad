"""Runner processes, for real: they share the work, pass on stops, and end what another left behind."""

import signal
import time
from collections.abc import Callable, Iterator

import pytest

from llmspell_web.teams.models import User
from llmspell_web.workspace.limits import lower_limits
from llmspell_web.workspace.models import Run, RunnerBeat
from llmspell_web.workspace.runs import create_run, interrupt_run, request_stop
from sessions.models import Session
from tests.workspace.processes import (
    DEADLINE_SECONDS,
    FOREVER,
    descendants,
    is_alive,
    start,
    wait_for_end,
    wait_for_output,
    wait_until,
)

LOST_SECONDS = 15  # the promise; on a machine with time to spare


@pytest.fixture
def asker(transactional_db: None, make_user: Callable[..., User]) -> User:
    return make_user("asker")


def beats() -> set[str]:
    return set(RunnerBeat.objects.values_list("runner", flat=True))


@pytest.fixture
def runner(process_environment: dict[str, str], asker: User) -> Iterator[int]:
    """The process id of a runner that is ready."""
    with start(process_environment, "runner") as process:
        wait_until(lambda: len(beats()) == 1, "a runner that beats")
        (name,) = beats()
        yield process.pid
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=DEADLINE_SECONDS)
            assert process.returncode == 0
            assert "Traceback" not in errors
            assert name not in beats()  # it said goodbye


def test_queued_runs_are_executed_in_order(process_environment: dict[str, str], asker: User) -> None:
    sources = [
        "print('one') return Session.create({name = 'made'})",
        "error('two')",
        "for i = 1, 9 do Session.list() end",
        "io.open('a', 'w'):write('kept'):close()",
    ]
    limits = [None, None, lower_limits({"api_calls": 3}), None]
    runs = [create_run(asker, source=source, limits=limit) for source, limit in zip(sources, limits, strict=True)]
    with start(process_environment, "runner", "--concurrency", "1") as process:
        ended = [wait_for_end(run) for run in runs]
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_SECONDS) == 0
    assert [run.status for run in ended] == ["succeeded", "failed", "limit", "succeeded"]
    assert ended[0].output.get().text == "one\n"
    assert ended[0].result == f'"{Session.objects.get(name="made").pk}"'
    assert [str(touch) for touch in ended[0].touches.all()] == [f"session {Session.objects.get().pk}"]
    assert (ended[1].error_message, ended[1].error_line) == ("main.lua:1: two", 1)
    assert (ended[2].limit, ended[2].usage["api_calls"]) == ("api_calls", {"used": 3, "allowed": 3})
    starts = [run.started_at for run in ended]
    assert starts == sorted(starts)  # type: ignore[type-var]  # they have all started
    assert asker.files.get().path == "a"


def test_two_runners_share_the_work(runner: int, process_environment: dict[str, str], asker: User) -> None:
    with start(process_environment, "runner", "--concurrency", "1") as second:
        wait_until(lambda: len(beats()) == 2, "a second runner")
        source = "local start = os.clock() while os.clock() - start < 0.2 do end return ARGS[1]"
        runs = [create_run(asker, source=source, arguments={1: str(number)}) for number in range(10)]
        ended = [wait_for_end(run) for run in runs]
        assert {run.status for run in ended} == {"succeeded"}
        assert [run.result for run in ended] == [f'"{number}"' for number in range(10)]
        assert {run.runner for run in ended} == beats()
        second.send_signal(signal.SIGTERM)
        assert second.wait(DEADLINE_SECONDS) == 0


def test_a_stop_ends_the_script_soon(runner: int, asker: User) -> None:
    run = create_run(asker, source=FOREVER)
    wait_for_output(run)
    idle = len(descendants(runner))
    asked = time.monotonic()
    request_stop(run, actor=asker)
    wait_for_end(run)
    assert time.monotonic() - asked < 2
    assert (run.status, run.output.get().text) == ("stopped", "started\n")
    wait_until(lambda: len(descendants(runner)) < idle, "the end of the sandbox")
    assert wait_for_end(create_run(asker, source="return 1")).status == "succeeded"


def test_a_stop_ends_a_script_that_catches_everything(runner: int, asker: User) -> None:
    source = "print('started') while true do pcall(coroutine.wrap(function() while true do pcall(error) end end)) end"
    run = create_run(asker, source=source)
    wait_for_output(run)
    request_stop(run, actor=asker)
    assert wait_for_end(run).status == "stopped"


def test_as_many_runs_as_allowed_go_on_side_by_side(runner: int, asker: User) -> None:
    runs = [create_run(asker, source=FOREVER) for _ in range(5)]
    for run in runs[:4]:
        wait_for_output(run)
    runs[4].refresh_from_db()
    assert runs[4].status == "queued"
    request_stop(runs[0], actor=asker)
    wait_for_output(runs[4])  # there is room for it now
    for run in runs[1:]:
        request_stop(run, actor=asker)
    assert {wait_for_end(run).status for run in runs} == {"stopped"}


def test_a_runner_that_is_told_to_leave_interrupts_its_runs(process_environment: dict[str, str], asker: User) -> None:
    with start(process_environment, "runner") as process:
        run = create_run(asker, source=FOREVER)
        wait_for_output(run)
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_SECONDS) == 0
    run.refresh_from_db()
    assert (run.status, run.output.get().text) == ("interrupted", "started\n")
    assert run.ended_at


def test_a_killed_runner_is_noticed_by_another(runner: int, process_environment: dict[str, str], asker: User) -> None:
    with start(process_environment, "runner") as victim:
        wait_until(lambda: len(beats()) == 2, "a second runner")
        survivor_name = RunnerBeat.objects.earliest("started_at").runner
        runs: list[Run] = []
        while not any(run.runner not in {"", survivor_name} for run in runs):  # until the victim has one
            runs.append(create_run(asker, source=FOREVER))
            wait_for_output(runs[-1])
            runs[-1].refresh_from_db()
        sandboxes = descendants(victim.pid)
        victim.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        victim.wait(DEADLINE_SECONDS)
    wait_until(lambda: not any(map(is_alive, sandboxes)), "the end of the killed runner's sandboxes")
    lost = wait_for_end(runs[-1])
    assert time.monotonic() - killed < LOST_SECONDS
    assert (lost.status, lost.output.get().text) == ("interrupted", "started\n")
    assert wait_for_end(create_run(asker, source="return 1")).status == "succeeded"
    for run in runs[:-1]:
        request_stop(run, actor=asker)
        assert wait_for_end(run).status == "stopped"


def test_a_run_that_was_given_up_does_no_more(runner: int, asker: User) -> None:
    run = create_run(asker, source=FOREVER)
    wait_for_output(run)
    with_sandbox = len(descendants(runner))
    interrupt_run(run, "nobody had heard of it")  # as another runner does when heartbeats are missing
    wait_until(lambda: len(descendants(runner)) < with_sandbox, "the end of the sandbox")
    run.refresh_from_db()
    assert (run.status, run.error_message) == ("interrupted", "nobody had heard of it")


def test_a_queued_run_waits_for_a_runner(asker: User, process_environment: dict[str, str]) -> None:
    run = create_run(asker, source="return 1")
    gone = create_run(asker, source="return 2")
    request_stop(gone, actor=asker)
    with start(process_environment, "runner"):
        assert wait_for_end(run).status == "succeeded"
    gone.refresh_from_db()
    assert (gone.status, gone.started_at) == ("stopped", None)
