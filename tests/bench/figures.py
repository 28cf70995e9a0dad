"""A measured figure, and the table of them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from types import TracebackType
from typing import Self

FEW = 20  # samples below which a 95th percentile would be made up
HEADINGS = ("what", "median", "p95", "goal", "", "floor", "times", "what the floor is", "processor: median", "p95")


@dataclass(frozen=True)
class Figure:
    """`samples` in `unit`. `goal` is the most (with `at_least`, the least) that `judged` ("median" or "p95") may be.

    `floor` is what the parts that nobody can leave out take by themselves, in the same unit. `processor`, where it is
    known, is the milliseconds of processor time behind each sample: on a busy machine, what the clock says is mostly of
    others.
    """

    name: str
    samples: Sequence[float]
    unit: str = "ms"
    goal: float | None = None
    judged: str = "median"
    at_least: bool = False
    floor: float | None = None
    floor_name: str = ""
    processor: Sequence[float] = ()

    @property
    def median(self) -> float:
        return median(self.samples)

    @property
    def p95(self) -> float:
        return _p95(self.samples, at_least=self.at_least)

    @property
    def reached(self) -> bool | None:
        if self.goal is None:
            return None
        value = self.p95 if self.judged == "p95" else self.median
        return value >= self.goal if self.at_least else value <= self.goal

    def row(self) -> tuple[str, ...]:
        sign = "≥" if self.at_least else "≤"
        goal = "" if self.goal is None else f"{self.judged} {sign} {self.goal:.3g} {self.unit}"
        return (
            self.name,
            f"{self.median:.2f} {self.unit}",
            f"{self.p95:.2f} {self.unit}" if len(self.samples) > 1 else "",
            goal,
            {None: "", True: "yes", False: "NO"}[self.reached],
            "" if self.floor is None else f"{self.floor:.3g} {self.unit}",
            f"{self.median / self.floor:.1f}" if self.floor else "",
            self.floor_name,
            f"{median(self.processor):.2f} ms" if self.processor else "",
            f"{_p95(self.processor):.2f} ms" if self.processor else "",
        )


def _p95(samples: Sequence[float], *, at_least: bool = False) -> float:
    """What 95 of 100 samples keep to; of few samples, the worst one."""
    if len(samples) < FEW:
        return min(samples) if at_least else max(samples)
    return quantiles(samples, n=20)[0 if at_least else -1]


def print_table(figures: Sequence[Figure]) -> None:
    rows = [HEADINGS, *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@dataclass
class Stopwatch:
    """Collects milliseconds: `with watch: …` times a block."""

    samples: list[float] = field(default_factory=list)
    _started: float = 0

    def __enter__(self) -> Self:
        self._started = time.perf_counter()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self.samples.append((time.perf_counter() - self._started) * 1000)


def repeat(times: int, action: Callable[[], object], *, warm_up: int = 3) -> list[float]:
    """Milliseconds of each call of `action`, without the first `warm_up`."""
    watch = Stopwatch()
    for _ in range(warm_up + times):
        with watch:
            action()
    return watch.samples[warm_up:]
