"""What changed between two texts: complete where it is not cut, and fast whatever the texts are."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.text_diff import Stretch, compare_texts

texts = st.text(alphabet="ab \n.", max_size=60) | st.text(max_size=20)


@given(texts, texts)
def test_both_texts_can_be_read_from_the_stretches(before: str, after: str) -> None:
    stretches = compare_texts(before, after, shorten=False)
    assert "".join(part.text for part in stretches if part.kind != "new") == before
    assert "".join(part.text for part in stretches if part.kind != "gone") == after


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("old name", "new name", [("gone", "old"), ("new", "new"), ("same", " name")]),
        ("", "text", [("new", "text")]),
        ("text", "", [("gone", "text")]),
        ("active", "suspended", [("gone", "active"), ("new", "suspended")]),
        ("same", "same", [("same", "same")]),
    ],
)
def test_words_that_changed(before: str, after: str, shown: list[tuple[str, str]]) -> None:
    assert [(part.kind, part.text) for part in compare_texts(before, after)] == shown


def test_long_texts_are_cut_around_the_change() -> None:
    before = "start " * 1000 + "here" + " end" * 1000
    stretches = compare_texts(before, before.replace("here", "there"))
    assert [part.kind for part in stretches] == ["cut", "same", "gone", "new", "same", "cut"]
    assert sum(len(part.text) for part in stretches) < 200
    [head, cut, tail] = compare_texts("", "x" * 1000)
    assert (head.kind, cut, tail.kind) == ("new", Stretch("cut", "700"), "new")


@pytest.mark.parametrize("unit", ["ab ", "a\n", "x", "word\n\n"])
def test_the_largest_texts_take_no_time(unit: str) -> None:
    one = (unit * 65_536)[:65_536]
    start = time.process_time()
    compare_texts(one + "a" + one[::-1], one[::-1] + "b" + one)
    assert time.process_time() - start < 0.5
