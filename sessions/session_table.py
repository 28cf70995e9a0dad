"""The list of sessions."""

from datetime import datetime

from llmspell_web.web.times import rfc3339
from sessions.completion import SESSION_VOCABULARY
from sessions.export import Export
from sessions.facets import TAGS, Facet, FacetSet, accounts, every_choice, most_frequent, own_teams
from sessions.fields import JsonObject
from sessions.finding import fetch_all
from sessions.models import Session, SessionTag
from sessions.pages import SESSION_ORDERS, Order
from sessions.session_columns import COLUMNS, fetch, list_rows
from sessions.session_filter import SessionFilterForm
from sessions.source import SESSIONS
from sessions.tables import Table
from sessions.terms import TermReader
from sessions.wanted import (
    Condition,
    owner_condition,
    status_condition,
    tag_condition,
    team_condition,
    time_condition,
)

EXPORTED = (
    *("id", "name", "description", "status", "tags", "metadata", "parent_id", "owner", "team"),
    *("created_at", "updated_at", "ended_at", "saved_at", "artifact_count", "total_artifact_size", "save_count", "url"),
)


def _describe(session: Session, site: str) -> JsonObject:
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


def _unchanged_since(start: datetime, order: Order) -> Condition | None:
    return None if order.column == "created_at" else time_condition("updated", None, start, order.column)


SESSION_TABLE = Table(
    name="sessions",
    thing="session",
    orders=SESSION_ORDERS,
    form=SessionFilterForm,
    reader=TermReader,
    columns=COLUMNS,
    facets=FacetSet(
        SESSIONS,
        SessionTag,
        "session",
        (
            Facet(
                "status",
                "Status",
                "status",
                lambda value, column: status_condition([value], column),
                every_choice(Session.Status.values),
                {value: str(label) for value, label in Session.Status.choices},
            ),
            Facet("tag", "Tags", TAGS, lambda value, _: tag_condition(value), most_frequent),
            Facet("owner", "Owner", "created_by", owner_condition, accounts),
            Facet("team", "Team", "team", lambda value, _: team_condition(value), own_teams),
        ),
    ),
    fetch=fetch,
    list_rows=list_rows,
    vocabulary=SESSION_VOCABULARY,
    export=Export(EXPORTED, _describe, fetch_all, _unchanged_since),
    rising=frozenset({"name", "status"}),
    has_news=True,
)
