"""Two contents compared: what is shown, and that nothing hostile makes it slow."""

import time
import tracemalloc

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from artifacts.diffs.alignment import align
from artifacts.diffs.lines import compare_lines
from artifacts.diffs.structure import compare_json
from llmspell_web.teams.models import User
from sessions.models import Session
from tests.artifacts.test_versions import store

WORDS = st.lists(st.sampled_from("abc"), max_size=12)


@given(WORDS, WORDS)
def test_the_blocks_of_an_alignment_rebuild_both_sides(a: list[str], b: list[str]) -> None:
    blocks, is_exact = align(a, b)
    assert is_exact
    assert [item for block in blocks for item in a[block.a_start : block.a_end]] == a
    assert [item for block in blocks for item in b[block.b_start : block.b_end]] == b
    for block in blocks:
        is_same = a[block.a_start : block.a_end] == b[block.b_start : block.b_end]
        assert is_same == (block.kind == "same")


def test_lines_that_stay_are_folded_and_changed_words_are_marked() -> None:
    a = "\n".join(f"line {number}" for number in range(50))
    diff = compare_lines(a, a.replace("line 25", "line twenty-five"))
    assert [row.kind for row in diff.rows] == ["fold", *["same"] * 3, "changed", *["same"] * 3, "fold"]
    assert (diff.gone, diff.new, diff.rows[0].count) == (1, 1, 22)
    assert [part.text for part in diff.rows[4].old if part.kind == "gone"] == ["25"]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("\n" * 200_000, "x\n" * 100_000),
        ("ab\n" * 4000, "ba\nab\nbb\n" * 4000),
        ("a b " * 60_000, "b a " * 60_000),
    ],
)
def test_hostile_texts_are_compared_in_bounded_time(a: str, b: str) -> None:
    start = time.process_time()
    compare_lines(a, b)
    assert time.process_time() - start < 5


def test_json_is_compared_by_its_paths_and_numbers_exactly() -> None:
    diff = compare_json('{"b": 1, "a": [1, 2], "x y": 1, "s": "1"}', '{"a": [1, 3, 4], "b": 1.0, "n": null, "s": 1}')
    assert diff is not None
    assert {(change.path, change.kind, change.before, change.after) for change in diff.changes} == {
        ("b", "changed", "1", "1.0"),
        ("a[1]", "changed", "2", "3"),
        ("a[2]", "added", "", "4"),
        ('["x y"]', "removed", "1", ""),
        ("n", "added", "", "null"),
        ("s", "changed", '"1"', "1"),
    }
    assert compare_json("[" * 100_000, "[]") is None


def test_json_that_says_a_key_twice_is_compared_as_text() -> None:
    assert compare_json('{"a": 1, "a": 2}', '{"a": 2}') is None
    assert compare_json('{"a": 2}', '[{"b": {"a": 1, "a": 1}}]') is None


def test_json_changes_come_in_the_order_of_the_documents() -> None:
    letters = list("hgfedcba")
    document = "{" + ", ".join(f'"{letter}": [1, 2]' for letter in letters) + "}"
    added = compare_json("{}", document)
    assert added is not None
    assert [change.path for change in added.changes] == letters
    changed = compare_json(document, document.replace("1, 2", "3, 4"))
    assert changed is not None
    assert [change.path for change in changed.changes[:3]] == ["h[0]", "h[1]", "g[0]"]


def test_what_is_no_number_stays_the_same() -> None:
    diff = compare_json('{"x": NaN, "y": -Infinity, "z": NaN}', '{"x": NaN, "y": Infinity, "z": "NaN"}')
    assert diff is not None
    assert {(change.path, change.before, change.after) for change in diff.changes} == {
        ("y", "-Infinity", "Infinity"),
        ("z", "NaN", '"NaN"'),
    }


def test_json_with_long_keys_takes_little_memory() -> None:
    one, other = ("{" + f'"{"k" * 100_000}": [{", ".join([value] * 20_000)}]' + "}" for value in "12")
    tracemalloc.start()
    try:
        diff = compare_json(one, other)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert diff is not None
    assert diff.is_cut
    assert {len(change.path) for change in diff.changes} == {401}
    assert peak < 32_000_000


@pytest.mark.django_db
def test_the_page_says_what_differs(visitor: Client, session: Session, stranger: User) -> None:
    def compare(one: bytes, other: bytes, **shown: str) -> str:
        a, b = store(session, "a", one), store(session, "a", other)
        url, query = reverse("artifacts:compare_versions"), {"a": str(a.pk), "b": str(b.pk), **shown}
        hidden = Client()
        hidden.force_login(stranger)
        assert hidden.get(url, query).status_code == 404
        answer = visitor.get(url, query)
        assert answer.status_code == 200
        return answer.content.decode()

    assert "byte for byte" in compare(b"x", b"x")
    assert "<del>brown</del>" in compare(b"the quick brown fox", b"the quick <b> fox")
    assert "<ins>&lt;b&gt;</ins>" in compare(b"the quick brown fox", b"the quick <b> fox", layout="split")
    assert "only blanks or the order of keys" in compare(b'{"a":1,"b":2}', b'{"b":2, "a":1}')
    page = compare(b"\x00" * 600_000 + b"\x01", b"\x00" * 600_000 + b"\x02")
    assert "at byte 600000 (counted from 0)" in page
    assert "at byte 3 (counted from 0)" in compare(b"\x00ab", b"\x00abc")
    assert r"\ud800" in compare(b'{"a": "x"}', rb'{"a": "\ud800", "\udfff": 1}')
    assert "Only the first 256 KB" in compare(b"x" * 300_000, b"y" * 300_000)


@pytest.mark.django_db
def test_the_versions_of_a_name_on_their_tab(visitor: Client, session: Session) -> None:
    old = store(session, "a", b"12345")
    new = store(session, "a", b"123456789")
    page = visitor.get(reverse("artifacts:timeline", args=[old.pk])).content.decode()
    assert "(+4 bytes)" in page
    assert f'This is an old version. <a href="{new.get_absolute_url()}">' in page
    assert "This is an old version" not in visitor.get(new.get_absolute_url()).content.decode()
    choose = {"selected": [str(new.pk), str(old.pk)]}
    assert visitor.get(reverse("artifacts:compare_versions"), choose).context["a"] == old
    one = visitor.get(reverse("artifacts:compare_versions"), {"selected": [str(new.pk)]})
    assert (one.status_code, "Two can be compared: 1 is chosen" in one.content.decode()) == (422, True)
