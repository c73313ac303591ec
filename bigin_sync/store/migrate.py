"""Schema revisions: which one a database is at, and the way to the newest.

A revision is a file `migrations/versions/NNNN_what.py`, whose revision id is its number. Revisions are never edited
once released.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect

from bigin_sync.store import tables_hot, tables_joined, tables_setup, tables_watch
from bigin_sync.store.columns import Stored

_MIGRATIONS = Path(__file__).parent / "migrations"

TABLES = (tables_hot, tables_joined, tables_setup, tables_watch)
"""The files that describe tables; loaded here, with the program, and not in the middle of a migration."""
METADATA = Stored.metadata


def head() -> str:
    """The newest revision this program knows."""
    return max(path.name.split("_")[0] for path in _MIGRATIONS.glob("versions/[0-9]*_*.py"))


def at_head(connection: Connection) -> bool:
    """Whether the database is at the newest revision already, as Alembic has written down in it."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == head()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the database to `revision` inside the caller's transaction."""
    from alembic import command  # noqa: PLC0415 -- a tenth of what a command takes to start, and hardly ever needed
    from alembic.config import Config  # noqa: PLC0415 -- the same

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
