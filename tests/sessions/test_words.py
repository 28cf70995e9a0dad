"""What a word is: in contents and in what people search for."""

import pytest

from llmspell_web.web.problems import InvalidField
from sessions.marked_text import mark_words
from sessions.words import TERMS_MAX, WORD_MAX_CHARACTERS, Term, pattern_of, read_terms, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", set()),
        ("Refund  approved,\n3.50 EUR", {"refund", "approved", "3", "50", "eur"}),
        ("error_code=E-42", {"error", "code", "e", "42"}),
        ("STRASSE Straße ﬁle", {"strasse", "file"}),
        ("cafe\u0301 CAFÉ", {"café"}),
        ("İstanbul ıstanbul istanbul", {"istanbul"}),
        ("हिन्दी", {"हिन्दी"}),
        ("東京都 に", {"東京", "京都", "都", "に"}),
        ("iPhone東京", {"iphone", "東京", "京"}),
        ("สวัสดี", {"สว", "วั", "ัส", "สด", "ดี", "ี"}),
        ("soft\u00adhyphen zero\u200bwidth", {"softhyphen", "zerowidth"}),
        ("ok 😀👍", {"ok", "😀", "👍"}),
        ("𝒳 ２０２６", {"x", "2026"}),
        ("\0\x1b[31m", {"31m"}),
    ],
)
def test_words(text: str, words: set[str]) -> None:
    assert words_of(text) == words


def test_one_long_word_is_one_by_its_beginning() -> None:
    for letter in "xé":
        assert words_of(f"{letter * 1_000_000} end") == {letter * WORD_MAX_CHARACTERS, "end"}


def test_many_marks_take_no_time() -> None:
    """Composing sorts them, by the square of how many stand together."""
    assert len(words_of("a" + "\u0300\u0316" * 200_000)) == 1


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Refund refund APPROVED", [Term("refund"), Term("approved")]),
        ("approv* now", [Term("approv", is_beginning=True), Term("now")]),
        ("* a", [Term("a")]),
        ("東京都", [Term("東京"), Term("京都")]),
        ("東", [Term("東", is_beginning=True)]),
        ('"x" OR y:* & !z NEAR(q)', [Term(word) for word in ("x", "or", "y", "z", "near", "q")]),
        ("'; DROP TABLE x --", [Term("drop"), Term("table"), Term("x")]),
    ],
)
def test_terms(text: str, terms: list[Term]) -> None:
    assert list(read_terms(text, "inside")) == terms


@pytest.mark.parametrize("text", ["", "***", "!?", "a*", "x" * 1001, " ".join(f"w{n}" for n in range(TERMS_MAX + 1))])
def test_what_cannot_be_searched_for(text: str) -> None:
    with pytest.raises(InvalidField) as caught:
        read_terms(text, "inside")
    assert caught.value.field == "inside"


@pytest.mark.parametrize(
    ("text", "wanted", "marked"),
    [
        ("The REFUND was approved today", "refund approv*", ["REFUND", "approv"]),
        ("refunds", "refund", []),
        ("Auf der STRASSE", "straße", ["STRASSE"]),
        ("Die Straße", "STRASSE", ["strasse"]),
        ("于东京都内", "东京都", ["东京都"]),
        ("a\u0301b 😀", "áb 😀", ["áb", "😀"]),
        ("x" * 5000 + " y", "x" * 3000, ["x" * 100]),
    ],
)
def test_where_words_stand(text: str, wanted: str, marked: list[str]) -> None:
    found = mark_words(text, pattern_of(wanted))
    assert [part.text for part in found if part.is_match] == marked


def test_the_place_in_a_long_text_is_one_short_line() -> None:
    text = "before\n" * 50_000 + "<b>needle</b>\n" + "behind\r\n" * 50_000
    line = "".join(part.text for part in mark_words(text, pattern_of("needle")))
    assert line.startswith("…")
    assert line.endswith("…")
    assert "before <b>needle</b> behind" in line
    assert len(line) < 200
