"""What `make serve` starts, survives and refuses: real processes, seen from outside."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from tests.tools.server import ROOT, Server, free_port

PATIENCE_SECONDS = 20


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "data") as server:
        yield server


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def children_of(server: Server) -> list[psutil.Process]:
    return psutil.Process(server.pid).children(recursive=True)


def find_child(server: Server, word: str) -> psutil.Process | None:
    """The first process below the supervisor with this word in its command."""
    for child in children_of(server):
        try:
            if word in child.cmdline():
                return child
        except psutil.NoSuchProcess:
            continue
    return None


def answers(server: Server) -> bool:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request("GET", "/login/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def refusal(*arguments: str, data_folder: Path) -> tuple[int, str]:
    environment = {"PATH": os.environ["PATH"], "LLMSPELL_DATA_DIR": str(data_folder)}
    command = [sys.executable, "-m", "llmspell_web.serve", *arguments]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return ended.returncode, ended.stderr


def test_prints_one_link_and_nothing_else(server: Server) -> None:
    assert server.first_run_link().startswith(f"{server.url}/welcome/")
    assert len(server.lines) == 1


def test_prints_the_address_once_somebody_can_log_in(server: Server) -> None:
    set_password = "from llmspell_web.teams.models import User; User.objects.create_user('ada', password='long enough')"
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", set_password]
    subprocess.run(command, cwd=ROOT, env=server.environment, check=True)
    server.stop()
    server.lines.clear()
    server.start()
    wait_for(lambda: server.lines, "no address printed")
    assert server.lines == [f"LLMSpell Web is at {server.url}/"]


def test_data_is_for_this_account_alone(server: Server) -> None:
    assert stat.S_IMODE(server.data_directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.data_directory / "secret_key").stat().st_mode) == 0o600


def test_in_a_folder_open_to_all_its_files_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o755)
    with Server(folder):
        modes = {path.name: path.stat().st_mode & 0o077 for path in folder.rglob("*") if not path.is_socket()}
    assert modes["llmspell.sqlite3"] == 0
    assert not any(modes.values()), modes


def test_no_process_is_left_when_it_is_told_to_end(server: Server) -> None:
    wait_for(lambda: len(children_of(server)) >= 4, "not every process was started")
    children = children_of(server)
    server.stop()
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_SECONDS)
    assert not alive


def test_no_process_is_left_when_it_is_killed(server: Server) -> None:
    children = children_of(server)
    os.kill(server.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_SECONDS)
    assert not alive


@pytest.mark.parametrize("word", ["granian", "runner"])
def test_a_killed_process_is_replaced(server: Server, word: str) -> None:
    wait_for(lambda: find_child(server, word), f"{word} never started")
    killed = find_child(server, word)
    assert killed is not None
    killed.kill()
    wait_for(lambda: (new := find_child(server, word)) and new.pid != killed.pid, f"no other {word} was started")
    wait_for(lambda: answers(server), "pages are not served again")


def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = refusal("--port", str(port), data_folder=tmp_path)
    assert code == 2
    assert said.startswith(f"Port {port} on 127.0.0.1 cannot be used (Address already in use)")
    assert f"make serve PORT={port + 1}" in said
    assert said.count("\n") == 1


def test_a_data_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, said = refusal("--port", str(free_port()), data_folder=tmp_path / "file" / "data")
    assert code == 2
    assert said.startswith(f"The data folder {tmp_path / 'file' / 'data'} cannot be written (Not a directory)")
    assert "LLMSPELL_DATA_DIR" in said
    assert said.count("\n") == 1


def test_two_installations_do_not_meet(server: Server, tmp_path: Path) -> None:
    with Server(tmp_path / "other") as other:
        assert other.first_run_link() != server.first_run_link()
        keys = [(folder / "secret_key").read_text() for folder in (server.data_directory, other.data_directory)]
        assert keys[0] != keys[1]
