"""`metadata has this key with this value`, in each database's own words.

Django's key transforms take a key of digits for a list index, and on SQLite confuse `true` with `"true"`.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func
from django.db.models.sql.compiler import SQLCompiler

from sessions.fields import JsonValue

# Parameters are whatever the driver takes: Django's stubs say text and whole numbers only.
Compiled = tuple[str, tuple[Any, ...]]


class MetadataEquals(Func):
    """True where the JSON object in `column` has `value` at `path`: keys, each inside the object of the one before.

    Lists and tables are equal as JSON is equal. False, never NULL, where there is no such key.
    """

    output_field = BooleanField()

    def __init__(self, column: str, path: Sequence[str], value: JsonValue) -> None:
        super().__init__(column)
        self._path, self._value = tuple(path), value

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object) -> Compiled:  # type: ignore[override]  # noqa: ARG002  # has no template to fill
        column, params = compiler.compile(self.source_expressions[0])
        keys = " -> %s::text" * len(self._path)
        return f"COALESCE(({column}{keys}) = %s::jsonb, FALSE)", (*params, *self._path, json.dumps(self._value))

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object) -> Compiled:  # noqa: ARG002  # as above
        column, params = compiler.compile(self.source_expressions[0])
        condition, value = self._sqlite_condition()
        *outer, last = self._path
        tables, conditions, parent = [], [], column
        for level, _ in enumerate(outer):
            tables.append(f"json_each({parent}) AS level{level}")
            conditions.append(f"level{level}.key = %s AND level{level}.type = 'object' AND ")
            # What is no object would be read as JSON text, which it may not be.
            parent = f"CASE level{level}.type WHEN 'object' THEN level{level}.value ELSE '{{}}' END"
        tables.append(f"json_each({parent}) AS item")
        # Only the column's quoted name and fixed words are pasted in; keys and values are parameters.
        where = f"{''.join(conditions)}item.key = %s AND {condition}"
        sql = f"EXISTS(SELECT 1 FROM {', '.join(tables)} WHERE {where})"  # noqa: S608
        return sql, (*params, *outer, last, *value)

    def _sqlite_condition(self) -> tuple[str, list[object]]:
        """On `item`, a row of json_each: its `type` is JSON's, its `value` SQL's, or JSON text for lists and tables."""
        match self._value:
            case None:
                return "item.type = 'null'", []
            case bool() as flag:
                return "item.type = %s", ["true" if flag else "false"]
            case int() | float() as number:
                return "item.type IN ('integer', 'real') AND item.value = %s", [number]
            case str() as text:
                return "item.type = 'text' AND item.value = %s", [text]
            case nested:
                kind = "array" if isinstance(nested, list) else "object"
                return "item.type = %s AND item.value = json(%s)", [kind, json.dumps(nested)]
