"""Hostile scripts run by a served product: each is brought to an end, and pages are answered all the while."""

import os
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

from tests.lua.test_hostile import LIMITS, OWN, SHARED
from tests.serve.account import MAKE_ACCOUNT
from tests.tools.server import ROOT, Server

SECONDS = 150  # for all of them; each alone is bounded by its limits
PAGE_SECONDS = 5  # on a machine whose cores are all taken by the scripts
QUEUE_THEM = f"""{MAKE_ACCOUNT}
import sys
from llmspell_web.workspace.limits import lower_limits
from llmspell_web.workspace.runs import create_run

for path in sys.stdin.read().split("\\0"):
    create_run(user, source=open(path, "rb").read().decode(), limits=lower_limits(LIMITS))
"""


def queue_all(server: Server, paths: list[Path]) -> str:
    """Has the product queue the scripts; returns the cookie of the account that asked."""
    source = QUEUE_THEM.replace("LIMITS", repr({**LIMITS, "cpu_seconds": "0.5"}))
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", source]
    asked = subprocess.run(
        command,
        cwd=ROOT,
        env=server.environment,
        input="\0".join(map(os.fspath, paths)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return asked.stdout.strip()


def get(server: Server, path: str, cookie: str) -> str:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PAGE_SECONDS)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        response = connection.getresponse()
        assert response.status == 200
        return response.read().decode()
    finally:
        connection.close()


def test_pages_are_answered_while_hostile_scripts_run(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        cookie = queue_all(server, [*SHARED, *OWN])
        deadline = time.monotonic() + SECONDS
        while "0 queued, 0 running" not in get(server, "/status/", cookie):
            assert time.monotonic() < deadline, "some script was not brought to an end"
            assert "<h1>Runs</h1>" in get(server, "/runs/", cookie)
            assert "<h1>Sessions</h1>" in get(server, "/sessions/", cookie)
        assert "interrupted" not in get(server, "/runs/", cookie).lower()
