"""The io and os libraries behave as Lua 5.4's over the host's files."""

import re
import time

import pytest

from llmspell_web.lua import Limits

from .conftest import MemoryHost, Runner

TEXT = b"first\nsecond\n\n 12 0x1F -7e2 abc\nlast without break"

# (script, console); the file t.txt holds TEXT
READING = [
    ("print(io.open('t.txt'):read('a') == io.open('/t.txt'):read('*all'))", None),
    ("local f = io.open('t.txt') print(f:read()) print(f:read('L')) print(f:read('*l'))", "first\nsecond\n\n\n"),
    ("local f = io.open('t.txt') print(f:read('l', 'l', 'l', 'n', 'n', 'n', 'n'))",
     "first\tsecond\t\t12\t31\t-700.0\tnil\n"),
    ("local f = io.open('t.txt') print(f:read(5, 0, 1)) print(f:read(0))", "first\t\t\n\n\n"),
    ("local f = io.open('t.txt') f:read('a') print(f:read('a'), f:read('l'), f:read(0), f:read(3))",
     "\tnil\tnil\tnil\n"),
    ("for l in io.lines('t.txt') do io.write('[', l, ']') end",
     "[first][second][][ 12 0x1F -7e2 abc][last without break]"),
    ("for a, b in io.lines('t.txt', 1, 2) do print(a, b) break end", "f\tir\n"),
    ("local f = io.open('t.txt') for l in f:lines('L') do io.write(l) end print(io.type(f))", None),
    ("local it = io.lines('t.txt') for i = 1, 6 do it() end print(pcall(it))",
     "false\tmain.lua:1: file is already closed\n"),
    ("print(pcall(io.lines, 'no'))", "false\tmain.lua:1: cannot open file 'no' (No such file or directory)\n"),
    ("print(io.open('chart.png'))", "nil\tchart.png: No such file or directory\t2\n"),
    ("print(pcall(io.open, 't.txt', 'rw'))", "false\tmain.lua:1: bad argument #2 to 'open' (invalid mode)\n"),
    ("print(io.open('t.txt'):write('x'))", "nil\tt.txt: Bad file descriptor\t9\n"),
    ("print(io.open('x', 'w'):read())", "nil\tx: Bad file descriptor\t9\n"),
    ("print(pcall(io.open('t.txt').read, io.open('t.txt'), 'x'))",
     "false\tmain.lua:1: bad argument #1 to 'read' (invalid format)\n"),
    ("local f = io.open('t.txt') f:close() print(f, io.type(f), pcall(f.read, f))",
     "file (closed)\tclosed file\tfalse\tmain.lua:1: attempt to use a closed file\n"),
    ("local f = io.open('t.txt') print(f:seek(), f:seek('set', 6), f:read(), f:seek('end'), f:seek('set', -1))",
     "0\t6\tsecond\t50\tnil\tInvalid argument\t22\n"),
    ("print(io.type(io.stdout), io.type(5), io.type(nil), tostring(io.stdout):match('^file %(0x%x+%)$') ~= nil)",
     "file\tnil\tnil\ttrue\n"),
    ("print(io.read(), io.read('a'), io.stdin:read('n'))", "nil\t\tnil\n"),
    ("print(io.close())", "nil\tcannot close standard file\n"),
    ("io.input('t.txt') print(io.read(), io.read('L'))", "first\tsecond\n\n"),
    ("print(io.open('\\0'), io.open(''))", "nil\tnil\t: No such file or directory\t2\n"),
    ("print(getmetatable(io.stdout).__name, #io.open('t.txt', 'rb'):read('a'))", "FILE*\t50\n"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), READING)
def test_reading(run: Runner, script: str, expected: str | None) -> None:
    done = run(script, host=MemoryHost({"t.txt": TEXT, "/t.txt": TEXT}))
    assert done.ending == "succeeded", done.message
    if expected is not None:
        assert done.out == expected


# (script, console, file x afterwards); x holds "old" before
WRITING = [
    ("local f = io.open('x', 'w') f:write('a', 1, 1.5, 2.0):write('b') f:close()", "", b"a11.52b"),
    ("io.open('x', 'w')", "", b""),
    ("local f = io.open('x', 'w') f:write('a') f:flush() f:write('b') error('x', 0)", "", b"ab"),
    ("local f = io.open('x', 'w') f:write('a') os.exit(3)", "", b"a"),
    ("local f = io.open('x', 'a') f:write('+') print(f:seek('end')) f:close()", "4\n", b"old+"),
    ("local f = io.open('x', 'r+') f:write('n') print(f:read('a')) f:seek('set', 1) f:write('E') f:close()",
     "ld\n", b"nEd"),
    ("local f = io.open('x', 'w+') f:write('abc') f:seek('set') print(f:read('a')) f:close()", "abc\n", b"abc"),
    ("local f = io.open('x', 'a+') f:write('+') f:seek('set') print(f:read('a')) f:close()", "old+\n", b"old+"),
    ("local f = io.open('x', 'w') f:write('hello') f:seek('set', 1) f:write('E') f:close()", "", b"hEllo"),
    ("local f = io.open('x', 'w+') f:seek('set', 2) f:write('x') f:close()", "", b"\0\0x"),
    ("do local f <close> = io.open('x', 'w') f:write('closed') end print(io.open('x'):read('a'))",
     "closed\n", b"closed"),
    ("io.open('x', 'w'):write('collected') collectgarbage() print(io.open('x'):read('a'))",
     "collected\n", b"collected"),
    ("io.output('x') io.write('redirected') io.close() print('console')", "console\n", b"redirected"),
    ("local f = io.tmpfile() f:write('t') f:seek('set') print(f:read('a'))", "t\n", b"old"),
    ("print(os.rename('x', 'y'), os.remove('y'), os.remove('y')) io.open('x', 'w'):write('n'):close()",
     "true\ttrue\tnil\ty: No such file or directory\t2\n", b"n"),
    ("print(io.open('x', 'w'):setvbuf('no'), pcall(io.stdout.write, io.stdout, {}))",
     "true\tfalse\tmain.lua:1: bad argument #1 to 'write' (string expected, got table)\n", b""),
]  # fmt: skip


@pytest.mark.parametrize(("script", "console", "content"), WRITING)
def test_writing(run: Runner, script: str, console: str, content: bytes) -> None:
    host = MemoryHost({"x": b"old"})
    done = run(script, host=host)
    assert done.out == console, done.message
    assert host.files["x"] == content


def test_a_write_is_one_atomic_call(run: Runner) -> None:
    host = MemoryHost()
    run("local f = io.open('x', 'w') for i = 1, 5000 do f:write(i, '\\n') end f:close()", host=host)
    assert [name for name, _ in host.calls] == ["file.write"]


def test_long_content_arrives_in_parts_and_is_whole(run: Runner) -> None:
    host = MemoryHost()
    assert run("io.open('x', 'w'):write(('0123456789'):rep(500000)):close()", host=host).ending == "succeeded"
    assert host.files["x"] == b"0123456789" * 500_000


def test_lines_of_a_file_larger_than_memory(run: Runner) -> None:
    host = MemoryHost({"big": (b"x" * 99 + b"\n") * 200_000})
    done = run("local n = 0 for l in io.lines('big') do n = n + #l end print(n)", Limits(memory_bytes=4 << 20), host)
    assert done.out == f"{99 * 200_000}\n", done.message


def test_binary_survives(run: Runner) -> None:
    content = bytes(range(256)) * 100
    host = MemoryHost({"x": content})
    run("local s = io.open('x', 'rb'):read('a') io.open('y', 'wb'):write(s):close()", host=host)
    assert host.files["y"] == content


def test_streams_keep_their_order(run: Runner) -> None:
    done = run("print('1') io.stderr:write('2\\n') io.write('3') io.stdout:write('4')")
    assert b"".join(data for _, data in done.host.streams) == b"1\n2\n34"
    assert done.host.stderr == b"2\n"


OS = [
    ("print(os.getenv('HOME'), os.getenv('PATH'))", r"nil\tnil\n"),
    ("print(os.date('!%Y-%m-%dT%H:%M:%SZ', 0), os.date('%H', 3600))", r"1970-01-01T00:00:00Z\t01\n"),
    ("print(os.time({year = 2024, month = 1, day = 1, hour = 0}), os.difftime(3, 1))", r"1704067200\t2.0\n"),
    ("print(os.tmpname() ~= os.tmpname(), os.tmpname())", r"true\t/tmp/lua_\w{6}\n"),
    ("print(os.clock() < 1, os.execute, io.popen, package.loadlib, string.dump)", r"true\tnil\tnil\tnil\tnil\n"),
    ("print(collectgarbage('count') > 0, pcall(collectgarbage, 'stop'))", r"true\tfalse\tmain.lua:1: .*\n"),
]


@pytest.mark.parametrize(("script", "pattern"), OS)
def test_os(run: Runner, script: str, pattern: str) -> None:
    done = run(script)
    assert re.fullmatch(pattern, done.out), (done.out, done.message)


@pytest.mark.parametrize(
    ("call", "status", "message"),
    [
        ("os.exit()", "succeeded", ""),
        ("os.exit(true)", "succeeded", ""),
        ("os.exit(0)", "succeeded", ""),
        ("os.exit(3)", "failed", "main.lua:1: os.exit(3)"),
        ("os.exit(false)", "failed", "main.lua:1: os.exit(false)"),
    ],
)
def test_exit_ends_the_run_from_any_depth(run: Runner, call: str, status: str, message: str) -> None:
    done = run(f"pcall(coroutine.wrap(function() pcall(function() {call} end) end)) print('after')")
    assert (done.ending, done.message, done.out) == (status, message, "")


MODULES = {
    "lib/stats.lua": b"local name, origin = ... print('loading', name, origin) return {mean = function() return 7 end}",
    "a.lua": b"require('b')",
    "b.lua": b"require('a')",
    "broken.lua": b"local = 5",
    "fails.lua": b"\n\nerror('boom')",
    "deep/init.lua": b"return 'deep'",
    "script.lua": b"#!/usr/bin/lua\nreturn 'dofile', ...",
}
REQUIRE = [
    ("print(require('lib.stats').mean(), require('lib.stats') == package.loaded['lib.stats'])", "7\ttrue"),
    ("print(require('deep'))", "deep\tdeep/init.lua"),
    ("print(select(2, pcall(require, 'nope')))", "main.lua:1: module 'nope' not found:"),
    ("print(select(2, pcall(require, 'a')))", "b.lua:1: module 'a' is being loaded already"),
    ("print(select(2, pcall(require, 'broken')))", "error loading module 'broken' from file 'broken.lua'"),
    ("print(select(2, pcall(require, 'fails')))", "fails.lua:3: boom"),
    ("print(dofile('script.lua'), loadfile('script.lua')(5))", "dofile\tdofile\t5"),
    ("print(loadfile('nope'))", "nil\tcannot open nope: No such file or directory"),
    ("package.preload.x = function(n) return n .. '!' end print(require('x'))", "x!\t:preload:"),
]


@pytest.mark.parametrize(("script", "expected"), REQUIRE)
def test_require(run: Runner, script: str, expected: str) -> None:
    assert expected in run(script, host=MemoryHost(MODULES)).out


def test_round_trips_are_quick(run: Runner) -> None:
    started = time.monotonic()
    assert run("for i = 1, 2000 do host.echo(i) end").ending == "succeeded"
    assert time.monotonic() - started < 2
