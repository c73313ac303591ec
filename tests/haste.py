"""Haste: what tests leave out because none of them pulls the plug of the machine, or grows up with an old database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache

from sqlalchemy import Connection, Engine, create_engine, event

from bigin_sync.store import migrate

_MIGRATED = migrate.upgrade


def spare_the_disk() -> None:
    """From now on no commit of this process waits for the disk, which is half the time that tests take.

    A process that is killed loses nothing by it: what it handed to the system is there for the next one. Only a power
    failure could take it back.
    """
    if not event.contains(Engine, "engine_connect", _relax):
        event.listen(Engine, "engine_connect", _relax)


@contextmanager
def with_care() -> Iterator[None]:
    """Databases that are opened inside are what people have."""
    event.remove(Engine, "engine_connect", _relax)
    try:
        yield
    finally:
        spare_the_disk()


def spare_the_migrations() -> None:
    """From now on a new SQLite file of this process begins at the newest schema, as its migrations make it.

    A fifth of what a short test takes goes into making the same tables from the first revision on.
    """
    migrate.upgrade = _grown_up


@contextmanager
def with_migrations() -> Iterator[None]:
    """Databases that are opened inside go the whole way."""
    migrate.upgrade = _MIGRATED
    try:
        yield
    finally:
        spare_the_migrations()


def _grown_up(connection: Connection, revision: str = "head") -> None:
    made = connection.dialect.name != "sqlite" or connection.exec_driver_sql("SELECT 1 FROM sqlite_master").first()
    if made or revision != "head":
        _MIGRATED(connection, revision)
        return
    for statement in _schema():
        connection.exec_driver_sql(statement)


@cache
def _schema() -> tuple[str, ...]:
    """What makes the newest schema, read off a database that was migrated to it."""
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as raw:
        engine = create_engine("sqlite://", creator=lambda: raw)
        with engine.begin() as connection:
            _MIGRATED(connection)
        return tuple(line for line in raw.iterdump() if not line.startswith(("BEGIN", "COMMIT")))


def _relax(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.connection.dbapi_connection is not None:
        connection.connection.dbapi_connection.execute("PRAGMA synchronous=OFF").close()
