"""Hostile scripts against the whole product: each ends as its first line says, soon, and the next run works."""

import re
import time
from pathlib import Path

import pytest

from llmspell_web.teams.models import User
from tests.lua.conftest import RunScript

ROOT = Path(__file__).parents[2]
SHARED = sorted((ROOT.parent / "shared" / "cases" / "hostile").glob("*.lua"))
# Those of the engine's own cases that call nothing but what the product has.
OWN = [
    path for path in sorted((ROOT / "tests" / "engine" / "hostile").glob("*.lua")) if "host." not in path.read_text()
]
ENDINGS = {
    "ok": "succeeded",
    "error": "failed",
    "syntax": "failed",
    "protocol": "failed",
    "cpu": "limit cpu_seconds",
    "wall": "limit wall_seconds",
    "output": "limit output_bytes",
    "calls": "limit api_calls",
    "memory": "limit memory_bytes",
}
# Where the contract has more than the prototype whose ends the shared cases tell.
CONTRACT = {
    "29_rpc_giant_argument.lua": r"-- expect: error ; text=/invalid session id|not enough memory/",
    "43_os_functions.lua": r"-- expect: ok ; out=/^nil\tfunction/",
}
LIMITS = {"wall_seconds": "25", "api_calls": "300", "output_bytes": "262144"}
SHORT = {**LIMITS, "cpu_seconds": "0.5"}  # for those that this limit must end, or may
SECONDS = 30  # on a busy machine; far below what an unbounded script would take


def first_line(path: Path) -> str:
    return CONTRACT.get(path.name) or path.read_text(errors="replace").partition("\n")[0]


@pytest.mark.parametrize("path", [*SHARED, *OWN], ids=lambda path: path.stem)
def test_ends_as_it_says(path: Path, owner: User, run_lua: RunScript) -> None:
    expected = re.match(r"-- expect: ([a-z|:A-Z]+)", line := first_line(path))
    assert expected, line
    words = expected.group(1).split("|")
    started = time.monotonic()
    ended = run_lua(owner, path.read_text(), limits=SHORT if "cpu" in words else LIMITS)
    assert time.monotonic() - started < SECONDS
    how = " ".join(filter(None, (ended.status, ended.run.limit)))
    allowed = {ENDINGS.get(word, word) for word in words}
    assert how in allowed, f"{how}: {ended.message}"
    if ended.status == "failed":
        assert ended.message
        check_pattern(line, "text", ended.message)
    if ended.status == "succeeded":
        check_pattern(line, "out", ended.printed)
    assert run_lua(owner, "return 6 * 7").succeeded().result == 42


def check_pattern(line: str, name: str, text: str) -> None:
    if match := re.search(rf"; {name}=/(.*?)/(?= \||$| ;)", line):
        assert re.search(match.group(1), text, re.MULTILINE if "^" in match.group(1) else 0), text[:500]
