"""Every hostile script is bounded, contained and explained, and the next run works.

Line 1 of a case says how it must end: `-- expect: ok|error|cpu|wall|output|calls|memory [; text=/…/] [; out=/…/]`;
`text` is a pattern on the error's message, `out` one on the console.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from llmspell_web.lua import Limits

from .conftest import MemoryHost, Runner

OWN = Path(__file__).parent / "hostile"
SHARED = Path(__file__).parents[3] / "shared" / "cases" / "hostile"
CASES = [*sorted(OWN.glob("*.lua")), *(sorted(SHARED.glob("*.lua")) if SHARED.is_dir() else [])]
LIMITS = Limits(cpu_seconds=4, wall_seconds=20, output_bytes=256 * 1024, api_calls=500)
SHORT = replace(LIMITS, cpu_seconds=0.3)
ENDINGS = {
    "ok": "succeeded",
    "error": "failed",
    "syntax": "failed",
    "protocol": "failed",
    "traffic": "failed",
    "cpu": "cpu_seconds",
    "wall": "wall_seconds",
    "output": "output_bytes",
    "calls": "api_calls",
    "memory": "memory_bytes",
}
# Where the contract has more than the prototype whose ends the shared cases tell.
CONTRACT = {
    "29_rpc_giant_argument.lua": "-- expect: ok|error",
    "43_os_functions.lua": r"-- expect: ok ; out=/^nil\tfunction: /",
}


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_ends_as_expected_and_the_next_run_works(path: Path, run: Runner) -> None:
    source = path.read_bytes()
    first = CONTRACT.get(path.name, source.decode("utf-8", "replace").splitlines()[0])
    found = re.match(r"-- expect: ([a-z|:A-Z]+)", first)
    assert found, first
    allowed = {ENDINGS.get(word, word) for word in found[1].split("|")}
    limits = SHORT if "cpu" in found[1].split("|") else LIMITS
    done = run(source, limits, MemoryHost())
    assert done.ending in allowed, (done.outcome, done.out[-500:])
    text = re.search(r"text=/(.*?)/", first)
    if text and done.outcome.status == "failed":
        assert re.search(text[1], done.message), done.message
    out = re.search(r"out=/(.*?)/(?: |$)", first)
    if out:
        assert re.search(out[1], done.out), (done.out, done.message)
    assert "0x7f" not in done.out
    assert run("print('still here')").out == "still here\n"
