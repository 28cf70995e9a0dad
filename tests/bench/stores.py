"""What storing a large text takes, beside hashing, compressing and writing the same bytes."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bench.figures import Figure
from tests.tools.server import ROOT

GOAL = 1.4  # times the parts alone


def measure(folder: Path) -> list[Figure]:
    environment = {"PATH": os.environ["PATH"], "LLMSPELL_DATA_DIR": str(folder / "stores")}
    command = [sys.executable, "-m", "tests.bench.store_times"]
    finished = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    times: dict[str, list[list[float]]] = json.loads(finished.stdout)
    samples, processor = times.pop("the parts alone")
    parts = Figure("SHA-256, zstd(3) and a file of 10 MB of text", samples, processor=processor)
    return [
        parts,
        *(
            Figure(
                f"storing 10 MB of text: {how}",
                samples,
                goal=GOAL * parts.median,
                floor=parts.median,
                floor_name="its parts",
                processor=processor,
            )
            for how, (samples, processor) in times.items()
        ),
    ]
