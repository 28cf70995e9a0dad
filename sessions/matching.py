"""Text conditions that ignore case in the same way on both databases.

SQLite's LIKE folds ASCII alone. A pattern with other letters is therefore matched there by Django's REGEXP function,
in Python and row by row: slower (about a microsecond a row), but right.
"""

import re
from typing import TYPE_CHECKING

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup, Q, TextField
from django.db.models.sql.compiler import SQLCompiler

from sessions.metadata_filter import Compiled

# Generic only in Django's stubs; what it compares is always text.
if TYPE_CHECKING:
    TextLookup = Lookup[str]
else:
    TextLookup = Lookup


@CharField.register_lookup
@TextField.register_lookup
class ILike(TextLookup):
    """`field__ilike=pattern`: LIKE over the whole value, without regard to case; `\\` escapes `%`, `_` and itself."""

    lookup_name = "ilike"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Compiled:
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} ILIKE %s", (*left_params, self.rhs)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Compiled:
        left, left_params = self.process_lhs(compiler, connection)
        if self.rhs.isascii():
            return f"{left} LIKE %s ESCAPE '\\'", (*left_params, self.rhs)
        return f"{left} REGEXP %s", (*left_params, _to_regex(self.rhs))


def contains(field: str, text: str) -> Q:
    """The field has `text` somewhere in it."""
    return Q((f"{field}__ilike", f"%{_escape(text)}%"))


def matches_glob(field: str, pattern: str) -> Q:
    """The whole field matches: `*` stands for any characters, `?` for one, everything else for itself."""
    return Q((f"{field}__ilike", _escape(pattern).replace("*", "%").replace("?", "_")))


def is_like(field: str, pattern: str) -> Q:
    """A glob when it holds `*` or `?`, else a part of the field; in any case."""
    return (matches_glob if "*" in pattern or "?" in pattern else contains)(field, pattern)


def _escape(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _to_regex(pattern: str) -> str:
    """What LIKE reads in the pattern. Each stretch between two wildcards keeps its first match (an atomic group):
    another could not help, and trying them all takes ages (`*a*a*a*a*é` on a name of many a)."""
    stretches = [""]
    for piece in re.findall(r"\\.|%+|.", pattern, re.DOTALL):
        if piece[0] == "%":
            stretches.append("")
        else:
            stretches[-1] += "." if piece == "_" else re.escape(piece[-1])
    first, *others = stretches
    middle = "".join(f"(?>.*?{stretch})" for stretch in others[:-1])
    return rf"(?is)\A{first}{middle}" + "".join(f".*{last}" for last in others[-1:]) + r"\Z"
