"""What becomes of a comment's Markdown, in how much time and room."""

import time

import pytest

from llmspell_web.comments.fields import TEXT_MAX_CHARACTERS, clean_comment
from llmspell_web.comments.markdown import names_in, show_html, write_html
from llmspell_web.web.problems import InvalidField

GROWS = 20  # the cleaned HTML, beside the longest text
SECONDS_OF_CPU = 5.0  # twenty times what the slowest takes: the machine may be busy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**b** _i_ ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>"),
        ("# a", "<h3>a</h3>"),
        ("<b>x</b><!-- -->", "<p>&lt;b&gt;x&lt;/b&gt;&lt;!-- --&gt;</p>"),
        ("[a](javascript:b)", "<p>[a](javascript:b)</p>"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>"),
        ("![a](https://x/y.png)", '<p>!<a href="https://x/y.png" rel="noopener noreferrer nofollow">a</a></p>'),
        ("[out](/logout/)", '<p><a rel="noopener noreferrer nofollow">out</a></p>'),
        (
            "see https://a.b/c_d?e=1). ok",
            '<p>see <a href="https://a.b/c_d?e=1" rel="noopener noreferrer nofollow">https://a.b/c_d?e=1</a>). ok</p>',
        ),
        ("xhttp://a.b javascript://a", "<p>xhttp://a.b javascript://a</p>"),
        ("a | b\n- | -\n1 | 2", "<p>a | b</p>\n<ul>\n<li>| -\n1 | 2</li>\n</ul>"),
        ("hi @ann. @Ann @annx a@ann `@ann`", "<p>hi <mark>@ann</mark>. @Ann @annx a@ann <code>@ann</code></p>"),
        ("**@ann** @ann_b", "<p><strong><mark>@ann</mark></strong> <mark>@ann_b</mark></p>"),
        ("\u202e🕷 ش", "<p>\u202e🕷 ش</p>"),
    ],
)
def test_what_it_becomes(text: str, expected: str) -> None:
    assert show_html(write_html(text, {"ann", "ann_b"})).strip() == expected


def test_names_are_found_in_full_and_without_the_end_of_the_sentence() -> None:
    assert names_in("@a.b @c. (@d) `@code` x@y.z @e@f \\@g @__h__ @") == ["a.b", "c.", "c", "d", "e@f", "__h__"]


HOSTILE = (
    *("[", "![", "[a](", "*a_", "*a **b ", "`", ">", "> - ", "- a\n", "<", "<a@b.c>", "&#", "~~a", "_a ", "# a\n"),
    *(
        "@",
        "@a.",
        "https:",
        "https://a ",
        "a|",
        "|\n",
        "\\",
        "***\n",
        "1. ",
        "\t",
        "![[]](",
        '[a](b "',
        "[a]: b\n",
        "[](a)",
        "- - \n",
    ),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_takes_long_or_grows_large(piece: str) -> None:
    text = (piece * TEXT_MAX_CHARACTERS)[:TEXT_MAX_CHARACTERS]
    started = time.process_time()
    html = show_html(write_html(text, {"a"}))
    names_in(text)
    assert time.process_time() - started < SECONDS_OF_CPU
    assert len(html) <= GROWS * TEXT_MAX_CHARACTERS


def test_a_text_that_becomes_too_large_is_refused() -> None:
    assert clean_comment("> a\n\n" * 1000)
    with pytest.raises(InvalidField, match="expected text with less markup"):
        clean_comment((">" * 18 + "a\n\n") * 450)


def test_repeated_references_stay_small() -> None:
    text = "[a]: https://x/" + "y" * 3000 + "\n\n" + "[a]" * 2000
    assert len(write_html(text)) < 2 * len(text)
