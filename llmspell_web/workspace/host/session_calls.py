"""`Session.*`, as the contract says. Each function reads its arguments and calls one function of the domain."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from llmspell_web.lua import NULL, Value
from llmspell_web.web.problems import InvalidField, Problem
from llmspell_web.workspace.host.context import RunContext
from llmspell_web.workspace.host.options import (
    Reader,
    describe,
    read_boolean,
    read_json_object,
    read_options,
    read_text,
    read_text_or_texts,
    read_texts,
    read_time,
    whole_number,
)
from llmspell_web.workspace.host.tables import session_table
from sessions import lifecycle, services
from sessions.access import get_session
from sessions.filters import LIMIT_MAX
from sessions.models import Session
from sessions.queries import SessionFilter, find_sessions

Arguments = list[Value]
Function = Callable[[RunContext, Arguments], Value]


def read_status(name: str, value: Value) -> tuple[str, ...]:
    """One status, an array of them, or "all"."""
    words = read_text_or_texts(name, value)
    return tuple(Session.Status.values if words == ["all"] else words)


def one_of(*words: str) -> Reader:
    def read(name: str, value: Value) -> str:
        word = read_text(name, value)
        if word not in words:
            raise InvalidField(name, f"one of {', '.join(words)}", f'"{word}"')
        return word

    return read


PAGE = {"limit": whole_number(1, LIMIT_MAX), "offset": whole_number(0)}
CREATE = {
    "name": read_text,
    "description": read_text,
    "tags": read_texts,
    "metadata": read_json_object,
    "parent_session_id": read_text,
}
UPDATE = {key: CREATE[key] for key in ("name", "description", "tags", "metadata")}
LIST = {
    "status": read_status,
    "tags": read_texts,
    "parent_session_id": read_text,
    "created_by": read_text,
    "search": read_text,
    "metadata": read_json_object,
    "created_after": read_time,
    "created_before": read_time,
    "updated_after": read_time,
    "updated_before": read_time,
    "sort_by": read_text,
    "sort_order": one_of("asc", "desc"),
    "sort_desc": read_boolean,
    **PAGE,
}


def text_bytes(fields: Mapping[str, Any]) -> int:
    """What the texts without a small bound of their own take: thousands of them fill the database as files do."""
    texts = {key: fields[key] for key in ("description", "metadata", "custom") if fields.get(key)}
    return len(json.dumps(texts, ensure_ascii=False).encode()) if texts else 0


def create(run: RunContext, arguments: Arguments) -> Value:
    options = read_options(arguments[0], CREATE)
    parent_id = options.pop("parent_session_id", None)
    if parent_id is not None:
        options["parent"] = get_session(run.user, parent_id)
    with run.storing(text_bytes(options)):
        session = services.create_session(run.user, **options, run_id=run.run_id)
    run.touch("session", session.pk)
    return str(session.pk)


def get(run: RunContext, arguments: Arguments) -> Value:
    return session_table(run.session(arguments[0]))


def list_(run: RunContext, arguments: Arguments) -> Value:
    options = read_options(arguments[0], LIST, name="filter")
    if "parent_session_id" in options:
        options["parent_id"] = get_session(run.user, options.pop("parent_session_id")).pk
    order = options.pop("sort_order", None)
    descending = options.pop("sort_desc", None)
    if order is not None:
        options["descending"] = order == "desc"
    elif descending is not None:
        options["descending"] = descending
    chosen = SessionFilter(**options)
    sessions, matched = find_sessions(run.user, chosen)
    run.warn_if_more("Session.list", len(sessions), chosen.offset, matched)
    return [session_table(session) for session in sessions]


def transition(action: lifecycle.Action) -> Function:
    """`Session.suspend` and its like: one row each of the life-cycle table."""

    def function(run: RunContext, arguments: Arguments) -> Value:
        session = run.session(arguments[0], change=True)
        reason = ""
        if action == "fail" and len(arguments) > 1 and arguments[1] is not None:
            reason = read_text("reason", arguments[1])
        lifecycle.change_status(session, action, actor=run.user, run_id=run.run_id, reason=reason)
        return str(session.pk) if action == "load" else None

    return function


def update(run: RunContext, arguments: Arguments) -> Value:
    session = run.session(arguments[0], change=True)
    changes: dict[str, Any] = read_options(arguments[1], UPDATE, name="changes")  # Any: each field has its own type
    with run.storing(text_bytes(changes)):
        services.update_session(session, actor=run.user, run_id=run.run_id, **changes)
    return None


def delete(run: RunContext, arguments: Arguments) -> Value:
    if arguments[0] is None or arguments[0] == b"":
        raise Problem("needs an explicit session id")
    services.delete_session(run.session(arguments[0], change=True), actor=run.user, run_id=run.run_id)
    return None


def set_current(run: RunContext, arguments: Arguments) -> Value:
    chosen = arguments[0]
    if chosen is NULL or chosen == b"":
        raise InvalidField("session id", "a session id or nil", describe(chosen))
    run.set_current(None if chosen is None else run.session(chosen))
    return None


def get_current(run: RunContext, arguments: Arguments) -> Value:
    current = run.current_session_id()
    return str(current) if current else None


FUNCTIONS: dict[str, Function] = {
    "Session.create": create,
    "Session.get": get,
    "Session.list": list_,
    "Session.update": update,
    "Session.delete": delete,
    "Session.setCurrent": set_current,
    "Session.getCurrent": get_current,
    **{f"Session.{action}": transition(action) for action in lifecycle.ACTIONS},
}
