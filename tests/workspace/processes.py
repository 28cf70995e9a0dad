"""Processes of the product on the test database, and waiting for what they do."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from llmspell_web.web.bell import Bell
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.runs import topic

ROOT = Path(__file__).parents[2]
DEADLINE_SECONDS = 120  # for what takes a second on an idle machine
FOREVER = "print('started') while true do end"


@contextmanager
def start(environment: dict[str, str], *words: str) -> Iterator["subprocess.Popen[str]"]:
    """`manage.py …`, with its output in pipes. Killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(condition: Callable[[], bool], what: str, bell: Bell | None = None) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {DEADLINE_SECONDS} seconds: {what}"
        if bell:
            bell.wait(0.1)
        else:
            time.sleep(0.01)  # what a process of the kernel's does rings no bell


def wait_for_output(run: Run) -> None:
    """Until the run has printed something."""
    with Bell(topic(run.pk)) as bell:
        wait_until(run.output.exists, "output", bell)


def wait_for_end(run: Run) -> Run:
    def has_ended() -> bool:
        run.refresh_from_db()
        return run.is_finished

    with Bell(topic(run.pk)) as bell:
        wait_until(has_ended, f"the end of {run}", bell)
    return run


def descendants(pid: int) -> list[int]:
    """The processes below this one."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *descendants(child)]
    return found


def is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
