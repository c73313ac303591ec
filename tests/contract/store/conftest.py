"""An empty database for each test, on SQLite and on PostgreSQL: a file on the disk, and a database that is emptied in
between.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bigin_sync.store.db import Database
from bigin_sync.store.tables_setup import IntegrationRow
from tests import databases


class HandClock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def elapsed(self) -> float:
        return self._now.timestamp()

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="session")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty file at the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("store") / "newest.sqlite3"
    Database.open(f"sqlite:///{path}", clock=HandClock()).close()
    return path


@pytest.fixture(params=databases.BOTH)
def url(request: pytest.FixtureRequest, newest: Path, tmp_path: Path) -> str:
    """The address of an empty database at the newest schema."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(newest, tmp_path / 'state.sqlite3')}"
    return databases.emptied(request.getfixturevalue("postgresql"))


@pytest.fixture
def db(url: str, clock: HandClock) -> Iterator[Database]:
    with closing(Database.open(url, clock=clock)) as database:
        yield database


@pytest.fixture
def iid(db: Database, clock: HandClock) -> int:
    """An integration to hang everything on."""
    with db.write() as session:
        row = IntegrationRow(
            pairing="two_shops", name="Shop and warehouse", state="active", created_at=clock.now(), settings={}
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id
