"""PostgreSQL: the same promises as on SQLite, kept by a server that many processes write to at once.

A write transaction is READ COMMITTED and begins by waiting for its turn: an advisory lock that lasts as long as the
transaction (PostgreSQL documentation, "Explicit Locking: Advisory Locks"). What it reads after that, it reads as the
writer before it has left it. Writers of one integration take turns, those of different ones do not wait for each other;
a writer that names no integration waits for all. A read transaction is REPEATABLE READ: it sees one unchanging state.

Nobody's turn lasts for ever. The server ends a transaction whose process says nothing for `SILENT_MS`, so a process
that was suspended in the middle of one holds up nobody for long, and finds its transaction undone when it wakes up.
"""

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bigin_sync.errors import DatabaseUnreachable, DriverMissing

DRIVER = "postgresql+psycopg"

TURN_MS = 60_000
"""How long a writer waits for its turn."""

SILENT_MS = 30_000
"""How long a write transaction may say nothing: less than others wait for it, and than a lease lasts."""

_TURNS = 0x62696773  # any number that no other program is likely to have chosen for its own advisory locks
_EVERYBODY = 0
_PATIENCE = {
    "connect_timeout": "10",
    # A server that is gone without a word is noticed within a minute, not after the hours that systems default to.
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}

# One statement, so one way to the server and back. The limits come first, as the waiting is done under them. A commit
# that the server may lose in a power cut would be a write that nobody remembers: so `off` is not good enough for us.
_TAKE_TURN = """
SELECT set_config('lock_timeout', :turn, true),
       set_config('idle_in_transaction_session_timeout', :silent, true),
       CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END,
       {locks}
"""
_ONE = text(
    _TAKE_TURN.format(locks="pg_advisory_xact_lock_shared(:turns, :everybody), pg_advisory_xact_lock(:turns, :iid)")
)
_ALL = text(_TAKE_TURN.format(locks="pg_advisory_xact_lock(:turns, :everybody)"))


def opened(where: URL) -> tuple[Engine, Engine]:
    """The engine of readers and the one of writers; connects to nothing yet. Raises `DriverMissing`."""
    asked = {name: value for name, value in _PATIENCE.items() if name not in where.query}
    try:
        engine = create_engine(
            where.set(drivername=DRIVER), hide_parameters=True, pool_pre_ping=True, connect_args=asked
        )
        from bigin_sync.store.postgresql_text import take_any_text  # noqa: PLC0415 -- needs a driver that not all have
    except ImportError as error:
        raise DriverMissing(
            "The driver for PostgreSQL is not installed.",
            why="BIGIN_SYNC_DATABASE_URL names a PostgreSQL database, and nothing can be kept without it.",
            hint="Install it: pip install 'bigin-sync[postgres]'. Or unset BIGIN_SYNC_DATABASE_URL.",
        ) from error
    event.listen(engine, "connect", take_any_text)
    return engine.execution_options(isolation_level="REPEATABLE READ"), engine


def take_turn(connection: Connection, iid: int | None) -> None:
    """Wait until this transaction may write to an integration, or to all of them, until it ends."""
    limits = {"turn": str(TURN_MS), "silent": str(SILENT_MS), "turns": _TURNS, "everybody": _EVERYBODY}
    if iid is None:
        connection.execute(_ALL, limits)
    else:
        connection.execute(_ONE, limits | {"iid": iid})


def away(error: DBAPIError) -> str | None:
    """What is said of a server that is gone, or that could not serve now; None for other errors.

    Of what the server says only the first line is told: the others may quote values.
    """
    if not error.connection_invalidated and not isinstance(error, (OperationalError, InterfaceError)):
        return None
    return _first_line(error)


def greet(connection: Connection) -> None:
    """Make sure that every text can be kept. Raises `DatabaseUnreachable`."""
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise DatabaseUnreachable(
            f"The database keeps its texts as {encoding}, not as UTF8.",
            why="Names and notes are written in every language there is, and would be cut or refused.",
            hint="Make a new one: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0",
        )


def unreachable(where: URL, error: DBAPIError) -> DatabaseUnreachable:
    """The refusal of a server that does not let us in, or not make our tables; without the password."""
    host = where.host or where.query.get("host") or "this machine"
    place = f"{where.database or ''} on {host}{f':{where.port}' if where.port else ''}"
    said = _first_line(error).rpartition(" failed: ")[2].replace("FATAL:", "").strip()
    if where.password:
        said = said.replace(where.password, "***")
    return DatabaseUnreachable(
        f"The database {place} can't be opened: {said}",
        why="Everything that is remembered of both orgs is in it, so nothing can be done without it.",
        hint="Check that the server runs, and the user, password and name in BIGIN_SYNC_DATABASE_URL.",
    )


def _first_line(error: DBAPIError) -> str:
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    # With several addresses to try, the driver counts the attempts and tells the last one on a line that begins so.
    tried = [line for line in lines if " failed: " in line]
    return (tried or lines or [type(error).__name__])[0]
