"""Which columns of two tables belong together, and which of them are shown."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from artifacts.diffs.alignment import align
from artifacts.previews.columns import NAME_CHARACTERS
from artifacts.previews.tables import Row, are_names
from artifacts.previews.texts import reveal

COLUMNS_SHOWN = 40
FIRST_COLUMNS = 3  # shown in any case: they say which row it is


@dataclass(frozen=True)
class Column:
    """`a` and `b` are its places in the rows of both tables; None where the table has no such column."""

    name: str
    a: int | None
    b: int | None

    @property
    def kind(self) -> Literal["same", "gone", "new"]:
        if self.a is None or self.b is None:
            return "new" if self.a is None else "gone"
        return "same"


class Columns(NamedTuple):
    """`have_names`: the first row of both tables holds them, and is none of the others."""

    columns: list[Column]
    have_names: bool
    are_moved: bool


def match_columns(a_rows: Sequence[Row], b_rows: Sequence[Row]) -> Columns:
    """By their names where both have names, else by their places; in the order of `b`, with those only in `a` where
    these were."""
    have_names = len(a_rows) + len(b_rows) > 2 and are_names(a_rows[0]) and are_names(b_rows[0])
    a, b = _keys(a_rows, have_names), _keys(b_rows, have_names)
    a_places = {key: place for place, key in enumerate(a)}
    b_places = {key: place for place, key in enumerate(b)}
    columns: list[Column] = []
    for block in align(a, b).blocks:
        gone = [place for place in range(block.a_start, block.a_end) if a[place] not in b_places]
        columns += [Column(_label(a[place], place), place, None) for place in gone]
        columns += [
            Column(_label(b[place], place), a_places.get(b[place]), place)
            for place in range(block.b_start, block.b_end)
        ]
    are_moved = [key for key in a if key in b_places] != [key for key in b if key in a_places]
    return Columns(columns, have_names, are_moved)


def find_shown(columns: Sequence[Column], touched: Collection[int]) -> tuple[list[int], list[str]]:
    """All where they are few; else the first ones and those in which something differs. With notes on the others."""
    if len(columns) <= COLUMNS_SHOWN:
        return list(range(len(columns))), []
    telling = [number for number, column in enumerate(columns) if column.kind != "same" or number in touched]
    wanted = list(dict.fromkeys([*range(FIRST_COLUMNS), *telling]))
    shown = sorted(wanted[:COLUMNS_SHOWN])
    notes = []
    if alike := len(columns) - len(wanted):
        notes.append(f"{alike:,} columns in which no cell changed are not shown.")
    if more := len(wanted) - len(shown):
        notes.append(f"{more:,} more columns in which something changed are not shown.")
    return shown, notes


def _keys(rows: Sequence[Row], have_names: bool) -> list[Hashable]:
    """A name, or a number for columns without: those behind the named ones are counted from the last of these."""
    names = [name.strip() for name in rows[0]] if have_names else []
    return [*names, *range(max(map(len, rows)) - len(names))]


def _label(key: Hashable, place: int) -> str:
    if not isinstance(key, str):
        return f"Column {place + 1}"
    shown = reveal(key[: NAME_CHARACTERS + 1])
    return f"{shown[:NAME_CHARACTERS]}…" if len(key) > NAME_CHARACTERS else shown
