"""`manage.py run_script` in a process of its own: exit codes, streams, signals, and a data directory that is new."""

import json
import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from llmspell_web.teams.models import User
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.runs import interrupt_lost_runs
from sessions.models import Session
from tests.workspace.processes import (
    DEADLINE_SECONDS,
    FOREVER,
    descendants,
    is_alive,
    start,
    wait_for_output,
    wait_until,
)


@pytest.fixture
def write(tmp_path: Path) -> Any:  # Any: a small function
    def write_script(source: str) -> str:
        path = tmp_path / "script.lua"
        path.write_text(source)
        return str(path)

    return write_script


def run_script(environment: dict[str, str], *words: str) -> "tuple[int, str, str]":
    with start(environment, "run_script", *words) as process:
        out, err = process.communicate(timeout=DEADLINE_SECONDS)
        return process.returncode, out, err


def test_succeeds_with_the_console_first_and_the_result_last(
    process_environment: dict[str, str], owner: User, write: Any
) -> None:
    path = write("print('out') io.stderr:write('err\\n') return {answer = 42}")
    assert run_script(process_environment, path) == (0, 'out\n{\n  "answer": 42\n}\n', "err\n")


def test_a_script_error_is_1(process_environment: dict[str, str], owner: User, write: Any) -> None:
    code, out, err = run_script(process_environment, write("print('out')\nerror('my words')"))
    assert (code, out) == (1, "out\n")
    assert "script.lua:2: my words" in err
    assert "stack traceback" in err
    assert "Traceback (most recent call last)" not in err


def test_a_limit_is_3_and_says_which(process_environment: dict[str, str], owner: User, write: Any) -> None:
    path = write("for i = 1, 9 do pcall(Session.list) print(i) end")
    code, out, err = run_script(process_environment, path, "--limit", "api_calls=2")
    assert (code, out) == (3, "1\n2\n")
    assert err == "limit reached: api_calls (used 2 of 2)\n"


def test_usage_is_2_and_creates_nothing(process_environment: dict[str, str], owner: User) -> None:
    code, out, err = run_script(process_environment, "missing.lua")
    assert (code, out) == (2, "")
    assert "missing.lua" in err
    assert "Traceback" not in err
    assert not Run.objects.exists()


def test_json_is_the_whole_output(process_environment: dict[str, str], owner: User, write: Any) -> None:
    path = write("print('out')\nio.stderr:write('err')\nlocal s = Session.create()\nerror('oops ' .. s)")
    code, out, err = run_script(process_environment, path, "--json")
    assert (code, err, out.count("\n")) == (1, "", 1)
    facts = json.loads(out)
    session = str(Session.objects.get().pk)
    assert facts.pop("usage")["api_calls"] == {"used": 1, "allowed": 10_000}
    assert facts.pop("error")["message"] == f"script.lua:4: oops {session}"
    assert facts == {
        "status": "failed",
        "limit": None,
        "result": None,
        "console": [{"stream": "stdout", "text": "out\n"}, {"stream": "stderr", "text": "err"}],
        "sessions": [session],
        "artifacts": [],
    }


def test_a_new_data_directory_needs_nothing_first(tmp_path: Path, write: Any) -> None:
    environment = {"PATH": os.environ["PATH"], "LLMSPELL_DATA_DIR": str(tmp_path / "deep" / "var")}
    code, out, err = run_script(environment, write("return Session.get(Session.create()).created_by"), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["result"] == "local"
    assert json.loads(run_script(environment, write("return #Session.list()"), "--json")[1])["result"] == 1
    elsewhere = environment | {"LLMSPELL_DATA_DIR": str(tmp_path / "other")}
    assert json.loads(run_script(elsewhere, write("return #Session.list()"), "--json")[1])["result"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_run(number: int, process_environment: dict[str, str], owner: User, write: Any) -> None:
    with start(process_environment, "run_script", write(FOREVER)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"  # as it happens, not at the end
        process.send_signal(number)
        _, err = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, err) == (4, "stopped\n")
    run = Run.objects.get()
    assert (run.status, run.output.get().text) == ("stopped", "started\n")


def test_a_killed_run_is_swept_as_interrupted_with_its_output(
    process_environment: dict[str, str], owner: User, write: Any
) -> None:
    with start(process_environment, "run_script", write(FOREVER)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        wait_for_output(Run.objects.get())
        sandboxes = descendants(process.pid)
        assert sandboxes
        process.send_signal(signal.SIGKILL)
        process.wait(DEADLINE_SECONDS)
    wait_until(lambda: not any(map(is_alive, sandboxes)), "the sandboxes of a killed process end with it")
    assert interrupt_lost_runs() == 0
    Run.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=60))
    assert interrupt_lost_runs() == 1
    run = Run.objects.get()
    assert (run.status, run.output.get().text) == ("interrupted", "started\n")
    assert run.ended_at
    assert "output so far is kept" in run.error_message


def test_a_console_that_nobody_reads_stops_the_run(
    process_environment: dict[str, str], owner: User, write: Any
) -> None:
    path = write("while true do for _ = 1, 1e5 do end print('more') end")
    with start(process_environment, "run_script", path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        process.wait(DEADLINE_SECONDS)
    assert (process.returncode, errors) == (4, "stopped\n")
    assert Run.objects.get().status == "stopped"


def test_arguments_and_options(process_environment: dict[str, str], owner: User, teammate: User, write: Any) -> None:
    session = Session.objects.create(
        name="s", team=owner.default_team, created_by=owner, created_at=timezone.now(), updated_at=timezone.now()
    )
    path = write("return {arg[0], ARGS.mode, ARGS[1], ARGS.empty, Session.getCurrent(), Session.get().name}")
    words = ["--arg", "mode=a=b", "--arg", "first", "--arg", "empty=", "--session", str(session.pk)]
    code, out, _ = run_script(process_environment, path, *words, "--user", "teammate", "--json")
    assert (code, json.loads(out)["result"]) == (0, ["script.lua", "a=b", "first", "", str(session.pk), "s"])
    assert Run.objects.get().user == teammate


def test_bytes_on_the_command_line_that_are_no_text(
    process_environment: dict[str, str], owner: User, write: Any
) -> None:
    command = [b"run_script", os.fsencode(write("return 1")), b"--arg", b"name=\xff"]
    with start(process_environment, *map(os.fsdecode, command)) as process:
        _, err = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 2
    assert "--arg" in err
    assert "Traceback" not in err


def test_ascii_terminals_do_not_fail_a_run(process_environment: dict[str, str], owner: User, write: Any) -> None:
    environment = process_environment | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with start(environment, "run_script", write("print('é') return 'é'")) as process:
        out, err = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, out, err) == (0, 'é\n"é"\n', "")
