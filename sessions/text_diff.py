"""What changed between two texts, in few characters: word by word, or line by line where that would be many."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

TOKENS_MAX = 200  # of each side that are compared: the time of a comparison grows with their product
WORDS_CHARACTERS = 4000  # of each side that are taken apart into words, and into lines
LINES_CHARACTERS = 40_000
SAME_CHARACTERS = 60  # of equal text around a change
CHANGED_CHARACTERS = 240  # of a changed stretch
Kind = Literal["same", "gone", "new", "cut"]


@dataclass(frozen=True)
class Stretch:
    """Text that stayed, went or came; `cut` stands for text that is left out and holds how many characters."""

    kind: Kind
    text: str


def compare_texts(before: str, after: str, *, shorten: bool = True) -> list[Stretch]:
    """The stretches from `before` to `after`. With `shorten`, long ones are cut in the middle, which leaves a `cut`."""
    start = _common_start(before, after)
    end = _common_start(before[start:][::-1], after[start:][::-1])
    gone, new = before[start : len(before) - end], after[start : len(after) - end]
    found = [Stretch("same", before[:start]), *_compare(gone, new), Stretch("same", before[len(before) - end :])]
    stretches = [stretch for stretch in found if stretch.text]
    if not shorten:
        return stretches
    last = len(stretches) - 1
    return [
        part
        for place, stretch in enumerate(stretches)
        for part in shorten_stretch(stretch, at_start=place == 0, at_end=place == last)
    ]


def shorten_stretch(stretch: Stretch, *, at_start: bool = False, at_end: bool = False) -> list[Stretch]:
    """Equal text keeps what touches a change; a change keeps its two ends."""
    room = SAME_CHARACTERS if stretch.kind == "same" else CHANGED_CHARACTERS
    head = 0 if at_start and stretch.kind == "same" else room
    tail = 0 if at_end and stretch.kind == "same" else room // (1 if stretch.kind == "same" else 4)
    if len(stretch.text) <= head + tail + 20:
        return [stretch]
    left_out = Stretch("cut", f"{len(stretch.text) - head - tail:,}")
    ends = [
        Stretch(stretch.kind, stretch.text[:head]),
        left_out,
        Stretch(stretch.kind, stretch.text[-tail or len(stretch.text) :]),
    ]
    return [part for part in ends if part.text]


def _compare(gone: str, new: str) -> list[Stretch]:
    for pattern, characters in ((r"\w+|\s+|[^\w\s]", WORDS_CHARACTERS), (r"[^\n]*\n?", LINES_CHARACTERS)):
        if max(len(gone), len(new)) > characters:
            continue
        one, other = re.findall(pattern, gone), re.findall(pattern, new)
        if max(len(one), len(other)) <= TOKENS_MAX:
            return _compare_tokens(one, other)
    return [Stretch("gone", gone), Stretch("new", new)]


def _compare_tokens(one: list[str], other: list[str]) -> list[Stretch]:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < 0.3 or matcher.ratio() < 0.3:  # two texts rather than one that was edited
        return [Stretch("gone", "".join(one)), Stretch("new", "".join(other))]
    stretches: list[Stretch] = []
    gone = new = ""
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        text = "".join(one[start:end])
        if kind == "equal" and (_has_words(text) or not (gone or new)):
            stretches += [Stretch("gone", gone), Stretch("new", new), Stretch("same", text)]
            gone = new = ""
        else:  # blanks between two changed words belong to the change
            gone += text
            new += "".join(other[other_start:other_end])
    return [*stretches, Stretch("gone", gone), Stretch("new", new)]


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _common_start(one: str, other: str) -> int:
    """How many characters both begin with, up to the end of a word."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    while 0 < low < max(len(one), len(other)) and one[low - 1].isalnum():
        low -= 1
    return low
