"""The distinct values of an indexed column by prefix: one seek a value, however many rows share it.

"Loose index scan" in the words of MySQL and PostgreSQL's wiki; neither SQLite nor PostgreSQL does it for DISTINCT.
"""

from uuid import UUID

from django.db import connection
from django.db.models import Model

from llmspell_web.teams.models import Membership
from sessions.models import Session

STEPS_MAX = 200  # values looked at
ROWS_MAX = 40  # rows of a value, newest first, among which one in sight is looked for

_STATEMENT = """
    WITH RECURSIVE walk(value, steps) AS (
        SELECT (SELECT MIN({column}) FROM {rows} WHERE {column} >= %s), 1
        UNION ALL
        SELECT (SELECT MIN({column}) FROM {rows} WHERE {column} > walk.value), walk.steps + 1
        FROM walk WHERE walk.value IS NOT NULL AND walk.steps < %s
    )
    SELECT walk.value FROM walk
    WHERE substr(walk.value, 1, %s) = %s AND EXISTS (
        SELECT 1
        FROM (SELECT session_id FROM {rows} WHERE {column} = walk.value ORDER BY session_id DESC LIMIT %s) AS newest
        JOIN {sessions} AS s ON s.id = newest.session_id AND s.deleted_at IS NULL
        JOIN {memberships} AS m ON m.team_id = s.team_id AND m.user_id = %s
    )
    LIMIT %s
"""


def visible_values(model: type[Model], column: str, prefix: str, user_id: UUID, *, limit: int) -> list[str]:
    """Values with that beginning, in its own case, of rows whose session the user can see, by rising value.

    The model has a `session` and an index on (column, session). Costs the same at any size, and may therefore leave out
    what is rare: a value whose ROWS_MAX newest rows are all out of sight, or one behind STEPS_MAX others.
    """
    names = {
        "column": _quote(column),
        "rows": _table(model),
        "sessions": _table(Session),
        "memberships": _table(Membership),
    }
    user = Session._meta.pk.get_db_prep_value(user_id, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT.format(**names), [prefix, STEPS_MAX, len(prefix), prefix, ROWS_MAX, user, limit]
        )  # names of our own tables
        return [value for (value,) in cursor.fetchall()]


def _table(model: type[Model]) -> str:
    return _quote(model._meta.db_table)


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)
