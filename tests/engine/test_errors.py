"""What an uncaught error tells: message, line and the script's own frames; and how libraries raise."""

import pytest

from .conftest import MemoryHost, Runner

# script, message, line
ERRORS = [
    ("\nerror('boom')", "main.lua:2: boom", 2),
    ("\nerror('boom', 0)", "boom", 2),
    ("\n\nlocal x = = 3", "main.lua:3: unexpected symbol near '='", 3),
    ("\nlocal x = nil + 1", "main.lua:2: attempt to perform arithmetic on a nil value", 2),
    ("error({code = 42})", "(error object is a table value)", 1),
    ("error(setmetatable({}, {__tostring = function() return 'mine' end}))", "mine", 1),
    ("error()", "(error object is a nil value)", 1),
    ("error(42)", "42", 1),
    ("#!/usr/bin/lua\nerror('x')", "main.lua:2: x", 2),
    ("local function f(n) return 1 + f(n) end f(1)", "main.lua:1: stack overflow", 1),
    ("\n\nSession.get('x')", "main.lua:3: Session.get: refused by the host", 3),
    ("\nlocal ok, e = pcall(Session.get, 'x') error(e, 0)", "main.lua:2: Session.get: refused by the host", 2),
    ("host.check(5)", "main.lua:1: host.check: text expected, got number", 1),
    ("\nprint(string.rep())", "main.lua:2: bad argument #1 to 'rep'", 2),
]


@pytest.mark.parametrize(("script", "message", "line"), ERRORS)
def test_messages_and_lines(run: Runner, script: str, message: str, line: int) -> None:
    done = run(script)
    assert done.ending == "failed"
    assert done.message.startswith(message)
    assert done.outcome.error
    assert done.outcome.error.line == line


def test_the_traceback_has_only_the_scripts_lines(run: Runner) -> None:
    done = run("local function inner() Session.get('x') end\nlocal function outer() inner() end\nouter()")
    assert done.outcome.error
    trace = done.outcome.error.traceback
    assert [line.strip().split(" ")[0] for line in trace.splitlines()[1:]] == [
        "main.lua:1:",
        "main.lua:2:",
        "main.lua:3:",
    ]
    assert "sandbox" not in trace


def test_an_error_in_a_module_points_at_the_line_that_required_it(run: Runner) -> None:
    done = run("\nrequire('lib.m')", host=MemoryHost({"lib/m.lua": b"\n\n\nerror('deep')"}))
    assert done.message == "lib/m.lua:4: deep"
    assert done.outcome.error
    assert done.outcome.error.line == 2


def test_try_gives_nil_message_and_code(run: Runner) -> None:
    assert run("print(host.try('file.open', 'no'))").out == "nil\tNo such file or directory\t2\n"
    assert run("print(host.try('echo', 5))").out == "5\n"


def test_values_come_back_as_they_went(run: Runner) -> None:
    script = """
    local t = host.echo({a = {1, 2.5, 'x\\0\\xff', true}, n = json.null, e = json.array()})
    print(t.a[1], t.a[2], #t.a[3], t.a[4], t.n == json.null, json.encode(t.e), math.type(t.a[1]))
    """
    assert run(script).out == "1\t2.5\t3\ttrue\ttrue\t[]\tinteger\n"


def test_long_strings_go_both_ways_in_parts(run: Runner) -> None:
    done = run("local s = ('x'):rep(3 * 2^20 | 0) .. 'end' print(host.echo(s) == s, host.echo({s, s})[2] == s)")
    assert done.out == "true\ttrue\n", done.message


def test_an_answer_beyond_memory_is_a_lua_error(run: Runner) -> None:
    host = MemoryHost({"big": b"x" * (200 << 20)})
    done = run("print(pcall(function() return io.open('big'):read('a') end)) print('after')", host=host)
    assert done.out == "false\tnot enough memory\nafter\n"


def test_arguments(run: Runner) -> None:
    done = run("print(arg[0], arg[1], arg.key, ARGS == arg, ...)", arguments={1: "one", "key": "value"})
    assert done.out == "main.lua\tone\tvalue\ttrue\tone\n"


def test_warn_of_a_library_goes_to_stderr(run: Runner) -> None:
    assert run("host.warn('careful')").host.stderr == b"careful\n"


def test_text_forms_are_sent_as_text(run: Runner) -> None:
    assert run("print(host.echo(host.id('abc')), host.echo({host.id('x')})[1])").out == "abc\tx\n"
