"""What a page of a long list of sessions takes, by any filter, on both databases."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figures import Figure
from tests.tools.postgres import PostgresServer
from tests.tools.server import ROOT

SESSIONS = 100_000  # unless the environment says otherwise (`make bench SESSIONS=1000000`)
PAGE_GOAL = 50
LIST_GOAL = 2.5  # times the bare view


def measure(folder: Path) -> list[Figure]:
    sessions = os.environ.get("SESSIONS") or str(SESSIONS)
    figures = []
    for name, database in DATABASES:
        with database() as environment:
            data = {"PATH": os.environ["PATH"], "LLMSPELL_DATA_DIR": str(folder / f"lists-{name}"), **environment}
            command = [sys.executable, "-m", "tests.bench.list_times", sessions]
            finished = subprocess.run(command, cwd=ROOT, env=data, stdout=subprocess.PIPE, text=True, check=True)
        figures += list(_figures(name, int(sessions), json.loads(finished.stdout)))
    return figures


def _figures(database: str, sessions: int, times: dict[str, list[float]]) -> Iterator[Figure]:
    where = f"{database}, {sessions:,} sessions"
    bare = Figure(f"{where}: a bare view of 50 rows", times.pop("bare"))
    yield bare
    plain = times.pop("plain")
    yield Figure(f"{where}: the list", plain, goal=LIST_GOAL * bare.median, floor=bare.median, floor_name=BARE)
    for name, samples in times.items():
        goal = None if name.startswith("counts") else PAGE_GOAL
        yield Figure(f"{where}: {name}", samples, goal=goal, judged="p95", floor=bare.median, floor_name=BARE)


BARE = "the bare view"


@contextmanager
def _no_server() -> Iterator[dict[str, str]]:
    yield {}


@contextmanager
def _postgres() -> Iterator[dict[str, str]]:
    server = PostgresServer()
    try:
        yield {"DATABASE_URL": server.url}
    finally:
        server.stop()


DATABASES = (("SQLite", _no_server), ("PostgreSQL", _postgres))
