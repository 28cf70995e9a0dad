"""Contents made searchable by processes, for real: started by a runner, two at once, and killed in the middle."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from artifacts.blobs import write_blob
from artifacts.models import Blob, ContentWords
from llmspell_web.teams.models import User
from tests.workspace.processes import DEADLINE_SECONDS, descendants, is_alive, start, wait_until

MANY = 600


@pytest.fixture
def contents(transactional_db: None, make_user: Callable[..., User], process_environment: dict[str, str]) -> int:
    """Text of several kilobytes each, of words that no other has."""
    make_user("owner")
    for number in range(MANY):
        text = " ".join(f"w{number}x{word}" for word in range(400))
        write_blob(text.encode(), max_bytes=1_000_000)
    return MANY


def count_waiting() -> int:
    return Blob.objects.waiting().count()


def assert_each_once() -> None:
    assert count_waiting() == 0
    assert ContentWords.objects.count() == ContentWords.objects.values("blob").distinct().count() == MANY


def test_a_runner_has_it_done(contents: int, process_environment: dict[str, str]) -> None:
    with start(process_environment, "runner") as runner:
        wait_until(lambda: count_waiting() == 0, "the last content")
        children = descendants(runner.pid)
        runner.send_signal(signal.SIGTERM)
        assert runner.wait(DEADLINE_SECONDS) == 0
        wait_until(lambda: not any(map(is_alive, children)), "the end of its processes")
    assert_each_once()


def test_it_does_not_outlive_a_killed_runner(contents: int, process_environment: dict[str, str]) -> None:
    def indexers() -> list[int]:
        names = {pid: Path(f"/proc/{pid}/cmdline") for pid in descendants(runner.pid) if is_alive(pid)}
        return [pid for pid, path in names.items() if b"index_contents" in path.read_bytes()]

    with start(process_environment, "runner") as runner:
        wait_until(lambda: bool(indexers()), "its start")
        found = indexers()
        runner.send_signal(signal.SIGKILL)
        wait_until(lambda: not any(map(is_alive, found)), "its end")


def test_a_killed_one_loses_and_repeats_nothing(contents: int, process_environment: dict[str, str]) -> None:
    with start(process_environment, "index_contents") as victim:
        wait_until(lambda: count_waiting() < MANY, "the first batch")
        victim.send_signal(signal.SIGKILL)
        victim.wait(DEADLINE_SECONDS)
    left = count_waiting()
    assert 0 < left < MANY
    with start(process_environment, "index_contents") as process:
        assert process.wait(DEADLINE_SECONDS) == 0
        assert process.stdout is not None
        assert process.stdout.read() == f"{left} contents indexed\n"
    assert_each_once()


def test_two_at_once_do_it_once(contents: int, process_environment: dict[str, str]) -> None:
    with start(process_environment, "index_contents") as one, start(process_environment, "index_contents") as other:
        assert one.wait(DEADLINE_SECONDS) == other.wait(DEADLINE_SECONDS) == 0
        assert one.stdout is not None
        assert other.stdout is not None
        counts = [int(process.stdout.read().split()[0]) for process in (one, other) if process.stdout]
    assert sum(counts) == MANY
    assert_each_once()


def test_one_without_a_parent_does_nothing(contents: int, process_environment: dict[str, str]) -> None:
    with start(process_environment, "index_contents", "--parent", str(os.getppid())) as orphan:
        assert orphan.wait(DEADLINE_SECONDS) == 0
    assert count_waiting() == MANY
