"""Types, names and MIME types of artifacts."""

import mimetypes
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifacts.fields import (
    STANDARD_TYPES,
    clean_artifact_name,
    clean_artifact_type,
    clean_custom,
    clean_mime_type,
    count_edits,
    guess_mime_type,
)
from llmspell_web.web.problems import InvalidField, Problem

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"


@pytest.mark.parametrize("word", [*STANDARD_TYPES, "chart", "a", "x9_y", "tool", "w" * 64])
def test_types_are_words_in_lower_case(word: str) -> None:
    assert clean_artifact_type(word) == word
    assert clean_artifact_type(word.upper()) == word


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("tool_reslt", "tool_result"),
        ("TOOL_RESULTS", "tool_result"),
        ("user_inptu", "user_input"),
        ("agentoutput", "agent_output"),
    ],
)
def test_what_looks_like_a_typo_is_refused_with_a_hint(word: str, meant: str) -> None:
    with pytest.raises(Problem) as caught:
        clean_artifact_type(word)
    assert str(caught.value) == f'unknown artifact type "{word.lower()}" (did you mean "{meant}"?)'


@pytest.mark.parametrize("word", ["", "9a", "_a", "a-b", "a b", "é", "w" * 65, "a\n", "\u212a", None, 7, b"chart"])
def test_other_types_are_refused(word: object) -> None:
    with pytest.raises(InvalidField, match=r"^type: expected one of tool_result, "):
        clean_artifact_type(word)


@pytest.mark.parametrize(
    ("first", "second", "edits"), [("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ab", 0), ("ab", "ba", 2)]
)
def test_edits_are_counted_as_levenshtein_did(first: str, second: str, edits: int) -> None:
    assert count_edits(first, second) == count_edits(second, first) == edits


@pytest.mark.parametrize("name", ["a", "x" * 255, "ü" * 127, "dir/file.txt", "..", "a b"])
def test_names_are_up_to_255_bytes(name: str) -> None:
    assert clean_artifact_name(name) == name


@pytest.mark.parametrize("name", ["", "x" * 256, "ü" * 128, "a\nb", "a\0", "\x7f", "\x85", "\ud800", None, 1, b"a"])
def test_other_names_are_refused(name: object) -> None:
    with pytest.raises(InvalidField, match=r"^name: expected a name of 1 to 255 bytes"):
        clean_artifact_name(name)


@pytest.mark.parametrize(
    "mime_type", ["text/plain", "application/vnd.api+json", "text/html; charset=utf-8", 'a/b;c="d e"']
)
def test_mime_types_have_two_parts(mime_type: str) -> None:
    assert clean_mime_type(mime_type) == mime_type


@pytest.mark.parametrize(
    "mime_type", ["", "text", "text/", "/plain", "a/b/c", "a/b\r\nX: y", "a/b\n", "é/b", "a/" + "b" * 300, None, 3]
)
def test_other_mime_types_are_refused(mime_type: object) -> None:
    with pytest.raises(InvalidField, match=r"^mime_type: expected a MIME type"):
        clean_mime_type(mime_type)


@pytest.mark.parametrize(
    ("name", "head", "mime_type"),
    [
        ("a.json", b"\xff", "application/json"),
        ("A.PNG", b"text", "image/png"),
        ("notes.md", b"", "text/markdown"),
        ("main.lua", b"", "text/x-lua"),
        ("x.tar.gz", b"", "application/gzip"),
        ("http://e.org/a.csv", b"", "text/csv"),
        ("chart", PNG, "image/png"),
        ("paper", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        ("words", "Ünïcødé".encode(), "text/plain"),
        ("words", b"BM means bitmap elsewhere", "text/plain"),
        ("words", b"x" * 4095 + "é".encode()[:1], "text/plain"),
        ("short", b"x" * 10 + "é".encode()[:1], "application/octet-stream"),
        ("noise", b"\xfe\xed\0\1\2\3", "application/octet-stream"),
        ("nul", b"a\0b", "application/octet-stream"),
        ("empty", b"", "text/plain"),
    ],
)
def test_mime_types_come_from_name_then_content(name: str, head: bytes, mime_type: str) -> None:
    assert guess_mime_type(name, head) == mime_type


def test_the_machine_s_own_table_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mimetypes.types_map, ".json", "application/x-from-the-machine")
    assert guess_mime_type("a.json", b"") == "application/json"


@given(st.text(), st.binary(max_size=300))
def test_any_bytes_have_a_mime_type(name: str, head: bytes) -> None:
    assert clean_mime_type(guess_mime_type(name, head))


@pytest.mark.parametrize("clean", [clean_artifact_type, clean_artifact_name, clean_mime_type, clean_custom])
@given(value=st.none() | st.booleans() | st.integers() | st.floats() | st.binary() | st.text() | st.lists(st.text()))
def test_only_a_user_s_mistake_comes_out(clean: Callable[[object], object], value: object) -> None:
    try:
        clean(value)
    except Problem as problem:
        message = str(problem)
    else:
        message = ""
    assert len(message) < 500
