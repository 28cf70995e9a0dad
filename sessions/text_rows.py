"""Which sessions hold a text in name, description or tags, by the trigram index. It may name some more."""

import sys
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup, QuerySet, TextField
from django.db.models.sql.compiler import SQLCompiler

from sessions.metadata_filter import Compiled
from sessions.models import SessionDocument, TextIndex
from sessions.search_text import fold

if TYPE_CHECKING:  # generic only in Django's stubs
    TextLookup = Lookup[str]
else:
    TextLookup = Lookup

_TRIED = 16  # stretches of a long text that are weighed
_USED = 4  # the rarest of them, which are asked for
_SAMPLE = 200  # rows after which a stretch is weighed
_ENDINGS_MAX = 200  # stretches that a shorter text may begin
_DOCUMENTS_MAX = 20_000  # documents with these: beyond, a text of one or two letters is a common one
_WEIGH = (
    "SELECT rowid FROM llmspell_sessions_textindex WHERE llmspell_sessions_textindex MATCH %s "
    "AND rowid <= (SELECT max(id) / 2 FROM llmspell_sessions_sessiondocument) ORDER BY rowid DESC LIMIT 1 OFFSET %s"
)
_TERMS = "SELECT term, doc FROM llmspell_sessions_textterms WHERE term >= %s AND term < %s"


@TextField.register_lookup
class Match(TextLookup):
    """`match__matches=expression`: FTS5's own."""

    lookup_name = "matches"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Compiled:
        left, params = self.process_lhs(compiler, connection)
        return f"{left} MATCH %s", (*params, self.rhs)


def find(text: str) -> "QuerySet[Any, Any] | None":
    """Documents, or rows of the text index; None where the index cannot tell, or far too many hold it."""
    folded = fold(text)
    if connection.vendor == "postgresql":
        return SessionDocument.objects.filter(text__contains=folded)
    wanted = _rare_stretches(folded) if len(folded) >= 3 else _beginnings(folded)
    if wanted is None:
        return None
    return TextIndex.objects.filter(match__matches=wanted) if wanted else TextIndex.objects.none()


def key() -> str:
    """Where these rows have the session's key."""
    return "session" if connection.vendor == "postgresql" else "document__session"


def _rare_stretches(text: str) -> str:
    """Rows that hold the rarest stretches of the text: common ones take long to read and leave nothing out."""
    stretches = list(dict.fromkeys(text[start : start + 3] for start in range(len(text) - 2)))
    if len(stretches) > _USED:
        stretches = sorted(stretches[:: -(-len(stretches) // _TRIED)], key=_weigh)[:_USED]
    return " AND ".join(map(_quote, stretches))


def _weigh(stretch: str) -> int:
    """Rises with how many documents hold the stretch; 0 for few. Looks back from the middle: numbers that count up
    make the newest documents alike."""
    with connection.cursor() as cursor:
        cursor.execute(_WEIGH, [_quote(stretch), _SAMPLE])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _beginnings(text: str) -> str | None:
    """One or two letters: rows with any stretch of three that begins so. Empty: there is none."""
    if not text:
        return None
    found, documents = [], 0
    with connection.cursor() as cursor:
        cursor.execute(_TERMS, [text, text + chr(sys.maxunicode)])
        for term, count in cursor:
            found.append(_quote(term))
            documents += count
            if len(found) > _ENDINGS_MAX or documents > _DOCUMENTS_MAX:
                return None
    return " OR ".join(found)


def _quote(stretch: str) -> str:
    return '"' + stretch.replace('"', '""') + '"'
