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

from bigin_sync.errors import DatabaseDamaged

BUSY_MS = 30_000
"""How long a writer waits for another one, in milliseconds."""

_WRITING = "bigin_sync_writing"
_AWAY = ("SQLITE_BUSY", "SQLITE_FULL", "SQLITE_IOERR")
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_SHORT_READ")
_NO_TEXT = "Could not decode to UTF-8"
"""How Python's driver begins to say that a text is none. It says so in words alone, and quotes the text."""


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
    return str(error) if _name(error).startswith(_AWAY) else None


def damaged(where: URL, error: BaseException | None) -> DatabaseDamaged | None:
    """The refusal that an error of the driver means where it is about a damaged file; None for other errors."""
    if str(error).startswith(_NO_TEXT):
        return damage(where, "it holds a text that is none")
    return damage(where, str(error)) if _name(error).startswith(_DAMAGED) else None


def damage(where: URL, said: str) -> DatabaseDamaged:
    """What to tell of a damaged file."""
    return DatabaseDamaged(
        f"The database {where.database} is damaged: {said}.",
        why="What the program knows can't be relied on any more. The records of both orgs are not touched by this.",
        hint="Stop the daemon and put your copy of the database in its place; without one, move the file away and begin"
        " with bigin-sync connect. Then bigin-sync plan, and bigin-sync sync --restored: see docs/recovery.md.",
    )


def looked_through(connection: Connection) -> str | None:
    """The first damage that SQLite finds when it reads the whole file; None if there is none."""
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    return None if found == "ok" else " ".join(str(found).split())


def _name(error: BaseException | None) -> str:
    return getattr(error, "sqlite_errorname", None) or ""


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
