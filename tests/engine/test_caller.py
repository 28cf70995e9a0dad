"""Each call says from which line of the script it comes, through the sandbox's own functions, coroutines and errors."""

import pytest

from llmspell_web.lua import Caller, Limits

from .conftest import MemoryHost, Runner

MODULE = b"local m = {}\n\nfunction m.ask() local x = host.echo(1) return x end\nreturn m"
SCRIPTS: dict[str, tuple[str, list[Caller | None]]] = {
    "plainly": ("host.echo(1)\n\nhost.echo(2)", [Caller("", 1), Caller("", 3)]),
    "in the middle of an expression": ("local a = {\n host.echo(1),\n}", [Caller("", 2)]),
    "behind pcall": ("\npcall(host.echo, 1)", [Caller("", 2)]),
    "in a coroutine": ("coroutine.wrap(function()\n host.echo(1)\nend)()", [Caller("", 2)]),
    "from a function of its own": ("local function f()\n local x = host.echo(1)\n return x\nend\nf()", [Caller("", 2)]),
    "in place of a return, as errors say it": (
        "local function f() return host.echo(1) end\nlocal x = f()",
        [Caller("", 2)],
    ),
    "with no line of its own": ("coroutine.wrap(host.echo)(1)", [None]),
    "from loaded text": ("load('\\n\\nlocal x = host.echo(1)', '=words')()", [Caller("words", 3)]),
    "from text without a name": ("load('local x = host.echo(1)')()", [Caller('[string "local x = host.echo(1)"]', 1)]),
    "from a chunk that takes the sandbox's name": (
        "local f = load('\\nlocal x = host.echo(1)', '=[sandbox]')\nlocal x = f()",
        [Caller("", 2)],
    ),
    "with a name beyond all measure": (
        "load('local x = host.echo(1)', '=' .. ('é'):rep(100000))()",
        [Caller("é" * 29 + "\ufffd", 1)],
    ),
}


@pytest.mark.parametrize(("script", "callers"), SCRIPTS.values(), ids=SCRIPTS.keys())
def test_the_line(run: Runner, script: str, callers: list[Caller | None]) -> None:
    finished = run(script)
    assert finished.outcome.status == "succeeded", finished.message
    assert finished.host.callers == callers


def test_files_and_modules(run: Runner) -> None:
    host = MemoryHost({"lib/m.lua": MODULE})
    finished = run('\nlocal m = require("lib.m")\nlocal x = m.ask()', host=host)
    assert finished.outcome.status == "succeeded", finished.message
    told = {function: caller for (function, _), caller in zip(host.calls, host.callers, strict=True)}
    assert told["file.open"] == Caller("", 2)
    assert told["echo"] == Caller("lib/m.lua", 3)


def test_a_stack_of_great_depth_costs_a_call_nothing(run: Runner) -> None:
    script = (
        "local function down(n) if n > 0 then local x = down(n - 1) return x end host.echo(1) return 1 end\ndown(50000)"
    )
    finished = run(script, limits=Limits(cpu_seconds=2, wall_seconds=8))
    assert finished.outcome.status == "succeeded", finished.message
    assert finished.host.callers == [Caller("", 1)]
