"""What the page of a session with 10,000 artifacts takes beside that of one with 50, on both databases."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.lists import DATABASES
from tests.tools.server import ROOT

GOAL = 1.2  # times the page with few: what as fast means between two samples of one thing


def measure(folder: Path) -> list[Figure]:
    figures = []
    for name, database in DATABASES:
        with database() as environment:
            data = {"PATH": os.environ["PATH"], "LLMSPELL_DATA_DIR": str(folder / f"pages-{name}"), **environment}
            command = [sys.executable, "-m", "tests.bench.session_page_times"]
            finished = subprocess.run(command, cwd=ROOT, env=data, stdout=subprocess.PIPE, text=True, check=True)
        figures += list(_figures(name, json.loads(finished.stdout)))
    return figures


def _figures(database: str, times: dict[str, dict[str, list[float]]]) -> Iterator[Figure]:
    for page, ((few, floor), (many, samples)) in ((page, tuple(of.items())) for page, of in times.items()):
        least = Figure("", floor).median
        name = f"{database}, a session with {int(many):,} artifacts: {page}"
        yield Figure(name, samples, goal=GOAL * least, floor=least, floor_name=f"one with {few}")
