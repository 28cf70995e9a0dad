"""What a column of a table holds, in a few figures and a small chart."""

import math
import re
import statistics
from collections import Counter
from dataclasses import dataclass

from artifacts.previews.texts import reveal

BINS = 16
BAR_WIDTH = 5
CHART_HEIGHT = 24
NUMBERS_SHARE = 0.95  # of the filled cells: a column with one "n/a" is still one of numbers
NAME_CHARACTERS = 80
TEXT_CHARACTERS = 40
# Not 007 or 1.2.3, which are names, and nothing with a unit.
_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)?(?:\.\d+)?(?:[eE][-+]?\d{1,3})?")
_DIGITS = 300


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Column:
    """`facts` are (label, value) in words. `bars` are of a histogram of `BINS` equal steps from the least to the most
    number, and empty for texts."""

    number: int
    name: str
    is_number: bool
    facts: list[tuple[str, str]]
    bars: list[Bar]

    @property
    def chart_width(self) -> int:
        return BINS * BAR_WIDTH

    @property
    def chart_height(self) -> int:
        return CHART_HEIGHT

    @property
    def bar_width(self) -> int:
        return BAR_WIDTH - 1

    @property
    def in_words(self) -> str:
        return ", ".join(f"{label} {value}" for label, value in self.facts)


def sort_key(cell: str) -> tuple[int, float, str]:
    number = read_number(cell)
    return (1, 0.0, cell.casefold()) if number is None else (0, number, "")


def read_number(cell: str) -> float | None:
    text = cell.strip()
    if not text or len(text) > _DIGITS or not _NUMBER.fullmatch(text) or not any(map(str.isdigit, text)):
        return None
    number = float(text.replace(",", ""))
    return number if math.isfinite(number) else None


def describe_column(number: int, name: str, cells: list[str]) -> Column:
    filled = [cell for cell in cells if cell.strip()]
    numbers = [value for cell in filled if (value := read_number(cell)) is not None]
    is_number = bool(numbers) and len(numbers) >= NUMBERS_SHARE * len(filled)
    facts = _number_facts(numbers) if is_number else _text_facts(filled)
    if is_number and len(numbers) < len(filled):
        facts.append(("no number", f"{len(filled) - len(numbers):,}"))
    if len(filled) < len(cells):
        facts.append(("empty", f"{len(cells) - len(filled):,}"))
    shown = reveal(name.strip())[:NAME_CHARACTERS] or f"Column {number}"
    return Column(number, shown, is_number, facts, _bars(numbers) if is_number else [])


def _number_facts(numbers: list[float]) -> list[tuple[str, str]]:
    return [
        ("least", _figure(min(numbers))),
        ("median", _figure(statistics.median(numbers))),
        ("mean", _figure(math.fsum(number / len(numbers) for number in numbers))),
        ("most", _figure(max(numbers))),
    ]


def _text_facts(texts: list[str]) -> list[tuple[str, str]]:
    if not texts:
        return []
    counts = Counter(texts)
    facts = [("different", f"{len(counts):,}")]
    text, count = counts.most_common(1)[0]
    if count > 1:
        facts.append(("most often", f"{reveal(text[:TEXT_CHARACTERS])} ({count:,})"))
    return facts


def _bars(numbers: list[float]) -> list[Bar]:
    low, high = min(numbers), max(numbers)
    step = high / BINS - low / BINS  # each divided by itself: their difference may be no number any more
    if step <= 0:
        return []
    counts = [0] * BINS
    for number in numbers:
        counts[min(BINS - 1, int(number / step - low / step))] += 1
    bars = []
    for position, count in enumerate(counts):
        height = math.ceil(count * CHART_HEIGHT / max(counts))
        bars.append(Bar(position * BAR_WIDTH, CHART_HEIGHT - height, height))
    return bars


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number.is_integer() and abs(number) < 1e15 else f"{number:.6g}"
