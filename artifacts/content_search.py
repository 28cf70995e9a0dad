"""Which contents hold the words of a search. `sessions/words.py` says what these are; both databases only look them up.

Who lists artifacts starts from those that the reader may see and narrows them down with this: it knows no rights.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from artifacts.models import ContentWords
from sessions.metadata_filter import Compiled
from sessions.ways import Among
from sessions.words import Term, read_terms

FEW = 4_000  # contents: so many are fetched sooner than a list is walked until its page is full
_PART = Term(ContentWords.PART_MARK)


def inside(text: str) -> Q:
    """For artifacts: the content holds every word of the text. `InvalidField` as `read_terms` raises it."""
    terms = read_terms(text, "inside")
    keys = content_keys(terms)
    return among(keys) if keys[: FEW + 1].count() <= FEW else holds(terms)


def among(keys: "QuerySet[Any, Any]") -> Q:
    """For artifacts, by way of these contents, of which there are few."""
    return Q(Among(F("blob_id"), keys))


def holds(terms: Sequence[Term]) -> Q:
    """For artifacts, asked of each row by itself: where many contents hold the words and the list is walked."""
    # A range of one: for an equality PostgreSQL may read all that hold the words first.
    own = ContentWords.objects.filter(blob__gte=OuterRef("blob"), blob__lte=OuterRef("blob"))
    together = Q(Exists(own.filter(_Holds(terms, by_row=True))))
    if len(terms) == 1:
        return together
    apart = Q()
    for term in terms:
        apart &= Q(Exists(own.filter(_Holds([_PART, term], by_row=True))))
    return together | apart


def content_keys(terms: Sequence[Term]) -> "QuerySet[Any, Any]":
    """The digests of all contents that hold all of this, by the index; some twice. Words of a large content stand in
    several rows."""
    together = _rows(terms).values_list("blob")
    if len(terms) == 1:
        return together
    apart = _rows([_PART, terms[0]])
    for term in terms[1:]:
        apart = apart.filter(blob__in=_rows([_PART, term]).values("blob"))
    return together.union(apart.values_list("blob"), all=True)


def _rows(terms: Sequence[Term]) -> QuerySet[ContentWords]:
    return ContentWords.objects.filter(_Holds(terms))


class _Holds(Func):
    """Whether a row holds all of this, by the index. Words hold letters and digits alone, so that none can be taken for
    a part of the query's own language. `by_row` where rows come one by one and SQLite should not look for all."""

    output_field = BooleanField()

    def __init__(self, terms: Sequence[Term], *, by_row: bool = False) -> None:
        super().__init__("id", "words")
        self._terms, self._by_row = terms, by_row

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object) -> Compiled:  # noqa: ARG002  # has no template to fill
        key, _ = compiler.compile(self.source_expressions[0])
        index = "llmspell_artifacts_contentindex"
        wanted = " AND ".join(f'"{term.word}"{"*" if term.is_beginning else ""}' for term in self._terms)
        if self._by_row and any(term.is_beginning for term in self._terms):
            key = f"+{key}"  # all that hold words that begin so are gathered once, and do not lead the way
        elif self._by_row:
            return f"EXISTS (SELECT 1 FROM {index} WHERE rowid = {key} AND {index} MATCH %s)", (wanted,)  # noqa: S608  # names of our own
        return f"{key} IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)", (wanted,)  # noqa: S608  # names of our own

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Compiled:  # noqa: ARG002  # called by Django
        words, _ = compiler.compile(self.source_expressions[1])
        wanted = " & ".join(f"'{term.word}'{':*' if term.is_beginning else ''}" for term in self._terms)
        return f"array_to_tsvector(string_to_array({words}, ' ')) @@ %s::tsquery", (wanted,)
