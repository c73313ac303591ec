"""What only a database with a server can be asked: processes that write at once, and a server that goes away."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bigin_sync.errors import DatabaseAway, DatabaseUnreachable, LeaseLost
from bigin_sync.store import leases, notices, postgresql
from bigin_sync.store.bulk import reserve_ids
from bigin_sync.store.db import Database, Session
from bigin_sync.store.tables_hot import LINK
from bigin_sync.store.tables_setup import IntegrationRow
from tests import databases
from tests.contract.store.conftest import HandClock

LONG = 60.0
MINUTE = timedelta(minutes=1)


@pytest.fixture
def url(postgresql: str) -> str:
    return databases.emptied(postgresql)


@pytest.fixture
def other(db: Database, url: str, clock: HandClock) -> Iterator[Database]:
    """The same database, as another process sees it."""
    with closing(Database.open(url, clock=clock)) as opened:
        yield opened


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def second(db: Database, iid: int, clock: HandClock) -> int:
    """Another integration."""
    with db.write() as session:
        row = IntegrationRow(pairing="p", name="second", state="active", created_at=clock.now(), settings={})
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id


def waits(db: Database) -> bool:
    """Whether somebody waits for a lock of any kind."""
    with db.read() as session:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return bool(session.connection().execute(text(asked)).scalar_one())


def until_it_waits(db: Database, future: "Future[object]") -> None:
    while not waits(db):
        assert not future.done(), "it did not wait"


def doing(other: Database, iid: int | None, act: Callable[[Session], object]) -> Callable[[], object]:
    def do() -> object:
        with other.write(iid) as session:
            return act(session)

    return do


@pytest.mark.parametrize(("named", "they_name"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_process_waits_until_the_other_has_written_and_sees_what_it_wrote(
    db: Database,
    other: Database,
    iid: int,
    thread: ThreadPoolExecutor,
    named: bool,
    they_name: bool,
) -> None:
    with db.write(iid if named else None) as session:
        told = thread.submit(doing(other, iid if they_name else None, lambda theirs: notices.unseen(theirs, iid)))
        until_it_waits(db, told)
        notices.add(session, iid, text="first")
    assert [notice.text for notice in told.result(LONG)] == ["first"]  # type: ignore[attr-defined]  # -- what `unseen` gives


def test_writers_of_different_integrations_do_not_wait_for_each_other(
    db: Database, other: Database, iid: int, second: int
) -> None:
    with db.write(iid) as mine, other.write(second) as theirs:
        notices.add(mine, iid, text="mine")
        notices.add(theirs, second, text="theirs")
    with db.read() as session:
        assert [len(notices.unseen(session, one)) for one in (iid, second)] == [1, 1]


def test_ids_that_are_reserved_at_once_are_given_once(db: Database, other: Database, iid: int, second: int) -> None:
    with db.write(iid) as mine, other.write(second) as theirs:
        drawn = [id for _ in range(5) for session in (mine, theirs) for id in reserve_ids(session, LINK, count=7)]
    assert len(set(drawn)) == len(drawn) == 70


def test_whoever_has_checked_a_lease_keeps_it_until_his_transaction_ends_even_out_of_turn(
    db: Database, other: Database, iid: int, second: int, clock: HandClock, thread: ThreadPoolExecutor
) -> None:
    with db.write(iid) as session:
        lease = leases.acquire(session, iid, holder="a", duration=MINUTE)
        assert lease is not None
    clock.sleep(61)
    with db.write(iid) as session:
        leases.check(session, iid, lease.fence)
        # It asks in the name of another integration, so it is the lease itself that makes it wait.
        taken = thread.submit(
            doing(other, second, lambda theirs: leases.acquire(theirs, iid, holder="b", duration=MINUTE))
        )
        until_it_waits(db, taken)
    assert taken.result(LONG) is not None
    with db.write(iid) as session, pytest.raises(LeaseLost):
        leases.check(session, iid, lease.fence)


def test_who_falls_silent_in_the_middle_of_writing_is_undone_and_the_next_one_goes_on(
    db: Database, other: Database, iid: int, monkeypatch: pytest.MonkeyPatch, thread: ThreadPoolExecutor
) -> None:
    usual = postgresql.SILENT_MS
    theirs: list[Future[object]] = []

    def write_and_fall_silent() -> None:
        monkeypatch.setattr(postgresql, "SILENT_MS", 50)
        with db.write(iid) as session:
            # Only the one who writes now must not be silent: the next may be held up, and still write.
            monkeypatch.setattr(postgresql, "SILENT_MS", usual)
            theirs.append(thread.submit(doing(other, iid, lambda later: notices.add(later, iid, text="whole"))))
            notices.add(session, iid, text="half")
            theirs[0].result(LONG)
            notices.add(session, iid, text="the other half")

    with pytest.raises(DatabaseAway, match="idle"):
        write_and_fall_silent()
    theirs[0].result(LONG)
    with db.read() as session:
        assert [notice.text for notice in notices.unseen(session, iid)] == ["whole"]


def test_nobody_waits_for_ever_for_his_turn(
    db: Database, other: Database, iid: int, monkeypatch: pytest.MonkeyPatch, thread: ThreadPoolExecutor
) -> None:
    monkeypatch.setattr(postgresql, "TURN_MS", 50)
    with db.write(iid):
        told = thread.submit(doing(other, iid, lambda theirs: notices.unseen(theirs, iid)))
        with pytest.raises(DatabaseAway, match="lock timeout"):
            told.result(LONG)


def test_a_server_that_was_restarted_costs_one_transaction_and_no_more(db: Database, url: str, iid: int) -> None:
    asked = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    engine = create_engine(url)

    def write_while_it_is_restarted() -> None:
        with db.write(iid) as session:
            notices.add(session, iid, text="half")
            with engine.connect() as connection:
                connection.execute(text(asked + " AND pid != pg_backend_pid()"))
            notices.add(session, iid, text="the other half")

    with pytest.raises(DatabaseAway):
        write_while_it_is_restarted()
    engine.dispose()
    with db.write(iid) as session:
        assert notices.unseen(session, iid) == []
        notices.add(session, iid, text="whole")
    with db.read() as session:
        assert len(notices.unseen(session, iid)) == 1


def test_several_processes_that_meet_an_empty_database_make_its_tables_once(clock: HandClock, postgresql: str) -> None:
    with databases.made() as empty, ThreadPoolExecutor(3) as pool:
        together = threading.Barrier(3)

        def open_it() -> Database:
            together.wait(LONG)
            return Database.open(empty, clock=clock)

        with ExitStack() as stack:
            for opened in [pool.submit(open_it) for _ in range(3)]:
                stack.callback(opened.result(LONG).close)


def test_a_text_with_the_one_character_that_is_not_kept_is_kept_without_it(db: Database, iid: int) -> None:
    with db.write(iid) as session:
        notices.add(session, iid, text="Ida\0Lindqvist 🌊")
    with db.read() as session:
        assert [notice.text for notice in notices.unseen(session, iid)] == ["Ida\N{REPLACEMENT CHARACTER}Lindqvist 🌊"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"database": "nowhere"}, "nowhere"),
        ({"username": "stranger", "password": "hush-hush"}, "stranger"),
        ({"port": 1}, "refused"),
    ],
    ids=["no such database", "a stranger", "nobody listens"],
)
def test_a_server_that_does_not_let_us_in_is_told_without_the_password(
    url: str, clock: HandClock, changed: dict[str, object], says: str
) -> None:
    address = make_url(url).set(**changed)  # type: ignore[arg-type]  # -- each is what the part takes
    with pytest.raises(DatabaseUnreachable) as refused:
        Database.open(address, clock=clock)
    assert says in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_database_that_can_not_keep_every_letter_is_refused(url: str, clock: HandClock) -> None:
    with (
        databases.made(encoding="LATIN1") as narrow,
        pytest.raises(DatabaseUnreachable, match="LATIN1"),
    ):
        Database.open(narrow, clock=clock)
