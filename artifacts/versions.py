"""Which version of a name is the newest, in whose list it stands, and how many there are. The callers hold the
session's row, so that of two changes to one name the second sees what the first one left."""

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from artifacts.models import Artifact
from sessions.prepared import PreparedQuery

# Written out for the same reason as in services.py: every further version of a name passes here.
_SET_COUNT = """
    UPDATE llmspell_artifacts_artifact SET version_count = %s, listed_in_id = CASE WHEN %s THEN (
        SELECT team_id FROM llmspell_sessions_session AS s WHERE s.id = session_id AND s.deleted_at IS NULL
    ) END
    WHERE id = %s
"""


def number_newest(artifact: Artifact) -> None:
    """Give a new artifact its number and count; the version that was the newest is it no more.

    Numbers go on after every row of the name, the trash included, and the row that is left where the last one was
    deleted for good: so a number is given once.
    """
    rows = _find_last(artifact.session_id, artifact.name)
    artifact.version, artifact.version_count = 1, 1
    if not rows:
        return
    artifact.version = rows[0].version + 1
    newest = rows[0] if rows[0].version_count else _newest(artifact).first()
    if newest is not None:
        artifact.version_count = (newest.version_count or 0) + 1
        _set_count(newest, None)


def count_out(artifact: Artifact) -> None:
    """Count an artifact out that was just moved to the trash; where it was the newest, the one before it takes over."""
    newest = _newest(artifact).get()
    left = (newest.version_count or 0) - 1
    heir: Artifact | None = newest
    if newest.pk == artifact.pk:
        _set_count(newest, None)
        heir = _versions(artifact).filter(deleted_at=None).order_by("-version").first()
    if heir is not None:
        _set_count(heir, left)


def count_in(artifact: Artifact) -> None:
    """Count an artifact in that was just taken out of the trash, as the newest where it is."""
    newest = _newest(artifact).first()
    if newest is None:
        _set_count(artifact, 1)
    elif newest.version > artifact.version:
        _set_count(newest, (newest.version_count or 0) + 1)
    else:
        _set_count(newest, None)
        _set_count(artifact, (newest.version_count or 0) + 1)


def _set_count(artifact: Artifact, count: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _SET_COUNT, [count, count is not None, Artifact._meta.pk.get_db_prep_value(artifact.pk, connection)]
        )


def _versions(artifact: Artifact) -> QuerySet[Artifact]:
    return Artifact.objects.filter(session=artifact.session_id, name=artifact.name).only("version", "version_count")


def _newest(artifact: Artifact) -> QuerySet[Artifact]:
    return _versions(artifact).filter(version_count__isnull=False)


@PreparedQuery
def _find_last(session_id: UUID, name: str) -> "QuerySet[Artifact]":
    rows = Artifact.objects.filter(session=session_id, name=name)
    return rows.order_by("-version").only("version", "version_count")[:1]
