"""Uploads that break: short, of a wrong length, given up, or ended by a killed server. Nothing of them is seen."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from tests.serve.account import MAKE_ACCOUNT
from tests.serve.test_serve import wait_for
from tests.tools.server import ROOT, Server

MAKE_SESSION = f"""{MAKE_ACCOUNT}
from sessions.services import create_session
print(create_session(user, name="Uploads").pk)
"""
COUNT = """
from artifacts.models import Artifact, Blob
print(Artifact.objects.count(), Blob.objects.count())
"""
SIZE = "from artifacts.models import Blob; print(Blob.objects.get().size)"
TOKEN = "a" * 32
BOUNDARY = "----nothing-else"
BODY_BYTES = 30_000_000
FORM = b"".join(
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
    for key, value in {"csrfmiddlewaretoken": TOKEN, "type": "user_input"}.items()
)
FORM += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="content"; filename="big.bin"\r\n\r\n'.encode()
END = f"\r\n--{BOUNDARY}--\r\n".encode()


def manage(server: Server, *words: str) -> str:
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=ROOT, env=server.environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "tmp").mkdir()
    with Server(tmp_path / "data", {"TMPDIR": str(tmp_path / "tmp")}) as server:
        yield server


def begin(server: Server, cookie: str, session: str, *, length: int, sent: int = BODY_BYTES // 2) -> socket.socket:
    """An upload of which all but the end is sent."""
    head = f"POST /sessions/{session}/store HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}; csrftoken={TOKEN}\r\n"
    head += f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n"
    sending = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    sending.sendall(head.encode() + FORM + os.urandom(sent))
    return sending


def kill_everything(server: Server) -> None:
    processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # it went with the one that was killed before it
            process.kill()
    assert psutil.wait_procs(processes, timeout=20)[1] == []


def remains(server: Server) -> list[Path]:
    """Files of contents and of uploads."""
    folders = [server.data_directory / name for name in ("files", "uploads")]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def make_old(server: Server) -> None:
    for path in remains(server):
        os.utime(path, (1, 1))


def sweep_all(server: Server) -> bool:
    """Whether nothing is left, once all that is there has been old."""
    make_old(server)
    manage(server, "sweep_blobs")
    return not remains(server)


def wait_for_remains(server: Server, *, at_least: int) -> None:
    wait_for(lambda: sum(path.stat().st_size for path in remains(server)) >= at_least, "nothing arrives")


def test_a_broken_upload_leaves_nothing(server: Server) -> None:
    cookie, session = manage(server, "shell", "-v0", "-c", MAKE_SESSION).split()
    begin(server, cookie, session, length=BODY_BYTES).close()  # the client goes away
    with begin(server, cookie, session, length=BODY_BYTES) as cut:
        cut.shutdown(socket.SHUT_WR)  # the body ends short of its length
        cut.recv(1000)
    with begin(server, cookie, session, length=5000, sent=5000) as wrong:  # the length ends within the body
        status = wrong.recv(1000).split(b"\r\n")[0]
        assert status.split()[1] in {b"400", b"422"}
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", f"/sessions/{session}/", headers={"Cookie": cookie})
    page = connection.getresponse().read().decode()
    connection.close()
    assert "Uploads" in page
    assert "big.bin" not in page
    assert manage(server, "shell", "-v0", "-c", COUNT).split() == ["0", "0"]
    deadline = time.monotonic() + 20
    while left := remains(server):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def test_a_server_killed_in_mid_upload_leaves_nothing_to_see(server: Server) -> None:
    cookie, session = manage(server, "shell", "-v0", "-c", MAKE_SESSION).split()
    with begin(server, cookie, session, length=BODY_BYTES):
        wait_for_remains(server, at_least=1_000_000)
        kill_everything(server)
    server.stop()
    server.start()
    assert manage(server, "shell", "-v0", "-c", COUNT).split() == ["0", "0"]
    left = sum(path.stat().st_size for path in remains(server))
    assert manage(server, "sweep_blobs").startswith("Removed 0 contents and 0 files")  # it might be going on
    make_old(server)
    assert manage(server, "sweep_blobs", "--dry-run").startswith(f"Would remove 0 contents and 1 files: {left} bytes")
    assert manage(server, "sweep_blobs").startswith(f"Removed 0 contents and 1 files: {left} bytes")
    assert remains(server) == []
    assert list((server.data_directory.parent / "tmp").iterdir()) == []


def test_an_upload_that_a_sweep_overtakes_is_stored_whole(server: Server) -> None:
    cookie, session = manage(server, "shell", "-v0", "-c", MAKE_SESSION).split()
    half = BODY_BYTES // 2
    with begin(server, cookie, session, length=len(FORM) + BODY_BYTES + len(END), sent=half) as slow:
        wait_for_remains(server, at_least=half // 2)
        wait_for(lambda: sweep_all(server), "the file of the upload is not swept")
        slow.sendall(os.urandom(BODY_BYTES - half) + END)
        assert slow.recv(1000).split()[1] == b"302"
    assert manage(server, "shell", "-v0", "-c", COUNT).split() == ["1", "1"]
    assert manage(server, "verify_blobs") == "1 contents checked, 0 damaged.\n"
    assert manage(server, "shell", "-v0", "-c", SIZE).strip() == str(BODY_BYTES)
