"""The database: opened, brought to the newest shape, and handed out one transaction at a time.

How SQLite and PostgreSQL are each made to keep the same promises is told in the files named after them.
"""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session

from bigin_sync.clock import Clock
from bigin_sync.errors import Bug, DatabaseAway, DatabaseDamaged, UnknownSetting
from bigin_sync.store import migrate, postgresql, sqlite
from bigin_sync.store.columns import epoch

__all__ = ["Database", "Session", "now", "now_epoch"]

_CLOCK = "clock"


class Database:
    """One database, safe to use from several threads; at most one of them writes at a time.

    readers, writers: engines of the same database. scratch: the folder of a private one.
    """

    def __init__(
        self,
        readers: Engine,
        writers: Engine,
        *,
        clock: Clock,
        scratch: "tempfile.TemporaryDirectory[str] | None" = None,
    ) -> None:
        self.clock = clock
        self._readers = readers
        self._writers = writers
        self._served = writers.dialect.name == "postgresql"
        self._scratch = scratch
        self._turn = threading.Lock()
        self._turn_of: int | None = None

    @classmethod
    def open(cls, url: str | URL, *, clock: Clock) -> "Database":
        """The database at `url`, at the newest schema. `sqlite://` is a private one that vanishes when it is closed.

        Raises `UnknownSetting` for an address that is none, `DriverMissing`, or `DatabaseUnreachable` for a server that
        does not answer or does not let us in, or `DatabaseDamaged`.
        """
        where = _address(url)
        if where.get_backend_name() == "postgresql":
            db = cls(*postgresql.opened(where), clock=clock)
        else:
            where, scratch = sqlite.in_scratch(where)
            db = cls(*sqlite.opened(where, durable=scratch is None), clock=clock, scratch=scratch)
        try:
            db._greet()
            db.migrate()
        except BaseException as error:
            db.close()
            if not isinstance(error, DBAPIError):
                raise
            told = postgresql.unreachable(where, error) if db._served else _in_words_of(db._writers, error)
            raise told or error from error
        return db

    @contextmanager
    def write(self, iid: int | None = None) -> Iterator[Session]:
        """A session whose work is committed when the block ends, and undone when it raises. Others wait their turn.

        iid: the only integration whose rows it reads and writes. On PostgreSQL, where that is given, other processes
        may write to other integrations meanwhile.

        Raises `DatabaseAway` where the database can't be reached, or other writers take too long: nothing was done,
        unless it is the very end that failed, of which nobody knows. Raises `DatabaseDamaged` for a file that is.
        """
        me = threading.get_ident()
        if self._turn_of == me:
            raise Bug("A write transaction was opened inside another one of the same thread.")
        with self._turn, _in_words(self._writers):
            self._turn_of = me
            try:
                with Session(self._writers, info={_CLOCK: self.clock}, expire_on_commit=False) as session:
                    self._begin(session.connection(), iid)
                    yield session
                    session.commit()
            finally:
                self._turn_of = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one unchanging state. What is written through it is undone. Raises `DatabaseAway`,
        or `DatabaseDamaged`.
        """
        with _in_words(self._readers), Session(self._readers, info={_CLOCK: self.clock}) as session:
            yield session

    def migrate(self) -> None:
        """Bring the schema to the newest revision; either all of it or nothing."""
        with self._readers.connect() as connection:
            if migrate.at_head(connection):
                return
        with self._turn, self._writers.connect() as connection, self._alterable(connection), connection.begin():
            self._begin(connection, None)
            migrate.upgrade(connection)

    def look_through(self) -> None:
        """Read all of a file for damage; raises `DatabaseDamaged`. A server looks after its own files."""
        if self._served:
            return
        with self.read() as session:
            said = sqlite.looked_through(session.connection())
        if said is not None:
            raise sqlite.damage(self._readers.url, said)

    def close(self) -> None:
        """Let go of every connection."""
        self._writers.dispose()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _alterable(self, connection: Connection) -> AbstractContextManager[None]:
        return nullcontext() if self._served else sqlite.foreign_keys_off(connection)

    def _begin(self, connection: Connection, iid: int | None) -> None:
        if self._served:
            postgresql.take_turn(connection, iid)

    def _greet(self) -> None:
        if self._served:
            with self._readers.connect() as connection:
                postgresql.greet(connection)


def _address(url: str | URL) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # the message may quote the password
        raise UnknownSetting(
            "BIGIN_SYNC_DATABASE_URL is not the address of a database.",
            why="Without a place for what is remembered nothing can be done.",
            hint="It looks like postgresql+psycopg://USER:PASSWORD@HOST/NAME; signs like @ : / % in a password are"
            " written as %40 %3A %2F %25.",
        ) from None


@contextmanager
def _in_words(engine: Engine) -> Iterator[None]:
    """Tell of a database that can't serve in words; what is wrong with a statement is told as it is."""
    try:
        yield
    except DBAPIError as error:
        told = _in_words_of(engine, error)
        if told is None:
            raise
        raise told from error


def _in_words_of(engine: Engine, error: DBAPIError) -> DatabaseAway | DatabaseDamaged | None:
    """The error that one of the driver means where the database is away or damaged; None where it is about neither."""
    served = engine.dialect.name == "postgresql"
    damaged = None if served else sqlite.damaged(engine.url, error.orig)
    said = postgresql.away(error) if served else sqlite.away(error.orig)
    if damaged is not None or said is None:
        return damaged
    return DatabaseAway(
        f"The database can't be used now: {said}",
        why="What was about to be written down was not; what was written down before is kept.",
        hint="Try again; if it stays so, look after the database.",
    )


def now(session: Session) -> datetime:
    """The present moment by the clock of the session's database."""
    clock: Clock = session.info[_CLOCK]
    return clock.now()


def now_epoch(session: Session) -> int:
    """The present moment in whole epoch seconds."""
    return epoch(now(session))
