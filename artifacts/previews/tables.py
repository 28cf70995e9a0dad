"""CSV and its kin as a table: read as far as the beginning goes, whole rows only."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from urllib.parse import urlencode

from artifacts.previews.columns import Column, describe_column, sort_key
from artifacts.previews.kinds import Kind
from artifacts.previews.look import Look, NotShown, Shown
from artifacts.previews.texts import reveal

DELIMITERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
HINTED = {".csv": ",;\t|", ".tsv": "\t", ".tab": "\t"}
ROWS_SHOWN = 200
COLUMNS_SHOWN = 40
CELL_CHARACTERS = 200
SAMPLE_ROWS = 20
SURE_ROWS = 3  # alike in their columns: fewer lines with a comma each are prose

Row = list[str]


@dataclass(frozen=True)
class Heading:
    column: Column
    url: str
    sorted: str = ""  # as aria-sort has it


@dataclass(frozen=True)
class Cell:
    text: str
    is_number: bool


@dataclass(frozen=True)
class Table:
    """Of `row_count` rows and `column_count` columns that were read, those from `first_row` and `first_column` on
    (counted from 1). A link is empty where nothing more lies on its side. A row is its number in the file and cells."""

    headings: list[Heading]
    rows: list[tuple[int, list[Cell]]]
    row_count: int
    column_count: int
    first_row: int
    first_column: int
    links: dict[str, str]

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.rows) - 1

    @property
    def last_column(self) -> int:
        return self.first_column + len(self.headings) - 1


def find_delimiter(look: Look) -> str:
    """What parts the columns; empty for text that is no table."""
    assert look.text
    hinted = HINTED.get(look.suffix, "")
    lines = look.text.content.split("\n", SAMPLE_ROWS + 1)
    sample = "\n".join(lines[:SAMPLE_ROWS])
    for delimiter in hinted or DELIMITERS:
        if delimiter not in sample:
            continue
        try:
            rows = [row for row in csv.reader(StringIO(sample, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            continue
        widths = {len(row) for row in (rows if len(rows) < 2 or len(lines) <= SAMPLE_ROWS else rows[:-1])}
        if hinted or (len(rows) >= SURE_ROWS and len(widths) == 1 and max(widths) > 1 and not _is_prose(rows)):
            return delimiter
    return ""


def read_table(look: Look, kind: Kind) -> Shown:
    names, rows, notes = _read_rows(look)
    width = len(names)
    first_column = look.number("columns", least=1, most=max(1, width), default=1)
    sort = look.number("sort", least=1, most=max(1, width), default=0)
    order = look.choice("order", ("ascending", "descending"))
    shown = slice(first_column - 1, first_column - 1 + COLUMNS_SHOWN)
    columns = [
        describe_column(number, names[number - 1], [_at(row, number) for _, row in rows])
        for number in range(1, width + 1)[shown]
    ]
    if sort:
        rows = _sort(rows, sort, order)
    first_row = look.number("rows", least=1, most=max(1, len(rows)), default=1)
    cells = [
        (place, [Cell(show_cell(_at(row, column.number)), column.is_number) for column in columns])
        for place, row in rows[first_row - 1 :][:ROWS_SHOWN]
    ]
    asked = {"sort": sort or "", "order": order if sort else "", "columns": first_column, "rows": first_row}
    table = Table(
        [_heading(column, asked) for column in columns],
        cells,
        len(rows),
        width,
        first_row,
        first_column,
        _links(asked, len(rows), width),
    )
    return Shown("_table.html", table, tuple(notes))


def _read_rows(look: Look) -> tuple[Row, list[tuple[int, Row]], list[str]]:
    """The names of the columns, as many as the widest row has cells, the rows with their numbers, and notes."""
    rows = parse_rows(look)
    notes = []
    if look.is_cut:
        notes.append(f"The {len(rows):,} rows at the beginning are shown, and all figures are of these rows alone.")
    width = max(len(row) for row in rows)
    has_names = len(rows) > 1 and are_names(rows[0])
    names = rows[0] if has_names else []
    body = rows[1:] if has_names else rows
    if ragged := sum(len(row) != len(rows[0]) for row in body):
        notes.append(f"{ragged:,} row{'s have' if ragged > 1 else ' has'} more or fewer cells than the first.")
    return [*names, *[""] * (width - len(names))], list(enumerate(body, 1)), notes


def parse_rows(look: Look, *, strict: bool = False) -> list[Row]:
    """The whole rows that the beginning holds, at least one, without empty ones. NotShown where it is no table; with
    `strict`, also where quotes do not match."""
    assert look.text
    text = look.text.content
    reader = csv.reader(StringIO(text, newline=""), delimiter=find_delimiter(look) or ",", strict=strict)
    rows: list[Row] = []
    try:
        rows.extend(row for row in reader if row)
        if look.is_cut and rows:
            rows.pop()  # the end of the part may have cut it in two
    except csv.Error as error:
        is_at_the_end = reader.line_num > text.count("\n")
        if not (strict and look.is_cut and is_at_the_end):  # where the part ends, a quote may be open
            raise NotShown(f"it is no table ({error})") from None
    if not rows:
        raise NotShown("its first row is longer than what is read of it")
    return rows


def _at(row: Row, column: int) -> str:
    """Rows are not filled up: in a hostile table that would cost its longest row times its number of rows."""
    return row[column - 1] if column <= len(row) else ""


def are_names(row: Row) -> bool:
    """They are there, differ, and are no numbers."""
    names = [name.strip() for name in row]
    return all(names) and len(set(names)) == len(names) and not any(map(_is_number, names))


def _is_number(text: str) -> bool:
    return sort_key(text)[0] == 0


def _is_prose(rows: Sequence[Row]) -> bool:
    """Sentences with as many commas each: a cell after the first begins with a blank and goes on at length."""
    later = [cell for row in rows for cell in row[1:]]
    return sum(cell.startswith(" ") and cell.count(" ") > 3 for cell in later) > len(later) / 2


def _sort(rows: list[tuple[int, Row]], column: int, order: str) -> list[tuple[int, Row]]:
    """Numbers before texts; what is empty last, whichever way."""
    filled = [row for row in rows if _at(row[1], column).strip()]
    empty = [row for row in rows if not _at(row[1], column).strip()]
    filled.sort(key=lambda row: sort_key(_at(row[1], column)), reverse=order == "descending")
    return filled + empty


def show_cell(text: str) -> str:
    shown = reveal(text[: CELL_CHARACTERS + 1])
    return f"{shown[:CELL_CHARACTERS]}…" if len(text) > CELL_CHARACTERS else shown


def _heading(column: Column, asked: Mapping[str, object]) -> Heading:
    is_current = asked["sort"] == column.number
    order = "descending" if is_current and asked["order"] == "ascending" else "ascending"
    url = _url(asked, sort=column.number, order=order, rows=1)
    return Heading(column, url, str(asked["order"]) if is_current else "")


def _links(asked: Mapping[str, object], row_count: int, column_count: int) -> dict[str, str]:
    links = {}
    for name, count, step in (("rows", row_count, ROWS_SHOWN), ("columns", column_count, COLUMNS_SHOWN)):
        first = int(str(asked[name]))
        links[f"previous_{name}"] = _url(asked, **{name: max(1, first - step)}) if first > 1 else ""
        links[f"next_{name}"] = _url(asked, **{name: first + step}) if first + step <= count else ""
    return links


def _url(asked: Mapping[str, object], **changes: object) -> str:
    pairs = {name: value for name, value in {**asked, **changes}.items() if value not in {"", 1} or name == "sort"}
    return f"?{urlencode([(name, value) for name, value in pairs.items() if value != ''])}"
