"""Keeps the search tables (documents and values) in step with sessions.

Whatever writes a session's name, description, tags or metadata calls one of these in the same transaction.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection

from sessions.models import Session, SessionDocument, SessionValue
from sessions.prepared import insert_row
from sessions.search_text import digests, document_text

_INSERT_VALUES = (
    f'INSERT INTO "{SessionValue._meta.db_table}" (document_id, digest) '  # noqa: S608  # names of our own tables
    f'SELECT id, %s FROM "{SessionDocument._meta.db_table}" WHERE session_id = %s'
)


def index_new_session(session: Session, tags: Iterable[str]) -> None:
    """For a session that was made in this transaction."""
    insert_row(SessionDocument(session=session, text=document_text(session.name, session.description, tags)))
    _insert_values(session.pk, digests(session.metadata))


def index_sessions(keys: Sequence[UUID]) -> None:
    """Bring the rows of these sessions up to date with what the database holds. Writes only what differs.

    Callers hold the sessions' rows (`select_for_update`, or an UPDATE of them) until they commit.
    """
    assert connection.in_atomic_block, "search tables belong to the transaction of the change"
    documents = {document.session_id: document for document in SessionDocument.objects.filter(session__in=keys)}
    held: dict[int, set[int]] = {document.pk: set() for document in documents.values()}
    for document_id, digest in SessionValue.objects.filter(document__in=held).values_list("document", "digest"):
        held[document_id].add(digest)
    for session in Session.objects.filter(pk__in=keys).prefetch_related("tags"):
        document = documents.get(session.pk)
        if document is None:
            index_new_session(session, session.tag_names)
            continue
        text = document_text(session.name, session.description, session.tag_names)
        if document.text != text:
            SessionDocument.objects.filter(pk=document.pk).update(text=text)
        wanted = digests(session.metadata)
        if gone := held[document.pk] - wanted:
            document.values.filter(digest__in=gone).delete()
        _insert_values(session.pk, wanted - held[document.pk])


def index_text(session_id: UUID, text: str) -> None:
    """As `index_sessions`, where nothing but name, description or tags has changed and the document's text is known."""
    if not SessionDocument.objects.filter(session=session_id).update(text=text):
        index_sessions([session_id])


def _insert_values(session_id: UUID, wanted: set[int]) -> None:
    if not wanted:
        return
    key = Session._meta.pk.get_db_prep_value(session_id, connection)
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT_VALUES, [(digest, key) for digest in sorted(wanted)])
