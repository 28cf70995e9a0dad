"""Which sessions hold a text in name, description or tags, by the trigram index. It may name some more."""

import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left
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
_SAMPLE = 200  # rows after which a stretch is weighed; documents that are looked at to weigh a word
_ENDINGS_MAX = 200  # stretches that a shorter text may begin
_DOCUMENTS_MAX = 20_000  # documents with these: beyond, a text of one or two letters is a common one
_MIDDLE = "(SELECT max(id) / 2 FROM llmspell_sessions_sessiondocument)"
_WEIGH = (
    f"SELECT rowid - {_MIDDLE} FROM llmspell_sessions_textindex WHERE llmspell_sessions_textindex MATCH %s "  # noqa: S608  # our own table
    f"AND rowid >= {_MIDDLE} ORDER BY rowid LIMIT 1 OFFSET %s"
)
_SAMPLE_CHARACTERS = 500
_COMMON = 20  # one document in so many
_KNOWN_MAX = 1000  # documents that are not looked for twice
_WORD = re.compile(r"[^\W_]{3,}")  # long enough for pg_trgm
_TERMS = "SELECT term, doc FROM llmspell_sessions_textterms WHERE term >= %s AND term < %s"


@TextField.register_lookup
class Match(TextLookup):
    """`match__matches=expression`: FTS5's own."""

    lookup_name = "matches"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Compiled:
        left, params = self.process_lhs(compiler, connection)
        return f"{left} MATCH %s", (*params, self.rhs)


def find(text: str, sample: Callable[[], list[str]]) -> "QuerySet[Any, Any] | None":
    """Documents, or rows of the text index; None where the index cannot tell, or far too many hold it. `sample` is this
    module's, asked for once."""
    folded = fold(text)
    if connection.vendor == "postgresql":
        return _documents(folded, sample) if len(folded) >= 3 else None  # else it would read every document
    wanted = _rare_stretches(folded) if len(folded) >= 3 else _beginnings(folded)
    if wanted is None:
        return None
    return TextIndex.objects.filter(match__matches=wanted) if wanted else TextIndex.objects.none()


def key() -> str:
    """Where these rows have the session's key."""
    return "session" if connection.vendor == "postgresql" else "document__session"


def is_common(text: str, sample: Callable[[], list[str]]) -> bool:
    """Whether so many documents hold each word of the text, as far as a glance tells, that it would take PostgreSQL
    long to say which: its index cannot stop at the first few, as SQLite's can."""
    if connection.vendor != "postgresql":
        return False
    words = _words(fold(text))
    documents = sample() if words else []
    least = min((_count(word, documents) for word in words), default=0)
    return len(documents) == _SAMPLE and least > _SAMPLE // _COMMON


def _documents(text: str, sample: Callable[[], list[str]]) -> "QuerySet[SessionDocument]":
    """Those that hold the rarest word of the text, where it is rare, else all of the text. Few of them are asked for by
    key from then on."""
    words = _words(text)
    if len(words) > 1:
        documents = sample()
        rarest = min(words, key=lambda word: _count(word, documents))
        text = rarest if _count(rarest, documents) <= len(documents) // _COMMON else text
    found = SessionDocument.objects.filter(text__contains=text)
    keys = list(found.values_list("pk", flat=True)[: _KNOWN_MAX + 1])
    if len(keys) > _KNOWN_MAX:
        return found
    known = RawSQL("SELECT unnest(%s::bigint[])", [keys])  # one parameter, where a thousand take long to compile
    return SessionDocument.objects.filter(pk__among=known)


def _words(text: str) -> list[str]:
    """The longest first."""
    return sorted(dict.fromkeys(_WORD.findall(text)), key=len, reverse=True)


def _count(word: str, documents: Sequence[str]) -> int:
    return sum(word in document for document in documents)


def sample() -> list[str]:
    """What some documents begin with, from the middle: numbers that count up make the newest ones alike."""
    middle = SessionDocument.objects.order_by("-pk").annotate(half=F("pk") / 2).values("half")[:1]
    rows = SessionDocument.objects.filter(pk__gte=middle).order_by("pk")
    return list(rows.values_list(Left("text", _SAMPLE_CHARACTERS), flat=True)[:_SAMPLE])


def _rare_stretches(text: str) -> str:
    """Rows that hold the rarest stretches of the text: common ones take long to read and leave nothing out."""
    stretches = list(dict.fromkeys(text[start : start + 3] for start in range(len(text) - 2)))
    if len(stretches) > _USED:
        stretches = sorted(stretches[:: -(-len(stretches) // _TRIED)], key=_weigh, reverse=True)[:_USED]
    return " AND ".join(map(_quote, stretches))


def _weigh(stretch: str) -> int:
    """Falls with how many documents hold the stretch. Looks on from the middle, as `sample`: backwards takes FTS5 ten
    times longer."""
    with connection.cursor() as cursor:
        cursor.execute(_WEIGH, [_quote(stretch), _SAMPLE])
        row = cursor.fetchone()
    return int(row[0]) if row else sys.maxsize


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
