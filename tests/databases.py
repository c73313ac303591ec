"""Databases to try things on: SQLite files, and PostgreSQL where a server is named by `TEST_POSTGRES_URL`.

The variable names a server and a user who may make databases, and an existing one to connect to meanwhile, as in
`TEST_POSTGRES_URL=postgresql+psycopg://postgres@127.0.0.1:5432/postgres`. Everything that is made there is dropped.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Engine, create_engine, delete, insert, select
from sqlalchemy.engine import URL, make_url

from bigin_sync.clock import SystemClock
from bigin_sync.store.bulk import reserve_ids
from bigin_sync.store.db import Database
from bigin_sync.store.migrate import METADATA

VARIABLE = "TEST_POSTGRES_URL"
SERVER = os.environ.get(VARIABLE) or None

BOTH = ("sqlite", "postgresql") if SERVER else ("sqlite",)
"""For fixtures and tests that are to be tried on each of them."""


@contextmanager
def made(*, encoding: str = "UTF8") -> Iterator[str]:
    """The address of a new and empty PostgreSQL database; dropped at the end."""
    name = f"bigin_sync_test_{uuid.uuid4().hex}"
    with _server() as server:
        _say(server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
        try:
            yield _url().set(database=name).render_as_string(hide_password=False)
        finally:
            _say(server, f"DROP DATABASE {name} WITH (FORCE)")


def emptied(url: str) -> str:
    """A database of ours, at the newest schema and without any rows."""
    with closing(Database.open(url, clock=SystemClock())) as db, db.write() as session:
        # Not TRUNCATE: that makes new files for every table and index, which takes longer than most tests.
        emptying = [str(delete(table).compile(session.get_bind())) for table in reversed(METADATA.sorted_tables)]
        at_once = url.startswith("postgresql")
        for statement in ["; ".join(emptying)] if at_once else emptying:
            session.connection().exec_driver_sql(statement)
    return url


def copy(source: str, *, to: str) -> None:
    """Put the rows of one database, at the newest schema, in place of all that another one of ours holds."""
    emptied(to)
    with (
        closing(Database.open(source, clock=SystemClock())) as old,
        closing(Database.open(to, clock=SystemClock())) as new,
        old.read() as reading,
        new.write() as writing,
    ):
        for table in METADATA.sorted_tables:
            rows = [dict(row) for row in reading.connection().execute(select(table)).mappings()]
            if rows:
                writing.connection().execute(insert(table), rows)
            if rows and table.autoincrement_column is not None:
                reserve_ids(writing, table, count=max(row["id"] for row in rows))


@contextmanager
def _server() -> Iterator[Engine]:
    engine = create_engine(_url(), isolation_level="AUTOCOMMIT")
    try:
        yield engine
    finally:
        engine.dispose()


def _say(server: Engine, statement: str) -> None:
    with server.connect() as connection:
        connection.exec_driver_sql(statement)


def _url() -> URL:
    assert SERVER is not None
    return make_url(SERVER).set(drivername="postgresql+psycopg")
