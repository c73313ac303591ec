"""Among: a column's value is one of a list, however long the list.

The list travels as one JSON parameter. So a statement has one form for every length: it is compiled once, no list is
too long for it, and nothing is built for each member.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from bigin_sync.store.columns import json_text


class _Members(FunctionElement[Any]):
    """The members of a JSON list, one a row."""

    inherit_cache = True
    name = "members"


class _Numbers(_Members):
    """The same for whole numbers."""

    inherit_cache = True


def among(column: ColumnElement[Any], values: Collection[str] | Collection[int]) -> ColumnElement[bool]:
    """Whether the column's value is one of these. The column holds text or whole numbers, as the values are."""
    listed = bindparam(None, json_text(list(values)), type_=Text)
    members = _Numbers if isinstance(column.type, Integer | BigInteger) else _Members
    return column.op("IN", is_comparison=True)(members(listed))


@compiles(_Members, "sqlite")
def _on_sqlite(element: _Members, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401 -- SQLAlchemy's own
    listed = compiler.process(element.clauses, **kw)
    return f"(SELECT value FROM json_each({listed}))"  # noqa: S608 -- a placeholder, no value


@compiles(_Members, "postgresql")
def _on_postgresql(element: _Members, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401 -- SQLAlchemy's own
    kind = "bigint" if isinstance(element, _Numbers) else "text"
    listed = compiler.process(element.clauses, **kw)
    return f"(SELECT member::{kind} FROM json_array_elements_text(CAST({listed} AS json)) AS listed (member))"  # noqa: S608 -- the same
