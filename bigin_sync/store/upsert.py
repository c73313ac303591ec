"""Insert or replace, in the words of whichever database is underneath."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bigin_sync.errors import Bug


def upsert(session: Session, table: Table, *, key: Sequence[str], replace: Sequence[str]) -> Executable:
    """An INSERT that, where a row of the same `key` exists, replaces the columns `replace` (none: keeps that row)."""
    return _made(session.get_bind().dialect.name, table, tuple(key), tuple(replace))


@lru_cache(maxsize=256)
def _made(dialect: str, table: Table, key: tuple[str, ...], replace: tuple[str, ...]) -> Executable:
    if dialect == "sqlite":
        lite = sqlite.insert(table)
        if not replace:
            return lite.on_conflict_do_nothing(index_elements=key)
        return lite.on_conflict_do_update(index_elements=key, set_={name: lite.excluded[name] for name in replace})
    if dialect == "postgresql":
        grown = postgresql.insert(table)
        if not replace:
            return grown.on_conflict_do_nothing(index_elements=key)
        return grown.on_conflict_do_update(index_elements=key, set_={name: grown.excluded[name] for name in replace})
    raise Bug(f"No upsert is known for the database {dialect}.")
