"""What a page of a long list of sessions or of artifacts takes, by any filter, and what a member of many teams sees, on
both databases."""

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

# Unless the environment says otherwise (`make bench SESSIONS=1000000 ARTIFACTS=5000000`).
ROWS = {"sessions": 100_000, "artifacts": 100_000}
PAGE_GOAL = 50
LIST_GOAL = 2.5  # times the bare view
PLAIN = "the list"  # as `list_times` calls it


def measure(folder: Path) -> list[Figure]:
    figures = []
    for name, database in DATABASES:
        counts = {what: os.environ.get(what.upper()) or str(usual) for what, usual in ROWS.items()}
        asked = {what: ["tests.bench.list_times", what, count] for what, count in counts.items()}
        asked["sessions in many teams"] = ["tests.bench.team_times", counts["sessions"]]
        for what, command in asked.items():
            with database() as environment:
                place = {"LLMSPELL_DATA_DIR": str(folder / f"{what}-{name}"), **environment}
                data = {"PATH": os.environ["PATH"], **place}
                python = [sys.executable, "-m", *command]
                finished = subprocess.run(python, cwd=ROOT, env=data, stdout=subprocess.PIPE, text=True, check=True)
            figures += list(_figures(f"{name}, {int(command[-1]):,} {what}", json.loads(finished.stdout)))
    return figures


def _figures(where: str, times: dict[str, list[list[float]]]) -> Iterator[Figure]:
    """`times`: by the clock and of the processors, as `list_times` prints them."""
    samples, processor = times.pop("bare")
    bare = Figure(f"{where}: a bare view of 50 rows", samples, processor=processor)
    yield bare
    for name, (samples, processor) in times.items():
        goal, judged = (LIST_GOAL * bare.median, "median") if name == PLAIN else (PAGE_GOAL, "p95")
        yield Figure(
            f"{where}: {name}",
            samples,
            goal=None if name.startswith("counts") else goal,
            judged=judged,
            floor=bare.median,
            floor_name="the bare view",
            processor=processor,
        )


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
