"""Haste: what tests leave out because none of them pulls the plug of the machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event


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


def _relax(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.connection.dbapi_connection is not None:
        connection.connection.dbapi_connection.execute("PRAGMA synchronous=OFF").close()
