"""Which contents hold the words of a search. `sessions/words.py` says what these are; both databases only look words up.

Who lists artifacts starts from those that the reader may see and narrows them down with this: it knows nothing of rights.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from artifacts.models import ContentWords
from sessions.metadata_filter import Compiled
from sessions.words import Term, read_terms

_PART = Term(ContentWords.PART_MARK)


def inside(text: str) -> Q:
    """For artifacts: the content holds every word of the text. `InvalidField` as `read_terms` raises it."""
    return Q(blob__in=content_keys(read_terms(text, "inside")))


def content_keys(terms: Sequence[Term]) -> "QuerySet[Any, Any]":
    """The digests of all contents that hold all of this. Words of a large content stand in several rows."""
    together = _rows(terms).values_list("blob")
    if len(terms) == 1:
        return together
    apart = _rows([_PART, terms[0]])
    for term in terms[1:]:
        apart = apart.filter(blob__in=_rows([_PART, term]).values("blob"))
    return together.union(apart.values_list("blob"))


def _rows(terms: Iterable[Term]) -> QuerySet[ContentWords]:
    return ContentWords.objects.filter(_Holds(terms))


class _Holds(Func):
    """Whether one row holds all of this, asked of the index. Words hold letters and digits alone, so that none can be
    taken for a part of the query's own language."""

    output_field = BooleanField()

    def __init__(self, terms: Iterable[Term]) -> None:
        super().__init__("id", "words")
        self._terms = tuple(terms)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Compiled:  # noqa: ARG002  # Django's signature
        key, _ = compiler.compile(self.source_expressions[0])
        index = "llmspell_artifacts_contentindex"
        wanted = " AND ".join(f'"{term.word}"{"*" if term.is_beginning else ""}' for term in self._terms)
        return f"{key} IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)", (wanted,)  # noqa: S608  # names of our own

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Compiled:  # noqa: ARG002  # Django's signature
        words, _ = compiler.compile(self.source_expressions[1])
        wanted = " & ".join(f"'{term.word}'{':*' if term.is_beginning else ''}" for term in self._terms)
        return f"array_to_tsvector(string_to_array({words}, ' ')) @@ %s::tsquery", (wanted,)
