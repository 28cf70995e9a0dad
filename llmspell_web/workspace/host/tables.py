"""What a script gets to see of a session or an artifact. Absent values are left out: in Lua they are nil."""

from datetime import datetime
from typing import Any
from uuid import UUID

from artifacts.models import Artifact
from llmspell_web.lua import NULL, Value
from llmspell_web.web.times import rfc3339
from sessions.models import Session


def from_json(value: Any) -> Value:  # Any: JSON
    """JSON as Lua sees it: null inside stays null."""
    match value:
        case None:
            return NULL
        case list():
            return [from_json(item) for item in value]
        case dict():
            return {key: from_json(item) for key, item in value.items()}
    return value  # type: ignore[no-any-return]


def _table(**values: object) -> dict[str, Value]:
    table: dict[str, Value] = {}
    for key, value in values.items():
        match value:
            case None | "":
                pass
            case datetime():
                table[key] = rfc3339(value)
            case UUID():
                table[key] = str(value)
            case _:
                table[key] = value  # type: ignore[assignment]  # the callers below pass plain values
    return table


def session_table(session: Session) -> dict[str, Value]:
    return _table(
        id=session.pk,
        name=session.name,
        description=session.description,
        status=str(session.status),
        tags=session.tag_names,
        metadata=from_json(session.metadata),
        parent_session_id=session.parent_id,
        created_at=session.created_at,
        updated_at=session.updated_at,
        ended_at=session.ended_at,
        saved_at=session.saved_at,
        created_by=session.created_by.get_username(),
        team=session.team.name,
        artifact_count=session.artifact_count,
        total_artifact_size=session.total_artifact_size,
    )


def artifact_table(artifact: Artifact) -> dict[str, Value]:
    return _table(
        id=artifact.pk,
        session_id=artifact.session_id,
        name=artifact.name,
        description=artifact.description,
        artifact_type=artifact.artifact_type,
        mime_type=artifact.mime_type,
        size=artifact.blob.size,
        stored_size=artifact.blob.stored_size,
        is_compressed=artifact.blob.is_compressed,
        content_hash=artifact.blob_id,
        tags=artifact.tag_names,
        custom=from_json(artifact.custom),
        version=artifact.version,
        sequence=artifact.version,
        created_at=artifact.created_at,
        created_by=artifact.created_by.get_username(),
    )


def artifact_id_table(artifact: Artifact) -> dict[str, Value]:
    return {
        "id": str(artifact.pk),
        "content_hash": artifact.blob_id,
        "session_id": str(artifact.session_id),
        "sequence": artifact.version,
    }
