"""Lists of sessions for scripts: by limit and offset. Those for the browser are in pages.py."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import and_

from llmspell_web.teams.models import User
from sessions import conditions
from sessions.access import account_key, teams_of
from sessions.course import Course
from sessions.fields import clean_json_value
from sessions.filters import TEXT_SORT_KEYS, SessionFilter
from sessions.finding import count_all, first_rows
from sessions.models import Session
from sessions.wanted import (
    EVERYTHING,
    Condition,
    child_condition,
    metadata_condition,
    owner_condition,
    status_condition,
    tag_condition,
    text_condition,
    time_condition,
)

__all__ = ["SessionFilter", "find_sessions"]
_TICK = timedelta(microseconds=1)  # what databases tell apart


def find_sessions(user: User, wanted: SessionFilter) -> tuple[list[Session], int]:
    """One page with its tags, creators and teams, and how many matched, which is counted only for a full page."""
    falling = wanted.descending if wanted.descending is not None else wanted.sort_by not in TEXT_SORT_KEYS
    course = Course([team.pk for team in teams_of(user)], wanted.sort_by, falling)
    condition = reduce(and_, _conditions(wanted, course.column), EVERYTHING)
    page = first_rows(course, condition, wanted.limit, skip=wanted.offset)
    if len(page) < wanted.limit and (page or not wanted.offset):
        return page, wanted.offset + len(page)
    return page, count_all(course, condition)


def _conditions(wanted: SessionFilter, column: str) -> Iterator[Condition]:
    if wanted.status is not None:
        yield status_condition(wanted.status, column)
    for tag in wanted.tags:
        yield tag_condition(tag)
    if wanted.parent_id is not None:
        yield child_condition(wanted.parent_id)
    if wanted.created_by is not None:
        yield owner_condition(account_key(wanted.created_by), column)
    if wanted.search:
        yield text_condition(wanted.search, conditions.is_called(wanted.search))
    for key, value in wanted.metadata.items():
        yield metadata_condition([key], [clean_json_value(f"metadata.{key}", value)])
    yield time_condition("created", _just_after(wanted.created_after), wanted.created_before, column)
    yield time_condition("updated", _just_after(wanted.updated_after), wanted.updated_before, column)


def _just_after(moment: datetime | None) -> datetime | None:
    try:
        return moment and moment + _TICK
    except OverflowError:  # the end of the calendar
        return moment
