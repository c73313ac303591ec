"""SQLite: opened for one writer and many readers, and to lose nothing.

A write-ahead log, every commit on the disk before it returns, foreign keys on. The driver's own transaction handling is
switched off and `BEGIN` is sent by us (SQLAlchemy documentation, "SQLite: Enabling non-legacy SQLite transactional
modes"), so that a write transaction takes its lock at once (`BEGIN IMMEDIATE`) instead of failing in its middle. A read
transaction sees the state of its first statement until it ends.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

BUSY_MS = 30_000
"""How long a writer waits for another one, in milliseconds."""

_WRITING = "bigin_sync_writing"
_AWAY = ("SQLITE_BUSY", "SQLITE_FULL", "SQLITE_IOERR")


def in_scratch(where: URL) -> "tuple[URL, tempfile.TemporaryDirectory[str] | None]":
    """Where the database is: a private one gets a file in a folder of its own, which is to be removed at the end.

    SQLite's in-memory databases can't be written and read at the same time, and would behave unlike the real thing.
    """
    if where.database not in (None, "", ":memory:"):
        return where, None
    scratch = tempfile.TemporaryDirectory(prefix="bigin-sync-", ignore_cleanup_errors=True)
    return where.set(database=str(Path(scratch.name) / "scratch.sqlite3")), scratch


def opened(where: URL, *, durable: bool) -> tuple[Engine, Engine]:
    """The engine of readers and the one of writers. durable: whether a commit has to survive a power cut."""
    _make_private(Path(str(where.database)))
    engine = create_engine(where, hide_parameters=True)
    synchronous = "FULL" if durable else "OFF"

    def on_connect(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_MS}",
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
    return engine, engine.execution_options(**{_WRITING: True})


def away(error: BaseException | None) -> str | None:
    """What the driver says of a file that is busy, or on a disk that is full or failing; None for other errors."""
    name = getattr(error, "sqlite_errorname", None) or ""
    return str(error) if name.startswith(_AWAY) else None


@contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Let tables be copied and dropped meanwhile.

    SQLite changes a table by copying it and dropping the old one, and the drop would cascade. The switch works only
    outside a transaction.
    """
    raw = cast("sqlite3.Connection", connection.connection.dbapi_connection)
    raw.execute("PRAGMA foreign_keys=OFF").close()
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON").close()


def _make_private(path: Path) -> None:
    # The file holds people's names and sealed tokens: made for its owner alone, before SQLite makes it for everyone.
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)
