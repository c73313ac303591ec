from datetime import timedelta

from bigin_sync.model.kind import Kind
from bigin_sync.store import associations
from bigin_sync.store.db import Database
from tests.contract.store.conftest import HandClock

DEAL, PRODUCT = Kind("deal"), Kind("product")


def known(db: Database, *links: int, others: tuple[int, ...] = ()) -> set[tuple[int, int]]:
    with db.read() as session:
        return associations.known(session, links=links, others=others)


def test_what_was_joined_is_known_from_either_end(db: Database, iid: int) -> None:
    with db.write() as session:
        associations.remember(session, iid, {(1, 10), (1, 11), (2, 10)})
    assert known(db, 1) == {(1, 10), (1, 11)}
    assert known(db, others=(10,)) == {(1, 10), (2, 10)}
    assert known(db) == set()


def test_remembering_twice_changes_nothing(db: Database, iid: int) -> None:
    for _ in range(2):
        with db.write() as session:
            associations.remember(session, iid, {(1, 10)})
    assert known(db, 1) == {(1, 10)}


def test_only_what_is_forgotten_is_new_again(db: Database, iid: int) -> None:
    with db.write() as session:
        associations.remember(session, iid, {(1, 10), (1, 11), (2, 11)})
        associations.forget(session, {(1, 11)})
    assert known(db, 1, 2) == {(1, 10), (2, 11)}


def test_a_sweep_is_noted_for_each_pair_of_kinds(db: Database, iid: int, clock: HandClock) -> None:
    with db.write() as session:
        assert associations.swept_at(session, iid, kind=DEAL, other=PRODUCT) is None
        associations.swept(session, iid, kind=DEAL, other=PRODUCT, at=clock.now())
        later = clock.now() + timedelta(hours=6)
        associations.swept(session, iid, kind=DEAL, other=PRODUCT, at=later)
        assert associations.swept_at(session, iid, kind=DEAL, other=PRODUCT) == later
        assert associations.swept_at(session, iid, kind=PRODUCT, other=DEAL) is None
