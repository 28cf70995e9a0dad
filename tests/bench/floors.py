"""What nobody can go below: a bare Django view behind the same server, bare SQLite statements."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

from tests.bench.client import Client
from tests.bench.figures import repeat
from tests.tools.server import ROOT, free_port


@contextmanager
def bare_server(module: str = "bare", **environment: str) -> Iterator[tuple[str, float]]:
    """A bare Django of this folder behind granian: its address, and the milliseconds until its first answer."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-ws"]
    command += ["--log-level", "error", f"tests.bench.{module}:application"]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, env=os.environ | environment)
    try:
        while not _answers(port):
            time.sleep(0.005)
        yield f"http://127.0.0.1:{port}", (time.perf_counter() - started) * 1000
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
        return True
    except OSError:
        return False
    finally:
        connection.close()


def bare_view(url: str) -> list[float]:
    """Milliseconds of one request on a keep-alive connection."""
    client = Client(url)
    return repeat(300, lambda: client.get("/"))


def bare_statements(folder: Path) -> tuple[float, float]:
    """Milliseconds (median) of one SELECT by key and of one committed INSERT of 1 KB, WAL, synchronous=NORMAL."""
    connection = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE t (id BLOB PRIMARY KEY, c)"
    )
    keys: list[bytes] = []

    def insert() -> None:
        keys.append(uuid4().bytes)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t VALUES (?, ?)", (keys[-1], "x" * 1024))
        connection.execute("COMMIT")

    inserts = sorted(repeat(1000, insert))
    selects = sorted(repeat(1000, lambda: connection.execute("SELECT * FROM t WHERE id = ?", (keys[0],)).fetchone()))
    connection.close()
    return selects[500], inserts[500]
