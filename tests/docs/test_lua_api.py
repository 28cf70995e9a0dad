"""docs/lua-api.md names every function that a script finds, and none that is not there; its examples run."""

import json
import re
from pathlib import Path

import pytest

from llmspell_web.lua import StopSwitch
from llmspell_web.teams.models import User
from llmspell_web.workspace.execution import execute, start_engine
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.runs import create_run

PAGE = (Path(__file__).resolve().parents[2] / "docs/lua-api.md").read_text()
EXAMPLES = re.findall(r"^```lua\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PROSE = re.sub(r"^```lua\n.*?^```", "", PAGE, flags=re.MULTILINE | re.DOTALL)
LIBRARIES = ("Session", "Artifact", "json", "io", "os")
LIST_NAMES = """
local names = json.array()
for _, library in ipairs({"Session", "Artifact", "json", "JSON", "io", "os"}) do
  for name in pairs(_G[library]) do names[#names + 1] = library .. "." .. name end
end
return names
"""


def run_script(user: User, source: str) -> Run:
    run = create_run(user, source=source, runner="test")
    engine = start_engine()
    try:
        execute(run, engine, StopSwitch())
    finally:
        engine.close()
    run.refresh_from_db()
    return run


def without_twins(names: set[str]) -> set[str]:
    """`Session.set_current` is `Session.setCurrent`; `JSON` is `json`."""
    names = {re.sub(r"^JSON\.", "json.", name) for name in names}
    return {name for name in names if re.sub(r"_(.)", lambda match: match[1].upper(), name) not in names - {name}}


def documented_names() -> set[str]:
    quoted = re.findall(r"`([^`]+)`", PROSE) + re.findall(r"^### (.+)$", PROSE, re.MULTILINE)
    found = re.compile(rf"\b((?:JSON|{'|'.join(LIBRARIES)})\.\w+)")
    return {name for text in quoted for name in found.findall(text)}


@pytest.mark.django_db(transaction=True)
def test_functions_and_documentation_agree(owner: User) -> None:
    run = run_script(owner, LIST_NAMES)
    assert run.status == Run.Status.SUCCEEDED, run.error_message
    assert without_twins(documented_names()) == without_twins(set(json.loads(run.result)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_example_runs_as_it_stands(owner: User, example: str) -> None:
    run = run_script(owner, example)
    assert run.status == Run.Status.SUCCEEDED, run.error_traceback
