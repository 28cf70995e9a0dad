"""How a run's result is shown: as a table when it is an array of flat objects, else as indented JSON."""

import json
from dataclasses import dataclass, field

MAX_ROWS = 500
MAX_COLUMNS = 40
MAX_CHARACTERS = 100_000


@dataclass(frozen=True)
class Presentation:
    """`text` is always there (cut at MAX_CHARACTERS); `columns` and `rows` only for a table. `cut` says how much is
    shown where not all is."""

    text: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    cut: str = ""


def present_result(result: str) -> Presentation | None:
    """None when the script returned nothing."""
    if not result:
        return None
    value = json.loads(result)
    text = json.dumps(value, indent=2, ensure_ascii=False)
    cut = f"the first {MAX_CHARACTERS:,} of {len(text):,} characters" if len(text) > MAX_CHARACTERS else ""
    columns = _columns(value)
    if not columns:
        return Presentation(text[:MAX_CHARACTERS], cut=cut)
    rows = [[_cell(row.get(name, "")) for name in columns] for row in value[:MAX_ROWS]]
    cut = f"the first {MAX_ROWS:,} of {len(value):,} rows" if len(value) > MAX_ROWS else ""
    return Presentation(text[:MAX_CHARACTERS], columns, rows, cut)


def _columns(value: object) -> list[str]:
    """The keys of an array of flat objects in order of appearance; empty when it is anything else."""
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) and row for row in value):
        return []
    if any(isinstance(cell, dict | list) for row in value for cell in row.values()):
        return []
    names = list(dict.fromkeys(name for row in value for name in row))
    return names if len(names) <= MAX_COLUMNS else []


def _cell(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
