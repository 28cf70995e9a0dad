"""What a session's fields take, what they refuse, and in which words."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmspell_web.web.problems import InvalidField
from sessions.fields import clean_description, clean_metadata, clean_name, clean_tags, describe

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8), inner)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("name", ["x", "n" * 255, "Ünïcødé ✓", " padded "])
def test_names_are_kept_as_they_are(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("name", "given_words"),
    [
        ("", '""'),
        ("n" * 256, "(256 characters)"),
        ("a\nb", r'"a\nb"'),
        ("a\0", r'"a\u0000"'),
        ("\ud800", r'"\ud800"'),
        ("   ", '"   "'),
        (None, "nil"),
        (7, "got 7"),
        (True, "true"),
        (b"\xff", "bytes that are not text"),
        ([], "a list of 0"),
        ({"a": 1}, "a table"),
        pytest.param(10**5000, "a number of more than 64 bits", id="huge"),
    ],
)
def test_other_names_are_refused_in_words(name: object, given_words: str) -> None:
    with pytest.raises(InvalidField, match=r"^name: expected text") as caught:
        clean_name(name)
    assert given_words in str(caught.value)
    assert len(caught.value.given) < 100


def test_descriptions_may_have_lines_but_no_nul() -> None:
    assert clean_description("a\nb\tc") == "a\nb\tc"
    with pytest.raises(InvalidField, match=r"description: .* without NUL"):
        clean_description("a\0b")


def test_tags_lose_duplicates_and_keep_their_order() -> None:
    assert clean_tags(["b", "a", "b", "c", "a"]) == ["b", "a", "c"]
    assert clean_tags({}) == []
    assert len(clean_tags(["same"] * 100)) == 1


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ("support", r'tags: expected a list .*, got "support"'),
        ({"a": 1}, "tags: expected a list .*, got a table"),
        (["ok", ""], r"tags\[2\]: expected text of 1 to 64 characters"),
        (["t" * 65], r"tags\[1\]: "),
        ([1], r"tags\[1\]: .* got 1"),
        (["a\tb"], r"tags\[1\]: .* without control characters"),
        ([str(number) for number in range(65)], "tags: expected at most 64 tags, got 65"),
    ],
)
def test_other_tags_are_refused(tags: object, message: str) -> None:
    with pytest.raises(InvalidField, match=message):
        clean_tags(tags)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), json_values))
def test_metadata_comes_back_equal_and_in_one_form(value: dict[str, object]) -> None:
    clean = clean_metadata(value)
    assert clean == value
    assert json.dumps(clean) == json.dumps(clean_metadata(dict(reversed(value.items()))))


def nested(levels: int) -> dict[str, object]:
    value: dict[str, object] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ([1], "metadata: expected a table with text keys, got a list of 1"),
        (None, "metadata: .* got nil"),
        ({1: "a"}, "metadata: expected only text keys, got the key 1"),
        ({"rows": [1, {"f": float("nan")}]}, r"metadata\.rows\[2\]\.f: expected a finite number, got nan"),
        ({"f": float("inf")}, r"metadata\.f: "),
        ({"n": 2**63}, r"metadata\.n: expected a whole number of at most 64 bits"),
        ({"t": "a\0b"}, r"metadata\.t: expected text without NUL"),
        ({"a\0": 1}, "metadata: expected keys without NUL"),
        ({"b": b"\xff"}, r"metadata\.b: .* got bytes"),
        ({"o": object()}, r"metadata\.o: .* got a object"),
        ({"x": "y" * 65_536}, "metadata: expected at most 64 KiB as JSON"),
        (nested(200), "at most 32 levels of nesting"),
    ],
)
def test_other_metadata_is_refused(metadata: object, message: str) -> None:
    with pytest.raises(InvalidField, match=message):
        clean_metadata(metadata)


@pytest.mark.parametrize("clean", [clean_name, clean_description, clean_tags, clean_metadata])
@given(value=st.none() | st.booleans() | st.integers() | st.floats() | st.binary() | st.text() | st.lists(st.text()))
def test_whatever_is_given_only_a_user_s_mistake_comes_out(clean: Callable[[object], object], value: object) -> None:
    try:
        clean(value)
    except InvalidField as problem:
        shown = problem.given
    else:
        shown = ""
    assert len(shown) <= 300


def test_long_texts_are_described_by_their_beginning() -> None:
    assert describe("é" * 5000) == '"' + "é" * 40 + '…" (5000 characters)'
