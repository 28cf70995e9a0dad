"""A list as CSV or JSON lines: everything that a list's filter finds, batch by batch, in the list's order.

JSON lines are exact. CSV (RFC 4180) is for spreadsheets: it begins with a byte order mark, without which Excel takes
UTF-8 for something else; tags and metadata are JSON inside their cell; and a cell that a spreadsheet would take for a
formula has a `'` in front. One that begins with `'` gets another, so that taking one away always gives the exact text.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from llmspell_web.teams.models import User
from sessions.fields import JsonObject, JsonValue
from sessions.pages import Order, page_rows
from sessions.wanted import Condition

BATCH_ROWS = 100  # each up to 128 KiB of description and metadata; two batches are held at once
BYTE_ORDER_MARK = "\ufeff"
# What begins a formula in some spreadsheet, the wide forms among them; and the sign that keeps it from being one.
GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
MIME_TYPES = {"csv": "text/csv; charset=utf-8; header=present", "jsonl": "application/x-ndjson; charset=utf-8"}


@dataclass(frozen=True)
class Export:
    """What a file says of each row of a table: `fields` in this order, as `describe` gives them for a row and the site
    that stands before its path. `fetch` asks for all that this takes. `unchanged_since` leaves out what has changed
    since a moment, which may have moved in a list of that order; None where nothing moves."""

    # Any: rows of the table, and a query for them.
    fields: tuple[str, ...]
    describe: Callable[[Any, str], JsonObject]
    fetch: Callable[[Any], Any]
    unchanged_since: Callable[[datetime, Order], Condition | None]


def export_rows(
    user: User, export: Export, wanted: Condition | None, order: Order, *, kind: str, site: str
) -> Iterator[bytes]:
    """`kind` is a key of MIME_TYPES; `site` stands before a row's path in its URL."""
    batches = walk_list(user, export, wanted, order)
    return write_rows(export.fields, ([export.describe(row, site) for row in batch] for batch in batches), kind=kind)


def write_rows(fields: Sequence[str], batches: Iterable[list[JsonObject]], *, kind: str) -> Iterator[bytes]:
    """The file, of rows that each have these fields in this order."""
    if kind == "csv":
        yield f"{BYTE_ORDER_MARK}{','.join(fields)}\r\n".encode()
    for rows in batches:
        yield (_csv_lines(fields, rows) if kind == "csv" else _json_lines(rows)).encode()


def walk_list(user: User, export: Export, wanted: Condition | None, order: Order) -> Iterator[list[Any]]:
    """What the user can see at the moment of each batch. No row comes twice.

    One that changes before it is reached is left out, where it may have moved to where the walk has been already or
    will come again; by time of creation nothing moves, and each row that is there all the while comes once.
    """
    if (unchanged := export.unchanged_since(timezone.now(), order)) is not None:
        wanted = unchanged if wanted is None else wanted & unchanged
    after = None
    while (page := page_rows(user, wanted, order, limit=BATCH_ROWS, after=after, fetch=export.fetch)).rows:
        yield page.rows
        if (after := page.next) is None:
            return


def _json_lines(rows: list[JsonObject]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _csv_lines(fields: Sequence[str], rows: list[JsonObject]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([_cell(row[field]) for field in fields] for row in rows)
    return text.getvalue()


def _cell(value: JsonValue) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(GUARDED) else text
