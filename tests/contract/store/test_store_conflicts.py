from datetime import timedelta

from bigin_sync.model.action import Contested, Verdict
from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Copy, Link
from bigin_sync.model.side import Side
from bigin_sync.model.values import Value
from bigin_sync.store import conflicts
from bigin_sync.store.conflicts import Conflict, ConflictState, Fight
from bigin_sync.store.db import Database
from tests.contract.store.conftest import HandClock

DEAL = Kind("deal")


def ask(
    db: Database, iid: int, clock: HandClock, *, field: str = "stage", right: Value = "won", link_id: int = 1
) -> None:
    link = Link(link_id, DEAL, Copy("l", {}, clock.now()), Copy("r", {}, clock.now()))
    with db.write() as session:
        conflicts.open_(
            session,
            iid,
            link=link,
            contested=Contested(field, None, right, None, "ask"),
            left_at=clock.now() - timedelta(minutes=1),
            right_at=clock.now(),
        )


def opened(db: Database, iid: int) -> list[Conflict]:
    with db.read() as session:
        return conflicts.listing(session, iid)


def resolve(db: Database, iid: int, conflict_id: int, winner: Side) -> None:
    with db.write() as session:
        conflicts.resolve(session, iid, conflict_id, winner=winner)


def test_a_conflict_shows_both_values_and_times(db: Database, iid: int, clock: HandClock) -> None:
    ask(db, iid, clock)
    (conflict,) = opened(db, iid)
    assert (conflict.link_id, conflict.kind, conflict.field) == (1, DEAL, "stage")
    assert (conflict.left_value, conflict.right_value) == (None, "won")
    assert (conflict.left_at, conflict.right_at) == (clock.now() - timedelta(minutes=1), clock.now())
    assert (conflict.state, conflict.winner, conflict.resolved_at) == (ConflictState.OPEN, None, None)


def test_a_question_is_asked_once_and_kept_up_to_date(db: Database, iid: int, clock: HandClock) -> None:
    ask(db, iid, clock)
    before = opened(db, iid)[0]
    clock.sleep(60)
    ask(db, iid, clock, right="lost")
    ask(db, iid, clock, field="amount")
    after, other = opened(db, iid)
    assert (after.id, after.opened_at, after.right_value) == (before.id, before.opened_at, "lost")
    assert other.field == "amount"


def test_a_decision_is_known_until_it_was_carried_out(db: Database, iid: int, clock: HandClock) -> None:
    ask(db, iid, clock)
    (conflict,) = opened(db, iid)
    resolve(db, iid, conflict.id, Side.LEFT)
    resolve(db, iid, conflict.id, Side.RIGHT)
    with db.write() as session:
        assert conflicts.listing(session, iid) == []
        assert conflicts.resolved(session, iid, link_ids=[1, 2]) == {1: {"stage": Verdict(Side.RIGHT, None, "won")}}
        conflicts.close(session, link_id=1, fields=["stage"])
        assert conflicts.resolved(session, iid, link_ids=[1]) == {}
        closed = conflicts.get(session, iid, conflict.id)
    assert closed is not None
    assert (closed.state, closed.winner) == (ConflictState.CLOSED, Side.RIGHT)


def test_a_settled_field_may_be_contested_again(db: Database, iid: int, clock: HandClock) -> None:
    ask(db, iid, clock)
    first = opened(db, iid)[0]
    with db.write() as session:
        conflicts.close(session, link_id=1, fields=["stage", "amount"])
    assert opened(db, iid) == []
    ask(db, iid, clock)
    assert opened(db, iid)[0].id != first.id


def test_closing_leaves_other_fields_and_links_alone(db: Database, iid: int, clock: HandClock) -> None:
    ask(db, iid, clock)
    ask(db, iid, clock, field="amount")
    ask(db, iid, clock, link_id=2)
    with db.write() as session:
        conflicts.close(session, link_id=1, fields=["stage"])
        conflicts.close(session, link_id=1, fields=[])
    assert [(each.link_id, each.field) for each in opened(db, iid)] == [(1, "amount"), (2, "stage")]


def test_a_conflict_of_another_integration_can_not_be_decided_here(db: Database, iid: int, clock: HandClock) -> None:
    ask(db, iid, clock)
    number = opened(db, iid)[0].id
    resolve(db, iid + 1, number, Side.LEFT)
    assert len(opened(db, iid)) == 1
    with db.read() as session:
        assert conflicts.get(session, iid + 1, number) is None


def test_a_fight_stands_beside_the_conflicts_of_its_fields_and_is_remembered_once_it_is_over(
    db: Database, iid: int, clock: HandClock
) -> None:
    ask(db, iid, clock)
    link = Link(1, DEAL, Copy("l", {}, clock.now()), Copy("r", {}, clock.now()))
    with db.write() as session:
        conflicts.fight(session, iid, link=link, why="to and fro")
        conflicts.fight(session, iid, link=link, why="to and fro")
    field, whole = opened(db, iid)
    assert (field.field, whole.field) == ("stage", conflicts.WHOLE)
    with db.write() as session:
        assert conflicts.fights(session, link_ids=[1, 2]) == {1: Fight(whole.id, None)}
        conflicts.let_go_on(session, iid, field.id)
        conflicts.let_go_on(session, iid, whole.id)
        assert conflicts.fights(session, link_ids=[1]) == {1: Fight(whole.id, clock.now())}
        assert conflicts.resolved(session, iid, link_ids=[1]) == {}
    assert [one.field for one in opened(db, iid)] == ["stage"]
    with db.write() as session:
        conflicts.fight(session, iid, link=link, why="once more")
        assert conflicts.fights(session, link_ids=[1]) == {1: Fight(whole.id, None)}
