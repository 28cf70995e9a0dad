"""Bells: a ring wakes who waits, is never lost to who listens, and costs nothing where nobody does."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pytest_django import Settings

from llmspell_web.web.bell import Bell, ring


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "var"
    return tmp_path / "var" / "bells"


def test_a_ring_wakes_everyone_who_listens() -> None:
    with Bell("a") as one, Bell("a") as two, Bell("b") as other:
        ring("a")
        assert one.wait(5)
        assert two.wait(5)
        assert not other.wait(0)


def test_a_ring_before_the_wait_is_heard_once() -> None:
    with Bell("a") as bell:
        ring("a")
        ring("a")
        assert bell.wait(0)
        assert not bell.wait(0)


def test_topics_that_begin_alike_are_apart() -> None:
    with Bell("run-1") as bell:
        ring("run-11")
        ring("run-")
        assert not bell.wait(0)


def test_a_waiting_thread_wakes() -> None:
    heard: list[bool] = []
    with Bell("a") as bell:
        waiter = threading.Thread(target=lambda: heard.append(bell.wait(30)))
        waiter.start()
        ring("a")
        waiter.join(10)
    assert heard == [True]


def test_nobody_listens(folder: Path) -> None:
    ring("a")
    with Bell("a"):
        pass
    ring("a")
    assert os.listdir(folder) == []


def test_a_ring_never_blocks() -> None:
    with Bell("a") as bell:
        for _ in range(5000):
            ring("a")
        assert bell.wait(0)
        assert not bell.wait(0)


def test_what_a_dead_process_left_is_cleared(folder: Path) -> None:
    folder.mkdir(parents=True)
    path = folder / "a.1.0"
    program = "import socket, sys; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, str(path)], check=True)
    assert path.exists()
    ring("a")
    assert not path.exists()


def test_the_path_may_be_longer_than_a_socket_address(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / ("x" * 200)
    with Bell("a") as bell:
        ring("a")
        assert bell.wait(5)


def test_the_folder_is_the_servers_alone(folder: Path) -> None:
    ring("a")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_no_descriptor_is_left() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        with Bell("a"):
            ring("a")
    assert len(os.listdir("/proc/self/fd")) == before
