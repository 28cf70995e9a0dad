"""Counts that are not counted to their end."""

import pytest

from llmspell_web.web.counts import EXACT_MAX, count_text


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0"), (1, "1"), (1234, "1,234"), (EXACT_MAX, "10,000"), (EXACT_MAX + 1, "10,000+")]
)
def test_a_count_is_exact_up_to_a_maximum(count: int, words: str) -> None:
    assert count_text(count) == words


def test_what_was_not_counted_to_its_end_says_so() -> None:
    assert count_text(1234, is_exact=False) == "1,234+"
    assert count_text(EXACT_MAX + 1, is_exact=False) == "10,000+"
    assert count_text(101, 100) == "100+"
