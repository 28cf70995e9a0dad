"""Two texts line by line, with the words that changed inside a line; long stretches that stayed are folded."""

from dataclasses import dataclass, field
from typing import Literal

from artifacts.diffs.alignment import Block, align
from sessions.text_diff import Stretch, compare_texts, shorten_stretch

LINES_MAX = 4000  # of each side
CONTEXT_LINES = 3
PAIRS_MAX = 120  # changed lines that are compared word by word
LINE_CHARACTERS = 2000  # of a line that are shown


@dataclass(frozen=True)
class Row:
    """A line on both sides (`same`), a changed one, one that is only on one side, or `count` lines that are folded.

    Numbers count from 1; 0 where the side has no such line.
    """

    kind: Literal["same", "changed", "gone", "new", "fold"]
    a: int = 0
    b: int = 0
    old: list[Stretch] = field(default_factory=list)
    new: list[Stretch] = field(default_factory=list)
    count: int = 0


@dataclass(frozen=True)
class LineDiff:
    """`is_cut`: only the first LINES_MAX lines were compared. `is_exact`: see `alignment.Alignment`."""

    rows: list[Row]
    gone: int
    new: int
    is_cut: bool
    is_exact: bool


def compare_lines(a_text: str, b_text: str, *, fold: bool = True) -> LineDiff:
    every_a, every_b = a_text.split("\n"), b_text.split("\n")
    a, b = every_a[:LINES_MAX], every_b[:LINES_MAX]
    blocks, is_exact = align(a, b)
    rows: list[Row] = []
    pairs_left = PAIRS_MAX
    for place, block in enumerate(blocks):
        if block.kind == "same":
            rows += _same_rows(a, block, at_start=place == 0, at_end=place == len(blocks) - 1, fold=fold)
            continue
        pairs = min(block.a_end - block.a_start, block.b_end - block.b_start, pairs_left)
        pairs_left -= pairs
        rows += _changed_rows(a, b, block, pairs)
    changed = [block for block in blocks if block.kind == "changed"]
    return LineDiff(
        rows,
        sum(block.a_end - block.a_start for block in changed),
        sum(block.b_end - block.b_start for block in changed),
        len(a) < len(every_a) or len(b) < len(every_b),
        is_exact,
    )


def _same_rows(a: list[str], block: Block, *, at_start: bool, at_end: bool, fold: bool) -> list[Row]:
    size = block.a_end - block.a_start
    head, tail = (0 if at_start else CONTEXT_LINES), (0 if at_end else CONTEXT_LINES)
    if not fold or size <= head + tail + 1:
        head, tail = size, 0
    shown = [*range(head), None, *range(size - tail, size)] if head + tail < size else list(range(size))
    return [
        Row("fold", count=size - head - tail)
        if place is None
        else Row("same", block.a_start + place + 1, block.b_start + place + 1, _whole(a[block.a_start + place]))
        for place in shown
    ]


def _changed_rows(a: list[str], b: list[str], block: Block, pairs: int) -> list[Row]:
    rows = []
    for place in range(pairs):
        one, other = block.a_start + place, block.b_start + place
        stretches = compare_texts(a[one], b[other], shorten=max(len(a[one]), len(b[other])) > LINE_CHARACTERS)
        old = [part for part in stretches if part.kind != "new"]
        new = [part for part in stretches if part.kind != "gone"]
        rows.append(Row("changed", one + 1, other + 1, old, new))
    rows += [Row("gone", a=n + 1, old=_whole(a[n])) for n in range(block.a_start + pairs, block.a_end)]
    rows += [Row("new", b=n + 1, new=_whole(b[n])) for n in range(block.b_start + pairs, block.b_end)]
    return rows


def _whole(line: str) -> list[Stretch]:
    stretch = Stretch("same", line)
    return [stretch] if len(line) <= LINE_CHARACTERS else shorten_stretch(stretch)
