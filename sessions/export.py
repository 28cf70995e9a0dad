"""Sessions as CSV or JSON lines: everything that a list's filter finds, batch by batch, in the list's order.

JSON lines are exact. CSV (RFC 4180) is for spreadsheets: it begins with a byte order mark, without which Excel takes
UTF-8 for something else; tags and metadata are JSON inside their cell; and a cell that a spreadsheet would take for a
formula has a `'` in front. One that begins with `'` gets another, so that taking one away always gives the exact text.
"""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from llmspell_web.teams.models import User
from llmspell_web.web.times import rfc3339
from sessions.fields import JsonObject, JsonValue
from sessions.models import Session
from sessions.pages import Order, page_sessions
from sessions.wanted import Condition, time_condition

BATCH_ROWS = 100  # each up to 128 KiB of description and metadata; two batches are held at once
BYTE_ORDER_MARK = "\ufeff"
# What begins a formula in some spreadsheet, the wide forms among them; and the sign that keeps it from being one.
GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
FIELDS = (
    *("id", "name", "description", "status", "tags", "metadata", "parent_id", "owner", "team"),
    *("created_at", "updated_at", "ended_at", "saved_at", "artifact_count", "total_artifact_size", "save_count", "url"),
)
MIME_TYPES = {"csv": "text/csv; charset=utf-8; header=present", "jsonl": "application/x-ndjson; charset=utf-8"}


def export_sessions(user: User, wanted: Condition | None, order: Order, *, kind: str, site: str) -> Iterator[bytes]:
    """`kind` is a key of MIME_TYPES; `site` stands before a session's path in its URL."""
    write = {"csv": _csv_lines, "jsonl": _json_lines}[kind]
    if kind == "csv":
        yield f"{BYTE_ORDER_MARK}{','.join(FIELDS)}\r\n".encode()
    for batch in walk_list(user, wanted, order):
        yield write([_fields_of(session, site) for session in batch]).encode()


def walk_list(user: User, wanted: Condition | None, order: Order) -> Iterator[list[Session]]:
    """What the user can see at the moment of each batch. No session comes twice.

    One that changes before it is reached is left out, as it may have moved to where the walk has been already or will
    come again; by time of creation nothing moves, and each session that is there all the while comes once.
    """
    if order.column != "created_at":
        wanted = _unchanged_since(timezone.now(), wanted, order)
    after = None
    while (page := page_sessions(user, wanted, order, limit=BATCH_ROWS, after=after)).sessions:
        yield page.sessions
        if (after := page.next) is None:
            return


def _unchanged_since(start: datetime, wanted: Condition | None, order: Order) -> Condition:
    unchanged = time_condition("updated", None, start, order.column)
    return unchanged if wanted is None else wanted & unchanged


def _fields_of(session: Session, site: str) -> JsonObject:
    return {
        "id": str(session.pk),
        "name": session.name,
        "description": session.description,
        "status": session.status,
        "tags": [*session.tag_names],
        "metadata": session.metadata,
        "parent_id": str(session.parent_id) if session.parent_id else None,
        "owner": session.created_by.username,
        "team": session.team.name,
        "created_at": rfc3339(session.created_at),
        "updated_at": rfc3339(session.updated_at),
        "ended_at": rfc3339(session.ended_at) if session.ended_at else None,
        "saved_at": rfc3339(session.saved_at) if session.saved_at else None,
        "artifact_count": session.artifact_count,
        "total_artifact_size": session.total_artifact_size,
        "save_count": session.save_count,
        "url": site + session.get_absolute_url(),
    }


def _json_lines(rows: list[JsonObject]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _csv_lines(rows: list[JsonObject]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([_cell(row[field]) for field in FIELDS] for row in rows)
    return text.getvalue()


def _cell(value: JsonValue) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(GUARDED) else text
