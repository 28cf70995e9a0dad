"""JSON in Lua, and the one rule for what JSON can hold."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmspell_web.lua import NULL, NotJson, as_json, values

from .conftest import MemoryHost, Runner

NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(JSON, min_size=1, max_size=20))
def test_decode_then_encode_is_stable(run: Runner, value: list[values.Json]) -> None:
    text = values.encode(value)
    done = run("print(json.encode(json.decode(io.open('x'):read('a'))))", host=MemoryHost({"x": text.encode()}))
    assert done.host.stdout == text.encode() + b"\n", done.message


@given(JSON)
def test_python_side_agrees_with_itself(value: values.Json) -> None:
    assert values.decode(values.encode(value).encode()) == value


ENCODED = [
    ("{}", "{}"),
    ("json.array()", "[]"),
    ("json.array({1})", "[1]"),
    ("json.object()", "{}"),
    ("json.object({5})", '{"1":5}'),
    ("{1, 2.0, 1e100, 'x', true, json.null}", '[1,2.0,1e+100,"x",true,null]'),
    ("{b = 1, a = {c = {}}}", '{"a":{"c":{}},"b":1}'),
    ("math.mininteger", "-9223372036854775808"),
    ("'\\u{e9}\\n\\0\"'", '"é\\n\\u0000\\""'),
    ("host.id('abc')", '"abc"'),
    ("{id = host.id('abc')}", '{"id":"abc"}'),
    ("Session.list()", "[]"),
    ("nil", "null"),
]


@pytest.mark.parametrize(("value", "text"), ENCODED)
def test_encode(run: Runner, value: str, text: str) -> None:
    assert run(f"io.write(json.encode({value}))").out == text
    assert run(f"io.write(JSON.stringify({value}))").out == text


REFUSED = [
    ("{rows = {1, 2, {f = print}}}", "$.rows[3].f: a function cannot be sent"),
    ("{1, nil, 3}", "$: a sparse or mixed table"),
    ("{a = {1, x = 2}}", "$.a: a sparse or mixed table"),
    ("{[10] = 1}", "$: a sparse or mixed table"),
    ("{n = 0/0}", "$.n: nan is not a JSON number"),
    ("{n = 1/0}", "$.n: inf is not a JSON number"),
    ("{['a b'] = {'\\xff'}}", '$["a b"][1]: a string that is not UTF-8: store binary content as an artifact'),
    ("(function() local t = {} t.x = {t} return t end)()", "$.x[1]: a table that contains itself"),
    ("{coroutine.create(print)}", "$[1]: a coroutine cannot be sent"),
    ("{[true] = 1}", "$: a table key must be text or a number"),
]


@pytest.mark.parametrize(("value", "message"), REFUSED)
def test_encode_refuses_with_a_path(run: Runner, value: str, message: str) -> None:
    done = run(f"json.encode({value})")
    assert f"main.lua:1: json.encode: {message}" in done.message
    assert done.outcome.error
    assert done.outcome.error.line == 1


BAD_TEXTS = [
    ('{"a":\n  }', "line 2, column 3"),
    ("1e400", "out of range"),
    ("9" * 500, "too long"),
    ("NaN", "not a JSON number"),
    ('"\\ud800"', "surrogate"),
    ("[" * 101 + "]" * 101, "nested too deeply"),
]


@pytest.mark.parametrize(("text", "message"), BAD_TEXTS)
def test_decode_refuses(run: Runner, text: str, message: str) -> None:
    done = run("json.decode(io.open('x'):read('a'))", host=MemoryHost({"x": text.encode()}))
    assert done.message.startswith("main.lua:1: json.decode: ")
    assert message in done.message


def test_numbers_keep_their_kind(run: Runner) -> None:
    script = """
    for _, n in ipairs(json.decode('[1, 1.0, 18446744073709551616, -5e0]')) do print(math.type(n), n) end
    """
    assert run(script).out == "integer\t1\nfloat\t1.0\nfloat\t1.844674407371e+19\nfloat\t-5.0\n"


def test_indent(run: Runner) -> None:
    assert run("io.write(json.encode({a = {1}}, {indent = 2}))").out == json.dumps({"a": [1]}, indent=2)
    assert 'did you mean "indent"' in run("json.encode({}, {indnt = 2})").message


RESULTS = [
    ("return 1", "1"),
    ("return", None),
    ("return nil", None),
    ("return 1, nil, 'x'", '[1,null,"x"]'),
    ("return {a = json.null}", '{"a":null}'),
]


@pytest.mark.parametrize(("script", "result"), RESULTS)
def test_results(run: Runner, script: str, result: str | None) -> None:
    assert run(script).outcome.result == result


def test_a_result_that_is_not_json_is_told(run: Runner) -> None:
    done = run("return {f = print}")
    assert (done.ending, done.outcome.result) == ("succeeded", None)
    assert re.search(rb"\$\.f: a function cannot be sent", done.host.stderr)
    assert b"1 MiB" in run("return ('x'):rep(2^21 | 0)").host.stderr


def test_as_json_for_hosts() -> None:
    assert as_json({b"a": [1, NULL, b"x"], "b": {}}) == {"a": [1, None, "x"], "b": {}}
    with pytest.raises(NotJson, match=r"^metadata\.a\[2\]: a string that is not UTF-8"):
        as_json({b"a": [1, b"\xff"]}, "metadata")
    with pytest.raises(ValueError, match="sparse or mixed"):
        as_json({1: 2})
