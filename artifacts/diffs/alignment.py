"""Which items of two sequences belong together: Myers, "An O(ND) Difference Algorithm and Its Variations" (1986)."""

from collections.abc import Hashable, Sequence
from typing import Literal, NamedTuple

EDITS_MAX = 600  # the work grows with the edits times the length: beyond it, all that is between is one replacement


class Block(NamedTuple):
    """`a[a_start:a_end]` stays as, or became, `b[b_start:b_end]`."""

    kind: Literal["same", "changed"]
    a_start: int
    a_end: int
    b_start: int
    b_end: int


class Alignment(NamedTuple):
    """`is_exact` is False where the two differ in more than EDITS_MAX places."""

    blocks: list[Block]
    is_exact: bool


def align(a: Sequence[Hashable], b: Sequence[Hashable]) -> Alignment:
    start, room = 0, min(len(a), len(b))
    while start < room and a[start] == b[start]:
        start += 1
    end = 0
    while end < room - start and a[-1 - end] == b[-1 - end]:
        end += 1
    pairs = _common_pairs(a[start : len(a) - end], b[start : len(b) - end])
    middle = [(start + one, start + other) for one, other in pairs or ()]
    head = [(place, place) for place in range(start)]
    tail = [(len(a) - end + place, len(b) - end + place) for place in range(end)]
    return Alignment(_blocks([*head, *middle, *tail, (len(a), len(b))]), pairs is not None)


def _common_pairs(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]] | None:
    """The places of a longest common subsequence; None where it would take more than EDITS_MAX edits."""
    reached = {1: 0}
    trace = []
    for edits in range(min(len(a) + len(b), EDITS_MAX) + 1):
        trace.append(reached.copy())
        for diagonal in range(-edits, edits + 1, 2):
            x = _step(reached, diagonal, edits)
            while x < len(a) and x - diagonal < len(b) and a[x] == b[x - diagonal]:
                x += 1
            reached[diagonal] = x
            if x >= len(a) and x - diagonal >= len(b):
                return _walk_back(trace, len(a), len(b))
    return None


def _step(reached: dict[int, int], diagonal: int, edits: int) -> int:
    down = diagonal == -edits or (diagonal != edits and reached[diagonal - 1] < reached[diagonal + 1])
    return reached[diagonal + 1] if down else reached[diagonal - 1] + 1


def _walk_back(trace: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs = []
    for edits in range(len(trace) - 1, -1, -1):
        reached, diagonal = trace[edits], x - y
        after_step = _step(reached, diagonal, edits)
        while x > after_step:
            x, y = x - 1, y - 1
            pairs.append((x, y))
        down = diagonal == -edits or (diagonal != edits and reached[diagonal - 1] < reached[diagonal + 1])
        x, y = (x, y - 1) if down else (x - 1, y)
    return pairs[::-1]


def _blocks(pairs: list[tuple[int, int]]) -> list[Block]:
    """From the places that belong together, with the two ends behind them."""
    blocks: list[Block] = []
    a = b = 0
    for one, other in pairs[:-1]:
        if one > a or other > b:
            blocks.append(Block("changed", a, one, b, other))
        if blocks and blocks[-1].kind == "same":
            blocks[-1] = blocks[-1]._replace(a_end=one + 1, b_end=other + 1)
        else:
            blocks.append(Block("same", one, one + 1, other, other + 1))
        a, b = one + 1, other + 1
    if (a, b) != pairs[-1]:
        blocks.append(Block("changed", a, pairs[-1][0], b, pairs[-1][1]))
    return blocks
