"""Which rows of two tables are the same, and which are one row that changed."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from artifacts.diffs.alignment import align

ROWS_MAX = 4000  # of each side, from the first difference on
PAIRINGS_MAX = 2500  # of a block that are all weighed: the work grows with the product of its two sides
ALIKE_SHARE = 1 / 3  # of the cells of the longer of two rows


class Filled(NamedTuple):
    """What a row holds: `name` is its cell in the first column, `cells` are (column, text) of those not empty."""

    name: str
    cells: frozenset[tuple[int, str]]


class Match(NamedTuple):
    """A row of both tables, or of one of them: then the place in the other is -1."""

    kind: Literal["same", "changed", "gone", "new"]
    a: int
    b: int


class Matches(NamedTuple):
    """`is_cut`: there are more than ROWS_MAX rows to compare. `is_exact` is False where neither whole rows nor their
    first cells could be aligned: see `alignment.Alignment`."""

    matches: list[Match]
    is_cut: bool
    is_exact: bool


Pairs = list[tuple[int, int]]


def match_rows(a: Sequence[Filled], b: Sequence[Filled]) -> Matches:
    numbers: dict[Filled, int] = {}  # comparing these takes a step, however long the rows are
    one, other = ([numbers.setdefault(row, len(numbers)) for row in rows] for rows in (a, b))
    head = 0
    while head < min(len(a), len(b)) and one[head] == other[head]:
        head += 1
    matches = [Match("same", place, place) for place in range(head)]
    end = head + ROWS_MAX
    blocks, is_exact = align(one[head:end], other[head:end])
    for kind, a_start, a_end, b_start, b_end in blocks:
        start, start_b = head + a_start, head + b_start
        if kind == "same":
            matches += [Match("same", start + place, start_b + place) for place in range(a_end - a_start)]
        else:
            pairs, are_exact = pair_rows(a[start : head + a_end], b[start_b : head + b_end])
            found = [(start + place, start_b + match) for place, match in pairs]
            matches += _match_changed(a, b, range(start, head + a_end), range(start_b, head + b_end), found)
            is_exact = is_exact or are_exact  # where whole rows could not be, all between is this one block
    _leave_open(matches, head, {"new": len(a) > end, "gone": len(b) > end})
    return Matches(matches, max(len(a), len(b)) > end, is_exact)


def _leave_open(matches: list[Match], head: int, has_more: Mapping[str, bool]) -> None:
    """Take away rows behind the last pair whose like may be among the rows of the other side that were not compared."""
    last = max((place for place, match in enumerate(matches) if match.kind in {"same", "changed"}), default=-1)
    if last >= head:
        matches[last + 1 :] = [match for match in matches[last + 1 :] if not has_more[match.kind]]


def _match_changed(
    a: Sequence[Filled], b: Sequence[Filled], a_places: range, b_places: range, pairs: Pairs
) -> list[Match]:
    matches: list[Match] = []
    x, y = a_places.start, b_places.start
    for one, other in [*pairs, (a_places.stop, b_places.stop)]:
        matches += [Match("gone", place, -1) for place in range(x, one)]
        matches += [Match("new", -1, place) for place in range(y, other)]
        if one < a_places.stop:
            matches.append(Match("same" if a[one] == b[other] else "changed", one, other))
        x, y = one + 1, other + 1
    return matches


def pair_rows(a: Sequence[Filled], b: Sequence[Filled]) -> tuple[Pairs, bool]:
    """Places in both, rising on both sides; rows that hold too little alike are in no pair. And whether it is exact."""
    if len(a) * len(b) <= PAIRINGS_MAX:
        return _pair_best(a, b), True
    pairs: Pairs = []
    blocks, is_exact = align([row.name for row in a], [row.name for row in b])
    for kind, a_start, a_end, b_start, b_end in blocks:
        one, other = a[a_start:a_end], b[b_start:b_end]
        is_small = kind == "changed" and len(one) * len(other) <= PAIRINGS_MAX
        found = _pair_best(one, other) if is_small else _pair_in_order(one, other)
        pairs += [(a_start + place, b_start + match) for place, match in found]
    return pairs, is_exact


def _pair_in_order(a: Sequence[Filled], b: Sequence[Filled]) -> Pairs:
    places = range(min(len(a), len(b)))
    return [(place, place) for place in places if _likeness(a[place], b[place])]


def _pair_best(a: Sequence[Filled], b: Sequence[Filled]) -> Pairs:
    """The pairs that are together the most alike, from the table of the best sums of all beginnings."""
    likeness = [[_likeness(one, other) for other in b] for one in a]
    best = [[0] * (len(b) + 1)]
    for row in likeness:
        sums = [0]
        for place, alike in enumerate(row):
            paired = best[-1][place] + alike if alike else 0
            sums.append(max(paired, best[-1][place + 1], sums[-1]))
        best.append(sums)
    pairs: Pairs = []
    x, y = len(a), len(b)
    while x and y:
        if best[x][y] == best[x - 1][y]:
            x -= 1
        elif best[x][y] == best[x][y - 1]:
            y -= 1
        else:
            x, y = x - 1, y - 1
            pairs.append((x, y))
    return pairs[::-1]


def _likeness(a: Filled, b: Filled) -> int:
    """The cells that both hold; those of rows with one name weigh more. 0 for two rows that have little in common."""
    alike, most = len(a.cells & b.cells), max(len(a.cells), len(b.cells))
    if a.name and a.name == b.name:
        return alike + most
    return alike if alike >= most * ALIKE_SHARE else 0
