"""How values are printed."""

import pytest
from django.template import Context, Template

from llmspell_web.web.templatetags.present import size


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (None, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1.0 KB"),
        (1536, "1.5 KB"),
        (5 * 1024**3, "5.0 GB"),
        (3 * 1024**6, "3,072.0 PB"),
    ],
)
def test_sizes(amount: int | None, words: str) -> None:
    assert size(amount) == words


def test_an_icon_comes_out_the_same_however_often_and_is_told_apart_by_its_arguments() -> None:
    small = '{% lucide "play" size=12 aria_hidden="true" %}'
    first, again, larger = (Template(text).render(Context()) for text in (small, small, small.replace("12", "24")))
    assert first == again != larger
    assert first.startswith("<svg ")
    assert 'aria-hidden="true"' in first
