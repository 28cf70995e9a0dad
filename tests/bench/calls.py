"""What one call of the Lua API costs: many calls in one run, less what an empty loop of the same run costs."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bench.figures import Figure
from tests.tools.server import ROOT

CALLS = 500
RUNS = 9
PREPARE = 'local id = Session.create({name = "bench", tags = {"a", "b"}}) Session.setCurrent(id)\n'
LOOP = "for i = 1, {calls} do {body} end"
GET = "Session.get(id)"
CREATE = 'Session.create({name = "bench " .. i, tags = {"a", "b"}})'
STORE = 'Artifact.store(id, "tool_result", "a" .. i, string.rep("x", 1016) .. string.format("%08d", i))'


def measure(folder: Path, select: float, insert: float) -> list[Figure]:
    empty = sorted(_seconds(folder, "local _ = i") for _ in range(RUNS))[RUNS // 2]

    def cost(body: str) -> list[float]:
        return [(_seconds(folder, body) - empty) / CALLS * 1000 for _ in range(RUNS)]

    return [
        Figure("Session.get from Lua", cost(GET), goal=0.6, floor=select, floor_name="one bare SELECT"),
        Figure("Session.create from Lua", cost(CREATE), goal=1.5, floor=insert, floor_name="one bare INSERT"),
        Figure("Artifact.store of 1 KB from Lua", cost(STORE), goal=1.5, floor=insert, floor_name="one bare INSERT"),
    ]


def _seconds(folder: Path, body: str) -> float:
    """Wall time of the run itself, as its usage says; start-up of the command does not count."""
    script = folder / "calls.lua"
    script.write_text(PREPARE + LOOP.format(calls=CALLS, body=body))
    environment = {"PATH": os.environ["PATH"], "LLMSPELL_DATA_DIR": str(folder / "calls")}
    command = [sys.executable, "manage.py", "run_script", str(script), "--json"]
    finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise RuntimeError(f"run_script failed: {finished.stdout} {finished.stderr}")
    return float(json.loads(finished.stdout)["usage"]["wall_seconds"]["used"])
