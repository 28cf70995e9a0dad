"""What one call of the Lua API costs: from one call's arrival at the host to the next one's, which is the whole round
trip, the host's work and the script's own step in the loop."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bench.figures import Figure
from tests.tools.server import ROOT


def measure(folder: Path, select: float, insert: float) -> list[Figure]:
    environment = {"PATH": os.environ["PATH"], "LLMSPELL_DATA_DIR": str(folder / "calls")}
    command = [sys.executable, "-m", "tests.bench.call_intervals"]
    finished = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    intervals: dict[str, list[float]] = json.loads(finished.stdout)
    goals = {"Session.get": (0.6, select), "Session.create": (1.5, insert), "Artifact.store": (1.5, insert)}
    return [
        Figure(
            f"{function} from Lua" + (" (1 KB)" if function == "Artifact.store" else ""),
            intervals[function],
            goal=goal,
            floor=floor,
            floor_name="one bare SELECT" if function == "Session.get" else "one bare INSERT",
        )
        for function, (goal, floor) in goals.items()
    ]
