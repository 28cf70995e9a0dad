"""Two tables compared cell by cell."""

import random
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from artifacts.diffs.cell_columns import match_columns
from artifacts.diffs.cells import CellDiff, CellRow, compare_tables

HEAD = ["id", "name", "price"]
ROWS = [[str(number), f"item {number}", str(number * 3)] for number in range(1, 41)]
TABLES = st.lists(st.lists(st.sampled_from(["", "x", "y", "1"]), min_size=1, max_size=4), min_size=1, max_size=8)


def compare(a: list[list[str]], b: list[list[str]], *, fold: bool = True) -> CellDiff:
    diff = compare_tables(a, b, fold=fold)
    assert diff is not None
    return diff


def kinds(diff: CellDiff) -> list[tuple[str, int, int]]:
    """Of the rows that did not stay."""
    return [(row.kind, row.a, row.b) for row in diff.rows if row.kind not in {"same", "fold"}]


def changed(row: CellRow) -> list[tuple[str, str]]:
    return [(cell.old, cell.new) for cell in row.cells if cell.kind == "changed"]


def test_changed_cells_are_marked_and_rows_that_stay_are_folded() -> None:
    b = [list(row) for row in ROWS]
    b[4][1] = "<b>five</b>"
    del b[12]
    b.insert(30, ["99", "new", ""])
    diff = compare([HEAD, *ROWS], [HEAD, *b])
    assert diff.found == ["1 cell changed in 1 row", "1 row gone", "1 row new"]
    assert kinds(diff) == [("changed", 5, 5), ("gone", 13, 0), ("new", 0, 31)]
    row = next(row for row in diff.rows if row.kind == "changed")
    assert changed(row) == [("item 5", "<b>five</b>")]
    assert [row.count for row in diff.rows if row.kind == "fold"] == [12, 6]
    assert [column.name for column in diff.columns] == HEAD


def test_columns_are_matched_by_their_names() -> None:
    a = [["id", "name", "old", "price"], *([row[0], row[1], "-", row[2]] for row in ROWS)]
    b = [["price", "id", "name", "stock"], *([row[2], row[0], row[1], "7"] for row in ROWS)]
    b[3][0] = "0"
    diff = compare(a, b)
    assert {column.name: column.kind for column in diff.columns} == {
        **dict.fromkeys(["id", "name", "price"], "same"),
        "old": "gone",
        "stock": "new",
    }
    assert diff.found == ["1 cell changed in 1 row", "1 column gone", "1 column new"]
    assert diff.notes == ["The columns stand in another order; they were compared by their names."]
    assert kinds(diff) == [("changed", 3, 3)]


def test_a_row_that_changed_finds_its_like_among_others_that_changed() -> None:
    b = [["new", "x", "y"], *([row[0], row[1], f"{row[2]}.5"] for row in ROWS)]
    diff = compare([HEAD, *ROWS], [HEAD, *b])
    assert kinds(diff)[:2] == [("new", 0, 1), ("changed", 1, 2)]
    assert diff.found == ["40 cells changed in 40 rows", "1 row new"]
    many = [[str(number), "same", str(number)] for number in range(500)]
    more = [["x", "x", "x"], *([row[0], row[1], f"{row[2]}.5"] for row in many)]
    diff = compare([HEAD, *many], [HEAD, *more])
    assert diff.found == ["500 cells changed in 500 rows", "1 row new"]
    assert "matched" not in "".join(diff.notes)


def test_a_table_without_names_is_compared_by_places() -> None:
    diff = compare([["1", "2"], ["3", "4"], ["5", "6"]], [["1", "2", "9"], ["3", "0"], ["5", "6"]])
    assert [(column.name, column.kind) for column in diff.columns] == [
        ("Column 1", "same"),
        ("Column 2", "same"),
        ("Column 3", "new"),
    ]
    assert diff.found == ["1 cell changed in 1 row", "1 column new"]


@given(TABLES, TABLES)
@example([["x"]], [["y"], [""]])
def test_the_comparison_rebuilds_both_tables(a: list[list[str]], b: list[list[str]]) -> None:
    """Where they have a column in common: else there is none."""
    diff = compare_tables(a, b, fold=False)
    if diff is None:
        assert "same" not in {column.kind for column in match_columns(a, b).columns}
        return
    for table, kind, other in ((a, "gone", "new"), (b, "new", "gone")):
        places = [column.a if kind == "gone" else column.b for column in diff.columns]
        rebuilt = table[: match_columns(a, b).have_names]
        for row in diff.rows:
            if row.kind == other:
                continue
            cells = [cell.new if kind == "new" and cell.kind in {"changed", "new"} else cell.old for cell in row.cells]
            held = sorted((place, cell) for place, cell in zip(places, cells, strict=True) if place is not None)
            rebuilt.append([cell for _, cell in held])
        assert [[*row, *[""] * 4][:4] for row in rebuilt] == [[*row, *[""] * 4][:4] for row in table]


def test_what_differs_is_among_the_columns_that_are_shown() -> None:
    names = [f"c{number}" for number in range(10_000)]
    a = [str(number) for number in range(10_000)]
    b = [cell if number % 2500 else f"{cell}!" for number, cell in enumerate(a)]
    diff = compare([names, a, a], [names, b, a])
    assert [column.name for column in diff.columns] == ["c0", "c1", "c2", "c2500", "c5000", "c7500"]
    assert diff.notes == ["9,994 columns in which no cell changed are not shown."]
    every = compare([names, a, a], [names, ["0", *(f"{cell}!" for cell in a[1:])], a])
    assert len(every.columns) == 40
    assert every.notes == ["9,960 more columns in which something changed are not shown."]


def test_a_long_cell_is_shown_where_it_differs() -> None:
    diff = compare([["x" * 5000 + "<old>", "1"], ["2", "2"]], [["x" * 5000 + "<new>", "1"], ["2", "2"]])
    (cells,) = [changed(row) for row in diff.rows if row.kind == "changed"]
    assert cells == [("…" + "x" * 29 + "<old>", "…" + "x" * 29 + "<new>")]


@pytest.mark.parametrize("seed", range(3))
def test_rows_beyond_the_bound_are_told(seed: int) -> None:
    rng = random.Random(seed)
    head = [["1", str(number)] for number in range(9000)]
    a, b = ([*head, *([rng.choice("ab"), str(number)] for number in range(6000))] for _ in range(2))
    diff = compare(a, b)
    assert "Only 4,000 rows of each were compared, from the first difference on." in diff.notes
    assert "Only the first 500 rows of this comparison are shown." in diff.notes
    assert len(diff.rows) == 500
    assert diff.rows[0].kind == "fold"


def test_long_tables_with_nothing_in_common_are_not_the_same() -> None:
    assert compare([["1", "2"]] * 9000, [["3", "4"]] * 9000).found == ["4,000 rows gone", "4,000 rows new"]
    b = [["n", "n"], *([str(number), "x"] for number in range(9000))]
    assert compare([["a", "a"], *b[1:]], [*b[:1], ["m", "m"], *b[1:]]).found == ["1 row gone", "2 rows new"]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([[""] * 130_000, *[["1"]] * 60_000], [["2"]] * 60_000),
        ([["a", "b"], *([str(n % 3), str(n % 7)] for n in range(60_000))], [["b", "a"], *[["1", "2"], ["x"]] * 9000]),
        ([["1"] * 60_000, *[["1"]] * 40_000], [["2"] * 60_000, *[["2"]] * 40_000]),
        ([[f"c{n}" for n in range(9999)]] * 20, [[f"c{n}" for n in range(9999)][::-1]] * 20),
        ([[str(n * m % 3) for n in range(2600)] for m in range(50)], [[str(n % 2)] * 2600 for n in range(50)]),
        ([["k", str(n)] for n in range(4000)], [["k", str(-n)] for n in range(4000)]),
    ],
)
def test_hostile_tables_are_compared_in_bounded_time(a: list[list[str]], b: list[list[str]]) -> None:
    start = time.process_time()
    compare_tables(a, b)
    assert time.process_time() - start < 5
