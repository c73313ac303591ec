from datetime import UTC, datetime, timedelta

from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Copy, Link
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import associations, links
from bigin_sync.store.db import Database
from tests.contract.store.conftest import HandClock

DEAL, PRODUCT = Kind("deal"), Kind("product")
NOON = datetime(2031, 3, 4, 12, 0, tzinfo=UTC)


def known(db: Database, *links: int, others: tuple[int, ...] = ()) -> dict[tuple[int, int], set[Side]]:
    with db.read() as session:
        return associations.known(session, links=links, others=others)


def remember(db: Database, iid: int, **joined: set[Side]) -> None:
    """Remember pairs, each named by the numbers of its links."""
    with db.write() as session:
        pairs = {tuple(map(int, name.split("_")[1:])): on for name, on in joined.items()}
        associations.remember(session, iid, {(link, other): on for (link, other), on in pairs.items()})


def test_what_was_joined_is_known_from_either_end(db: Database, iid: int) -> None:
    remember(db, iid, of_1_10={*BOTH}, of_1_11={Side.LEFT}, of_2_10={Side.RIGHT})
    assert known(db, 1) == {(1, 10): {*BOTH}, (1, 11): {Side.LEFT}}
    assert known(db, others=(10,)) == {(1, 10): {*BOTH}, (2, 10): {Side.RIGHT}}
    assert known(db) == {}


def test_what_was_seen_last_counts_and_what_is_on_no_side_is_forgotten(db: Database, iid: int) -> None:
    remember(db, iid, of_1_10={*BOTH}, of_1_11={*BOTH}, of_2_11=set())
    remember(db, iid, of_1_10={Side.RIGHT}, of_1_11=set())
    assert known(db, 1, 2) == {(1, 10): {Side.RIGHT}}


def test_all_that_is_known_of_a_link_is_forgotten_from_either_end(db: Database, iid: int) -> None:
    remember(db, iid, of_1_10={*BOTH}, of_10_2={*BOTH}, of_1_11={*BOTH})
    with db.write() as session:
        associations.forget(session, 10)
    assert known(db, 1, 10) == {(1, 11): {*BOTH}}


def test_whose_lists_are_to_be_read_is_noted_until_they_were(db: Database, iid: int) -> None:
    with db.write() as session:
        one, two = links.insert_(session, iid, run_id=1, made_by=["a", "b"], links=[link("1"), link("2")])
        for _ in range(2):
            associations.touch(session, [(one, Side.LEFT), (two, Side.LEFT)])
        associations.touch(session, [(one, Side.RIGHT)])
        assert associations.touched(session, iid, kind=DEAL) == {one: {*BOTH}, two: {Side.LEFT}}
        assert associations.touched(session, iid, kind=PRODUCT) == {}
        associations.looked(session, [one])
        assert associations.touched(session, iid, kind=DEAL) == {two: {Side.LEFT}}
        associations.swept(session, iid, kind=DEAL, other=PRODUCT, at=NOON)
        assert associations.touched(session, iid, kind=DEAL) == {}


def link(id: str) -> Link:
    return Link(0, DEAL, Copy(f"left {id}", {}, NOON), Copy(f"right {id}", {}, NOON))


def test_a_sweep_is_noted_for_each_pair_of_kinds(db: Database, iid: int, clock: HandClock) -> None:
    with db.write() as session:
        assert associations.swept_at(session, iid, kind=DEAL, other=PRODUCT) is None
        associations.swept(session, iid, kind=DEAL, other=PRODUCT, at=clock.now())
        later = clock.now() + timedelta(hours=6)
        associations.swept(session, iid, kind=DEAL, other=PRODUCT, at=later)
        assert associations.swept_at(session, iid, kind=DEAL, other=PRODUCT) == later
        assert associations.swept_at(session, iid, kind=PRODUCT, other=DEAL) is None
