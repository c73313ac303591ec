import stat
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine
from sqlmodel import select

from bigin_sync.clock import Clock
from bigin_sync.errors import Bug, DatabaseAway
from bigin_sync.store import inbox, migrate, modules, sqlite
from bigin_sync.store.columns import Stored
from bigin_sync.store.db import Database
from bigin_sync.store.tables_setup import IntegrationRow
from tests import databases
from tests.haste import with_care, with_migrations

FIRST_ROWS = (
    """integration (id, pairing, name, state, created_at, settings)
        VALUES (1, 'p', 'n', 'active', '2026-03-02 09:00:00', '{}')""",
    "module (id, integration_id, name, state) VALUES (1, 1, 'contacts', 'stopped')",
    """inbox (id, integration_id, side, kind, record_id, vals, label, modified_at, state, run_id)
        VALUES (7, 1, 'left', 'contact', '700', '{}', 'Ida', 0, 'new', 1)""",
    "inbox_key VALUES (7, 1, 'ida@larkspur.example', 1, 'contact', 'left')",
)


@pytest.fixture(autouse=True)
def _all_the_way() -> Iterator[None]:
    with with_migrations():
        yield


def _revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


def _add(db: Database, name: str, at: datetime) -> None:
    with db.write() as session:
        session.add(IntegrationRow(pairing="p", name=name, state="active", created_at=at, settings={"ü": [1, None]}))


def _names(db: Database) -> list[str]:
    with db.read() as session:
        return list(session.exec(select(IntegrationRow.name)))


def test_the_tables_of_the_code_and_of_the_migrations_are_the_same(db: Database) -> None:
    with db.read() as session:
        assert compare_metadata(MigrationContext.configure(session.connection()), Stored.metadata) == []


def test_the_indexes_of_the_code_and_of_the_migrations_have_the_same_conditions(
    db: Database, url: str, tmp_path: Path
) -> None:
    def told(connection: Connection) -> dict[str, str]:
        return {name: sql.replace("public.", "") for name, sql in connection.exec_driver_sql(asked)}

    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    if url.startswith("postgresql"):
        asked = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
    with _empty(url, tmp_path) as (_, engine), engine.begin() as connection:
        Stored.metadata.create_all(connection)
        of_the_code = told(connection)
    with db.read() as session:
        assert told(session.connection()) == of_the_code


@pytest.mark.parametrize("start", [*_revisions(), None])
@pytest.mark.parametrize("on", databases.BOTH)
def test_a_database_of_any_earlier_revision_is_brought_to_the_newest(
    on: str, start: str | None, tmp_path: Path, clock: Clock
) -> None:
    with _empty(on, tmp_path) as (url, engine):
        if start is not None:
            with engine.begin() as connection:
                migrate.upgrade(connection, start)
        with closing(Database.open(url, clock=clock)) as db, db.read() as session:
            assert migrate.at_head(session.connection())
            assert compare_metadata(MigrationContext.configure(session.connection()), Stored.metadata) == []


@pytest.mark.parametrize("start", _revisions())
@pytest.mark.parametrize("on", databases.BOTH)
def test_what_stands_in_a_database_of_any_earlier_revision_is_kept(
    on: str, start: str, tmp_path: Path, clock: Clock
) -> None:
    with _empty(on, tmp_path) as (url, engine):
        with engine.begin() as connection:
            migrate.upgrade(connection, start)
            filled = _fill(connection)
            before = _rows(connection, filled)
        Database.open(url, clock=clock).close()
        with engine.connect() as connection:
            assert _rows(connection, filled) == before


def _fill(connection: Connection) -> list[sa.Table]:
    """A row in every table, in an order that the foreign keys allow, with a value of its type in every column."""
    tables = _tables(connection).sorted_tables
    for table in tables:
        connection.execute(table.insert(), {column.name: _some(column.type.python_type) for column in table.columns})
    assert len(tables) > 15
    return tables


def _rows(connection: Connection, tables: list[sa.Table]) -> dict[str, dict[str, object]]:
    """What stands in these columns, of which each table has one row."""
    return {table.name: dict(connection.execute(sa.select(*table.c)).mappings().one()) for table in tables}


def _tables(connection: Connection) -> sa.MetaData:
    told = sa.MetaData()
    told.reflect(connection, only=lambda name, _: name != "alembic_version")
    return told


def _some(kind: type) -> object:
    """A value of a type; a text that is JSON too, and a number that names the only row of a table."""
    return datetime(2031, 5, 6, tzinfo=UTC) if kind is datetime else kind(1)


@contextmanager
def _empty(on: str, folder: Path) -> Iterator[tuple[str, Engine]]:
    """A database without a single table, of the same sort."""
    with ExitStack() as stack:
        postgresql = on.startswith("postgresql")
        url = stack.enter_context(databases.made()) if postgresql else f"sqlite:///{folder / 'old.sqlite3'}"
        engine = create_engine(url)
        stack.callback(engine.dispose)
        yield url, engine


def test_rows_of_the_first_revision_are_kept_on_the_way_to_the_newest(url: str, tmp_path: Path, clock: Clock) -> None:
    with _empty(url, tmp_path) as (old, engine):
        with engine.begin() as connection:
            migrate.upgrade(connection, "0001")
            for row in FIRST_ROWS:
                connection.exec_driver_sql(f"INSERT INTO {row}")
        with closing(Database.open(old, clock=clock)) as db, db.read() as session:
            (module,) = modules.listing(session, 1)
            assert (module.state, module.resumes_as, module.released) == ("stopped", "active", False)
            assert [entry.tries for entry in inbox.by_ids(session, [7]).values()] == [0]
            assert session.connection().exec_driver_sql("SELECT count(*) FROM inbox_key").scalar_one() == 1


def test_the_newest_revision_is_found_without_reading_the_scripts() -> None:
    assert migrate.head() == _revisions()[0]


def test_a_file_is_readable_by_its_owner_alone_and_makes_its_folder(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "new" / "state.sqlite3"
    Database.open(f"sqlite:///{path}", clock=clock).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_private_database_leaves_nothing_behind(clock: Clock) -> None:
    with closing(Database.open("sqlite://", clock=clock)) as db, db.read() as session:
        path = Path(session.connection().exec_driver_sql("PRAGMA database_list").all()[0][2])
        assert path.exists()
    assert not path.parent.exists()


def test_a_private_database_is_read_while_it_is_written(clock: Clock) -> None:
    with closing(Database.open("sqlite://", clock=clock)) as db:
        _add(db, "first", clock.now())
        with db.read() as session:
            assert len(session.exec(select(IntegrationRow)).all()) == 1
            _add(db, "second", clock.now())
            assert len(session.exec(select(IntegrationRow)).all()) == 1
        assert _names(db) == ["first", "second"]


def test_sqlite_is_opened_to_lose_nothing(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path / 'state.sqlite3'}"
    with with_care(), closing(Database.open(url, clock=clock)) as db, db.read() as session:
        pragma = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_what_a_failed_write_did_is_undone(db: Database, clock: Clock) -> None:
    def write_and_fail() -> None:
        with db.write() as session:
            session.add(IntegrationRow(pairing="p", name="half", state="active", created_at=clock.now(), settings={}))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert _names(db) == []


def test_a_reader_sees_one_state_while_a_writer_commits(db: Database, clock: Clock) -> None:
    _add(db, "first", clock.now())
    with db.read() as session:
        assert len(session.exec(select(IntegrationRow)).all()) == 1
        _add(db, "second", clock.now())
        assert len(session.exec(select(IntegrationRow)).all()) == 1
    assert len(_names(db)) == 2


def test_a_second_writer_waits_for_the_first(db: Database, clock: Clock) -> None:
    started = threading.Event()

    def second() -> None:
        started.set()
        _add(db, "second", clock.now())

    thread = threading.Thread(target=second)
    with db.write() as session:
        thread.start()
        started.wait()
        session.add(IntegrationRow(pairing="p", name="first", state="active", created_at=clock.now(), settings={}))
    thread.join()
    assert _names(db) == ["first", "second"]


def test_nobody_waits_for_ever_for_a_file_that_another_process_writes_to(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MS", 20)
    url = f"sqlite:///{tmp_path / 'state.sqlite3'}"
    with closing(Database.open(url, clock=clock)) as one, closing(Database.open(url, clock=clock)) as other:
        with one.write(), pytest.raises(DatabaseAway, match="locked"), other.write():
            pass
        _add(other, "later", clock.now())
        assert _names(one) == ["later"]


def test_a_write_inside_a_write_is_refused_instead_of_waiting_for_itself(db: Database) -> None:
    with db.write(), pytest.raises(Bug), db.write():
        pass


def test_a_moment_comes_back_in_utc_and_aware(db: Database) -> None:
    _add(db, "x", datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30))))
    with db.read() as session:
        at = session.exec(select(IntegrationRow.created_at)).one()
    assert at == datetime(2026, 1, 1, 6, 30, tzinfo=UTC)
    assert at.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(db: Database) -> None:
    with pytest.raises(Exception, match="without a zone"):
        _add(db, "x", datetime(2026, 1, 1))  # noqa: DTZ001 -- a naive time is what is refused


def test_json_comes_back_as_it_went_in(db: Database, clock: Clock) -> None:
    _add(db, "x", clock.now())
    with db.read() as session:
        assert session.exec(select(IntegrationRow.settings)).one() == {"ü": [1, None]}
