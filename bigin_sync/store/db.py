"""The database: opened, brought to the newest shape, and handed out one transaction at a time.

SQLite is opened for one writer and many readers: write-ahead log, every commit on the disk before it returns, foreign
keys on. The driver's own transaction handling is switched off and `BEGIN` is sent by us (SQLAlchemy documentation,
"SQLite: Enabling non-legacy SQLite transactional modes"), so that a write transaction takes its lock at once (`BEGIN
IMMEDIATE`) instead of failing in its middle. A read transaction sees the state of its first statement until it ends.
"""

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlmodel import Session

from bigin_sync.clock import Clock
from bigin_sync.errors import Bug
from bigin_sync.store.columns import epoch
from bigin_sync.store.migrate import at_head, upgrade

__all__ = ["Database", "Session", "now", "now_epoch"]

_BUSY_MS = 30_000
_WRITING = "bigin_sync_writing"
_CLOCK = "clock"


class Database:
    """One database, safe to use from several threads; at most one of them writes at a time."""

    def __init__(
        self, engine: Engine, *, clock: Clock, scratch: "tempfile.TemporaryDirectory[str] | None" = None
    ) -> None:
        self.clock = clock
        self._engine = engine
        self._writer = engine.execution_options(**{_WRITING: True})
        self._scratch = scratch
        self._turn = threading.Lock()
        self._turn_of: int | None = None

    @classmethod
    def open(cls, url: str | URL, *, clock: Clock) -> "Database":
        """The database at `url`, at the newest schema. `sqlite://` is a private one that vanishes when it is closed.

        The private one is a file in a folder of its own, as SQLite's in-memory databases can't be written and read at
        the same time, and would behave unlike the real thing.
        """
        where = make_url(url)
        scratch = None
        if where.get_backend_name() == "sqlite":
            if where.database in (None, "", ":memory:"):
                scratch = tempfile.TemporaryDirectory(prefix="bigin-sync-", ignore_cleanup_errors=True)
                where = where.set(database=str(Path(scratch.name) / "scratch.sqlite3"))
            _make_private(Path(str(where.database)))
        engine = create_engine(where)
        if where.get_backend_name() == "sqlite":
            _prepare_sqlite(engine, durable=scratch is None)
        db = cls(engine, clock=clock, scratch=scratch)
        try:
            db.migrate()
        except BaseException:
            db.close()
            raise
        return db

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is committed when the block ends, and undone when it raises. Others wait their turn."""
        me = threading.get_ident()
        if self._turn_of == me:
            raise Bug("A write transaction was opened inside another one of the same thread.")
        with self._turn:
            self._turn_of = me
            try:
                with Session(self._writer, info={_CLOCK: self.clock}, expire_on_commit=False) as session:
                    session.connection()
                    yield session
                    session.commit()
            finally:
                self._turn_of = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one unchanging state. What is written through it is undone."""
        with Session(self._engine, info={_CLOCK: self.clock}) as session:
            yield session

    def migrate(self) -> None:
        """Bring the schema to the newest revision; either all of it or nothing."""
        with self._engine.connect() as connection:
            if at_head(connection):
                return
        with self._turn, self._writer.connect() as connection, _foreign_keys_off(connection), connection.begin():
            upgrade(connection)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()
        if self._scratch is not None:
            self._scratch.cleanup()


def now(session: Session) -> datetime:
    """The present moment by the clock of the session's database."""
    clock: Clock = session.info[_CLOCK]
    return clock.now()


def now_epoch(session: Session) -> int:
    """The present moment in whole epoch seconds."""
    return epoch(now(session))


def _make_private(path: Path) -> None:
    # The file holds people's names and sealed tokens: made for its owner alone, before SQLite makes it for everyone.
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)


def _prepare_sqlite(engine: Engine, *, durable: bool) -> None:
    synchronous = "FULL" if durable else "OFF"

    def on_connect(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None
        for pragma in (
            f"busy_timeout={_BUSY_MS}",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-32768",
        ):
            raw.execute(f"PRAGMA {pragma}").close()

    def on_begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(_WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    # SQLite changes a table by copying it and dropping the old one, and the drop would cascade. The switch works only
    # outside a transaction.
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = cast("sqlite3.Connection", connection.connection.dbapi_connection)
    raw.execute("PRAGMA foreign_keys=OFF").close()
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON").close()
