"""Tags as one line of text come back as they were, whatever they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.fields import has_control_character
from sessions.tag_text import join_tags, split_tags

tags = st.text(min_size=1, max_size=20).filter(lambda tag: not has_control_character(tag))


@given(st.lists(tags | st.sampled_from(["a, b", '"', '""', ",", " ", ' "x', 'x"', '", "', "\u202e", "𝄞"]), max_size=8))
def test_what_is_joined_is_split_again(given_tags: list[str]) -> None:
    assert split_tags(join_tags(given_tags)) == given_tags


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" , ,", []),
        ("a, b ,c", ["a", "b", "c"]),
        ("two words, x", ["two words", "x"]),
        ('"a, b", c', ["a, b", "c"]),
        ('"say ""hi"""', ['say "hi"']),
        ('say "hi"', ['say "hi"']),
        ('"never closed, x', ["never closed, x"]),
        ('"a" b', ["a", "b"]),
    ],
)
def test_what_people_type(text: str, expected: list[str]) -> None:
    assert split_tags(text) == expected
