"""Two tables cell by cell: columns by their names, rows by what they hold; long stretches that stayed are folded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from artifacts.diffs.cell_columns import Column, find_shown, match_columns
from artifacts.diffs.pairing import ROWS_MAX, Filled, Match, match_rows
from artifacts.previews.tables import CELL_CHARACTERS, Row, show_cell

ROWS_SHOWN = 500
CONTEXT_ROWS = 3
CONTEXT_CHARACTERS = 30  # of a long cell, before what changed in it

Sparse = Mapping[int, str]  # column: what is in it. Rows of a hostile table, filled up, would be its product


@dataclass(frozen=True)
class Cell:
    """What the first table has there and the second; `none` where the row's side has no such column."""

    kind: Literal["same", "changed", "gone", "new", "none"]
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class CellRow:
    """As `lines.Row`. Numbers count from 1, behind the names of the columns."""

    kind: Literal["same", "changed", "gone", "new", "fold"]
    a: int = 0
    b: int = 0
    cells: list[Cell] = field(default_factory=list)
    count: int = 0


@dataclass(frozen=True)
class CellDiff:
    """What is shown, and what was found in all that was compared, as ("3 cells changed", …); nothing where every cell
    is the same. `notes` say what else there is to know."""

    columns: list[Column]
    rows: list[CellRow]
    found: list[str]
    notes: list[str]


def compare_tables(a_rows: Sequence[Row], b_rows: Sequence[Row], *, fold: bool = True) -> CellDiff | None:
    """Both with at least one row. None where they have no column in common."""
    columns, have_names, are_moved = match_columns(a_rows, b_rows)
    common = {number for number, column in enumerate(columns) if column.kind == "same"}
    if not common:
        return None
    a = _spread(a_rows[have_names:], [column.a for column in columns])
    b = _spread(b_rows[have_names:], [column.b for column in columns])
    matches, is_cut, is_exact = match_rows(_fill(a, common), _fill(b, common))
    changed = [_changed(a[match.a], b[match.b], common) for match in matches if match.kind == "changed"]
    shown, notes = find_shown(columns, {number for numbers in changed for number in numbers})
    rows = _fold(matches) if fold else list(matches)
    if are_moved:
        notes.append("The columns stand in another order; they were compared by their names.")
    if is_cut:
        notes.append(f"Only {ROWS_MAX:,} rows of each were compared, from the first difference on.")
    if not is_exact:
        notes.append("The two differ in so much that their rows could not all be matched.")
    if len(rows) > ROWS_SHOWN:
        notes.append(f"Only the first {ROWS_SHOWN:,} rows of this comparison are shown.")
    printed = [
        CellRow("fold", count=row) if isinstance(row, int) else _print(row, a, b, columns, shown)
        for row in rows[:ROWS_SHOWN]
    ]
    found = _count(matches, columns, sum(map(len, changed)))
    return CellDiff([columns[number] for number in shown], printed, found, notes)


def _spread(rows: Sequence[Row], places: Sequence[int | None]) -> list[Sparse]:
    numbers = {place: number for number, place in enumerate(places) if place is not None}
    return [{numbers[place]: cell for place, cell in enumerate(row) if cell} for row in rows]


def _fill(rows: Sequence[Sparse], common: set[int]) -> list[Filled]:
    first = min(common)
    return [Filled(row.get(first, ""), frozenset(item for item in row.items() if item[0] in common)) for row in rows]


def _changed(a: Sparse, b: Sparse, common: set[int]) -> list[int]:
    return [number for number in a.keys() | b.keys() if number in common and a.get(number) != b.get(number)]


def _fold(matches: Sequence[Match]) -> list[Match | int]:
    """With how many rows that stayed are left out, where these are more than surround a change."""
    folded: list[Match | int] = []
    start = 0
    for place, match in enumerate([*matches, None]):
        if match and match.kind == "same":
            continue
        head = CONTEXT_ROWS if start else 0
        tail = CONTEXT_ROWS if match else 0
        left_out = place - start - head - tail
        if left_out > 1:
            folded += [*matches[start : start + head], left_out, *matches[place - tail : place]]
        else:
            folded += matches[start:place]
        folded += [match] if match else []
        start = place + 1
    return folded


def _print(
    match: Match, a: Sequence[Sparse], b: Sequence[Sparse], columns: Sequence[Column], shown: Sequence[int]
) -> CellRow:
    old: Sparse | None = a[match.a] if match.a >= 0 else None
    new: Sparse | None = b[match.b] if match.b >= 0 else None
    cells = [_print_cell(columns[number], number, old, new) for number in shown]
    return CellRow(match.kind, match.a + 1, match.b + 1, cells)


def _print_cell(column: Column, number: int, old: Sparse | None, new: Sparse | None) -> Cell:
    before = old.get(number, "") if old is not None and column.kind != "new" else None
    after = new.get(number, "") if new is not None and column.kind != "gone" else None
    if before is None:
        return Cell("none") if after is None else Cell("new", new=show_cell(after))
    if after is None:
        return Cell("gone", old=show_cell(before))
    if before == after:
        return Cell("same", old=show_cell(before))
    return Cell("changed", *_show_change(before, after))


def _show_change(before: str, after: str) -> tuple[str, str]:
    """Long cells from shortly before the place where they begin to differ."""
    if max(len(before), len(after)) <= CELL_CHARACTERS:
        return show_cell(before), show_cell(after)
    pairs = enumerate(zip(before, after, strict=False))
    first = next((place for place, (one, other) in pairs if one != other), min(len(before), len(after)))
    start = first - CONTEXT_CHARACTERS
    if start <= 0:
        return show_cell(before), show_cell(after)
    return f"…{show_cell(before[start:])}", f"…{show_cell(after[start:])}"


def _count(matches: Sequence[Match], columns: Sequence[Column], cells: int) -> list[str]:
    rows = [match.kind for match in matches]
    sides = [column.kind for column in columns]
    counts = (
        (cells, "cell", f"changed in {rows.count('changed'):,} {_noun(rows.count('changed'), 'row')}"),
        (rows.count("gone"), "row", "gone"),
        (rows.count("new"), "row", "new"),
        (sides.count("gone"), "column", "gone"),
        (sides.count("new"), "column", "new"),
    )
    return [f"{count:,} {_noun(count, noun)} {what}" for count, noun, what in counts if count]


def _noun(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
