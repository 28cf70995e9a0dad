"""The id of what is being done: of a request, a command or a bulk action. What is recorded meanwhile holds it.

Ids are made here alone. One that a client sends is not believed: it could name the request of somebody else.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from llmspell_web.web.keys import new_key

HEADER = "X-Request-ID"
_current: ContextVar[UUID | None] = ContextVar("request_id", default=None)


def current_request_id() -> UUID | None:
    """None where nobody asked: in chores of a runner, and in a run, which goes by its own id."""
    return _current.get()


@contextmanager
def requested_as(key: UUID) -> Iterator[None]:
    """What is done within goes by that id. A thread that is started within does not."""
    token = _current.set(key)
    try:
        yield
    finally:
        _current.reset(token)


class RequestIdMiddleware:
    """The first of all: pages, error pages and log lines of one request hold its id, and so does the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = new_key()
        with requested_as(key):
            response = self.get_response(request)
        response[HEADER] = str(key)
        return response


class RequestIdFilter(logging.Filter):
    """Gives each line of the log its `request_id`; `-` where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id() or "-"
        return True
