"""What searching inside contents takes: making the index, its size, and asking it, on both databases."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.lists import DATABASES, PAGE_GOAL
from tests.tools.server import ROOT

CONTENTS = 100_000  # unless the environment says otherwise (`make bench CONTENTS=1000000`)


def measure(folder: Path) -> list[Figure]:
    contents = os.environ.get("CONTENTS") or str(CONTENTS)
    figures = []
    for name, database in DATABASES:
        with database() as environment:
            data = {"PATH": os.environ["PATH"], "LLMSPELL_DATA_DIR": str(folder / f"contents-{name}"), **environment}
            command = [sys.executable, "-m", "tests.bench.content_times", contents]
            finished = subprocess.run(command, cwd=ROOT, env=data, stdout=subprocess.PIPE, text=True, check=True)
        figures += list(_figures(f"{name}, {int(contents):,} contents", json.loads(finished.stdout)))
    return figures


def _figures(where: str, values: dict[str, list[float]]) -> Iterator[Figure]:
    for what, samples in values.items():
        if what.startswith("search"):
            yield Figure(f"{where}: {what}", samples, goal=PAGE_GOAL, judged="p95")
        else:
            unit = "MB/s" if what.startswith("indexing") else "bytes a byte of text"
            yield Figure(f"{where}: {what}", samples, unit=unit, at_least=unit == "MB/s")
