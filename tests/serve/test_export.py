"""Exports of a served product: a part of one never passes for the whole, and who goes away takes nothing along."""

import os
import signal
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path

import pytest

from llmspell_web.web.generated import DOWNLOADS_MAX
from tests.serve.account import MAKE_ACCOUNT
from tests.serve.test_serve import children_of, wait_for
from tests.tools.server import ROOT, Server

SESSIONS = 12_000  # some megabytes: far from all of it is on its way before the reader has begun


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "data") as server:
        yield server


@pytest.fixture
def cookie(server: Server) -> str:
    """Of an account that sees SESSIONS sessions."""
    printed = manage(server, "shell", "-v0", "-c", MAKE_ACCOUNT)
    manage(server, "seed_sample", "--sessions", str(SESSIONS), "--artifacts", "0")
    return printed.strip()


def manage(server: Server, *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True)
    return done.stdout


def start(server: Server, cookie: str, encoding: str = "identity") -> HTTPResponse:
    """What comes from a connection that ends with it."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Cookie": cookie, "Accept-Encoding": encoding, "Connection": "close"}
    connection.request("GET", "/sessions/export?format=jsonl&all", headers=headers)
    return connection.getresponse()


def status(server: Server, cookie: str) -> int:
    with start(server, cookie) as response:
        return response.status


def rename_tags(server: Server, old: str, new: str) -> None:
    database = sqlite3.connect(server.data_directory / "llmspell.sqlite3", timeout=30)
    database.execute(f"ALTER TABLE {old} RENAME TO {new}")
    database.close()


def test_a_part_never_passes_for_the_whole(server: Server, cookie: str) -> None:
    whole = start(server, cookie, "gzip").read()
    assert zlib.decompress(whole, wbits=31).count(b"\n") == SESSIONS
    for encoding in ("gzip", "identity"):
        response = start(server, cookie, encoding)
        content = response.read(1000)
        rename_tags(server, "llmspell_sessions_sessiontag", "gone")
        content += response.read()
        rename_tags(server, "gone", "llmspell_sessions_sessiontag")
        if encoding == "gzip":
            with pytest.raises(zlib.error, match="invalid block type"):
                zlib.decompressobj(wbits=31).decompress(content)
        else:
            assert content.endswith(b"this file is not complete.\r\n")
    response = start(server, cookie)
    response.read(1000)
    for child in children_of(server):
        with suppress(ProcessLookupError):  # it went with the one that was killed before it
            os.kill(child.pid, signal.SIGKILL)
    with response, pytest.raises((IncompleteRead, ConnectionError)):
        response.read()


def test_who_goes_away_leaves_the_place_to_others(server: Server, cookie: str) -> None:
    for _ in range(3):
        wait_for(lambda: begin_as_many_as_there_may_be(server, cookie), "somebody who is gone still has a place")


def begin_as_many_as_there_may_be(server: Server, cookie: str) -> bool:
    """Whether all of them were served, and one more was not. All are left after the first bytes."""
    held = [start(server, cookie) for _ in range(DOWNLOADS_MAX)]
    one_more = status(server, cookie)
    for response in held:
        response.read(1000)
        response.close()
    return {response.status for response in held} == {200} and one_more == 409
