"""What a word is, in the contents that are searched and in what people search for: both are read here and nowhere else,
so that every database finds the same.

Case does not matter, nor how a letter is composed. Scripts that put no spaces between words (Chinese, Japanese, Thai…)
are read two characters at a time: what is searched for may stand anywhere in them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from unicodedata import category, normalize

from llmspell_web.web.problems import InvalidField
from sessions.fields import describe

WORD_MAX_CHARACTERS = 100  # what goes on behind them does not count: keys and hashes are shorter, encoded files are not
TERMS_MAX = 32
TEXT_MAX_CHARACTERS = 1000
_BEGINNING_MIN_CHARACTERS = 2  # every third word of a text begins with one of a few letters

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_ASCII_WORD = re.compile(rf"([a-z0-9]{{1,{WORD_MAX_CHARACTERS}}})[a-z0-9]*")
_RUN = re.compile(f"[{_UNSPACED}]+")
_PAIR = re.compile(f"(?=([{_UNSPACED}]{{1,2}}))[{_UNSPACED}]")  # the last one of a run has no second
_SIGN = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")  # each is a word
# Soft hyphens, joiners, marks of direction: not seen, and not searched for.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")


@dataclass(frozen=True)
class Term:
    """A whole word as `words_of` gives them, or how one begins."""

    word: str
    is_beginning: bool = False


def words_of(text: str) -> set[str]:
    """Every word once. None holds white space, a character of ASCII beside letters and digits, or NUL."""
    text = fold_words(text)
    if text.isascii():
        return set(_ASCII_WORD.findall(text))
    return {*_PAIR.findall(text), *_SIGN.findall(text), *_spaced_words(text)}


def read_terms(text: str, field: str) -> tuple[Term, ...]:
    """What a content must hold, all of it and in any order. A `*` behind a word makes it the beginning of one.
    `InvalidField` where there is no word, too many, or too little before a `*`."""
    if len(text) > TEXT_MAX_CHARACTERS:
        raise InvalidField(field, f"at most {TEXT_MAX_CHARACTERS} characters", f"{len(text):,}")
    terms = tuple(dict.fromkeys(_terms(fold_words(text), field)))
    if not terms:
        raise InvalidField(field, "at least one word", describe(text))
    if len(terms) > TERMS_MAX:
        raise InvalidField(field, f"at most {TERMS_MAX} words", f"{len(terms)}")
    return terms


def tidy(text: str) -> str:
    """As it is shown where words are marked in it: composed one way, without what cannot be seen."""
    if text.isascii():
        return text
    text = _INVISIBLE.sub("", text)
    if marks := _marks_in(text):  # sorting a run of them takes time by the square of its length
        text = re.sub(f"([{marks}]{{30}})[{marks}]+", r"\1", text)
    return normalize("NFKC", text)


def pattern_of(text: str) -> re.Pattern[str]:
    """Where the words of a search stand in a text that `tidy` or `fold_words` has gone over, in any case."""
    found = []
    for piece, is_beginning in _pieces(fold_words(text)):
        found += [re.escape(run) for run in _RUN.findall(piece)] + _SIGN.findall(piece)
        words = _spaced_words(piece)
        ends = [r"(?![^\W_])" if len(word) < WORD_MAX_CHARACTERS else "" for word in words]
        if is_beginning and ends:
            ends[-1] = ""
        found += [rf"(?<![^\W_]){re.escape(word)}{end}" for word, end in zip(words, ends, strict=True)]
    return re.compile("|".join(dict.fromkeys(found)), re.IGNORECASE)


def _terms(text: str, field: str) -> Iterator[Term]:
    for piece, is_beginning in _pieces(text):
        for run in _RUN.findall(piece):
            pairs = [run[start : start + 2] for start in range(len(run) - 1)]
            yield from map(Term, pairs) if pairs else [Term(run, is_beginning=True)]
        yield from map(Term, _SIGN.findall(piece))
        words = _spaced_words(piece)
        yield from map(Term, words[:-1] if is_beginning else words)
        if is_beginning and words:
            if len(words[-1]) < _BEGINNING_MIN_CHARACTERS:
                raise InvalidField(field, f"at least {_BEGINNING_MIN_CHARACTERS} letters before *", describe(piece))
            yield Term(words[-1], is_beginning=True)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text between the stars, and whether a star follows at the end of a word."""
    *before, last = text.split("*")
    for piece in before:
        last_letter = piece[-1:]
        yield piece, (last_letter.isalnum() or last_letter in _marks()) and not _RUN.match(last_letter)
    yield last, False


def fold_words(text: str) -> str:
    """What differs in case or composition alone made the same. Underscores stand between words as spaces do."""
    if text.isascii():
        return text.lower().replace("_", " ")
    folded = normalize("NFKC", tidy(text).casefold()).replace("_", " ")
    return folded.replace("ı", "i").replace("\u0307", "")  # of the four letters i, case alone would make three


def _spaced_words(text: str) -> list[str]:
    letter = rf"[\w{_marks_in(text)}]"
    return re.findall(rf"(\w{letter}{{0,{WORD_MAX_CHARACTERS - 1}}}){letter}*", _RUN.sub(" ", text))


def _marks_in(text: str) -> str:
    """Those that occur: a pattern that names all of them takes ten times as long."""
    return "".join(sorted(_marks() & set(text)))


@cache
def _marks() -> frozenset[str]:
    """What `\\w` leaves out although it belongs to words: accents, and the vowels of Indian scripts."""
    return frozenset(letter for letter in map(chr, range(0x300, 0x1F000)) if category(letter).startswith("M"))
