"""Reads the Lua cases: `*.lua` in this folder, several cases a file.

    -- case: a title               begins a case; the lines up to the next one are its script
    -- file: lib/a.lua = return 1  a file of the owner (JSON escapes in the content)
    -- limit: output_bytes = 100   a lower limit for every run of this case
    -- arg: key = value            an argument; a number as key is a position
    -- as: teammate                begins the next run of the case, by that account; what the run before it returned
                                   is `ARGS.given`, as JSON
    -- fails: words                this run must end as failed with these words in its message
    -- line: 3                     and that must be the line it names; lines like these are not counted
    -- ends: limit output_bytes    this run must end so
    -- prints: "text"              exactly this on its standard output (a JSON string)
    -- errors: "text"              exactly this on its standard error (a JSON string)
    -- returns: {"a": 1}           exactly this result

The prelude is put in front of the first line of each run. Its `raises` has the tests compare all of the database
before and after the call: a call that fails changes nothing.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent
PRELUDE = " ".join(line.strip() for line in (FOLDER / "prelude.lua").read_text().splitlines())
DIRECTIVE = re.compile(r"-- (file|limit|arg|as|fails|line|ends|prints|errors|returns): (.*)")
ABSENT = object()


@dataclass
class Step:
    """One run of a case and what it must come to."""

    account: str = "owner"
    lines: list[str] = field(default_factory=list)
    ends: str = "succeeded"
    fails: str = ""
    line: int | None = None
    prints: str | None = None
    errors: str | None = None
    returns: object = ABSENT

    def expect(self, word: str, value: str) -> None:
        match word:
            case "fails":
                self.ends, self.fails = "failed", value
            case "line":
                self.line = int(value)
            case "ends":
                self.ends = value
            case "prints":
                self.prints = json.loads(value)
            case "errors":
                self.errors = json.loads(value)
            case "returns":
                self.returns = json.loads(value)

    @property
    def source(self) -> str:
        return f"{PRELUDE} " + "\n".join(self.lines)


@dataclass
class Case:
    name: str
    steps: list[Step] = field(default_factory=lambda: [Step()])
    files: dict[str, bytes] = field(default_factory=dict)
    limits: dict[str, str] = field(default_factory=dict)
    arguments: dict[int | str, str] = field(default_factory=dict)

    def read(self, line: str) -> None:
        match = DIRECTIVE.fullmatch(line)
        if match is None:
            self.steps[-1].lines.append(line)
            return
        word, value = match.groups()
        key, _, rest = (part.strip() for part in value.partition("="))
        match word:
            case "file":
                self.files[key] = json.loads(f'"{rest}"').encode()
            case "limit":
                self.limits[key] = rest
            case "arg":
                self.arguments[int(key) if key.isdigit() else key] = rest
            case "as":
                self._begin_step(value)
            case _:
                self.steps[-1].expect(word, value)

    def _begin_step(self, account: str) -> None:
        if any(self.steps[-1].lines):
            self.steps.append(Step(account))
        else:
            self.steps[-1].account = account


def read_cases() -> list[Case]:
    cases: list[Case] = []
    for path in sorted(FOLDER.glob("*.lua")):
        if path.name == "prelude.lua":
            continue
        for line in path.read_text().splitlines():
            if line.startswith("-- case: "):
                cases.append(Case(f"{path.stem}: {line.removeprefix('-- case: ')}"))
            elif cases and cases[-1].name.startswith(f"{path.stem}:"):
                cases[-1].read(line)
            else:
                assert not line or line.startswith("--"), f"{path}: {line!r} stands in front of the first case"
    names = [case.name for case in cases]
    assert len(set(names)) == len(names), "two cases have the same title"
    return cases
