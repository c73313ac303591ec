import json
from datetime import timedelta

import pytest

from bigin_sync.errors import Bug
from bigin_sync.model.kind import Kind
from bigin_sync.model.record import Ref
from bigin_sync.model.side import Side
from bigin_sync.model.step import Step, Verb
from bigin_sync.store import journal, partings
from bigin_sync.store.db import Database
from bigin_sync.store.journal import Settled, State
from bigin_sync.store.tables_setup import RunRow
from tests.contract.store.conftest import HandClock

NOTE = Kind("note")


def line(n: int, *, verb: Verb = Verb.CREATE, target: Side | None = Side.RIGHT) -> Step:
    return Step(NOTE, verb, f"Note {n}", "new on the left", target, None, f"l{n}", None, {"values": {"text": "ä"}})


def plan(db: Database, iid: int, *lines: Step, run_id: int = 1) -> list[int]:
    with db.write() as session:
        return journal.plan(session, iid, run_id=run_id, lines=lines)


def start_run(db: Database, iid: int, clock: HandClock, *, dry: bool) -> int:
    with db.write() as session:
        run = RunRow(
            integration_id=iid,
            started_at=clock.now(),
            why="asked",
            dry=dry,
            state="running",
            counts={},
            revisions={},
            fence=1,
        )
        session.add(run)
        session.flush()
        assert run.id is not None
        return run.id


def states(db: Database, ids: list[int]) -> list[State]:
    with db.read() as session:
        return [entry.state for entry in journal.by_ids(session, ids)]


def test_a_planned_line_comes_out_as_it_went_in(db: Database, iid: int, clock: HandClock) -> None:
    (entry_id,) = plan(db, iid, line(1))
    with db.read() as session:
        (entry,) = journal.planned(session, 1, kind=NOTE, verbs=[Verb.CREATE], target=Side.RIGHT, limit=5)
    assert (entry.id, entry.line, entry.state, entry.run_id) == (entry_id, line(1), State.PLANNED, 1)
    assert (entry.planned_at, entry.intended_at, entry.settled_at) == (clock.now(), None, None)


def test_ids_rise_in_the_order_of_the_lines(db: Database, iid: int) -> None:
    ids = plan(db, iid, *[line(n) for n in range(5_100)])
    with db.read() as session:
        entries = journal.by_ids(session, ids)
    assert ids == sorted(ids)
    assert [entry.line.label for entry in entries] == [f"Note {n}" for n in range(5_100)]


def test_planned_gives_what_is_left_of_a_verb_and_side_in_slices(db: Database, iid: int) -> None:
    first, second, third, *_ = plan(
        db, iid, line(1), line(2), line(3), line(4, target=Side.LEFT), line(5, verb=Verb.UPDATE), line(6, target=None)
    )
    with db.write() as session:
        journal.intend(session, [second], call_no=1, fence=1)
        one = journal.planned(session, 1, kind=NOTE, verbs=[Verb.CREATE], target=Side.RIGHT, limit=1)
        two = journal.planned(session, 1, kind=NOTE, verbs=[Verb.CREATE], target=Side.RIGHT, after_id=first, limit=9)
        none = journal.planned(session, 1, kind=NOTE, verbs=[Verb.CREATE], target=None, limit=9)
    assert [entry.id for entry in one] == [first]
    assert [entry.id for entry in two] == [third]
    assert [entry.line.label for entry in none] == ["Note 6"]


def test_an_intent_says_which_call_and_fence_carried_it(db: Database, iid: int, clock: HandClock) -> None:
    ids = plan(db, iid, line(1), line(2))
    clock.sleep(5)
    with db.write() as session:
        journal.intend(session, ids, call_no=12, fence=4)
    with db.read() as session:
        entries = journal.open_intents(session, iid)
    assert [(entry.id, entry.call_no, entry.fence) for entry in entries] == [(ids[0], 12, 4), (ids[1], 12, 4)]
    assert entries[0].intended_at == clock.now()


def test_a_write_is_never_intended_twice(db: Database, iid: int) -> None:
    first, second = plan(db, iid, line(1), line(2))
    with db.write() as session:
        journal.intend(session, [first], call_no=1, fence=1)

    def again() -> None:
        with db.write() as session:
            journal.intend(session, [first, second], call_no=2, fence=1)

    with pytest.raises(Bug):
        again()
    assert states(db, [first, second]) == [State.INTENDED, State.PLANNED]


def test_settling_adds_what_became_known_and_keeps_the_rest(db: Database, iid: int, clock: HandClock) -> None:
    done, refused = plan(db, iid, line(1), line(2))
    clock.sleep(9)
    with db.write() as session:
        journal.settle(
            session,
            [
                Settled(done, State.DONE, link_id=7, right_id="r1"),
                Settled(refused, State.REFUSED, code="INVALID_DATA", message="too long"),
            ],
        )
    with db.read() as session:
        one, two = journal.by_ids(session, [done, refused])
    assert (one.state, one.line.link_id, one.line.left_id, one.line.right_id) == (State.DONE, 7, "l1", "r1")
    assert (two.state, two.code, two.message, two.line.left_id) == (State.REFUSED, "INVALID_DATA", "too long", "l2")
    assert one.settled_at == clock.now()


def test_what_really_goes_out_replaces_what_was_planned(db: Database, iid: int) -> None:
    first, second = plan(db, iid, line(1), line(2))
    with db.write() as session:
        journal.revise(session, {first: {"values": {}}})
        one, two = journal.by_ids(session, [first, second])
    assert one.line.payload == {"values": {}}
    assert two.line.payload == {"values": {"text": "ä"}}


def test_links_that_were_parted_lately_are_known(db: Database, iid: int, clock: HandClock) -> None:
    def part(link_id: int, *, kind: Kind = NOTE) -> None:
        with db.write() as session:
            journal.note(session, iid, run_id=1, lines=[Step(kind, Verb.PART, "", "deleted", link_id=link_id)])

    part(1)
    clock.sleep(100)
    since = clock.now()
    for link_id in (3, 2, 3):
        part(link_id)
    part(4, kind=Kind("task"))
    plan(db, iid, line(1))
    with db.read() as session:
        assert partings.links_since(session, iid, kind=NOTE, since=since) == [2, 3]
        assert partings.links_since(session, iid + 1, kind=NOTE, since=since) == []


def test_what_was_updated_lately_is_known_by_link_and_side(db: Database, iid: int, clock: HandClock) -> None:
    begin = clock.now()
    both = [line(n, verb=Verb.UPDATE, target=side) for n, side in enumerate((Side.RIGHT, Side.LEFT, Side.RIGHT))]
    ids = plan(db, iid, *both, line(3, verb=Verb.MERGE), line(4, verb=Verb.UPDATE), line(5, verb=Verb.UPDATE))
    other = ids[-1]
    for entry_id in ids:
        clock.sleep(60)
        state = State.REFUSED if entry_id == ids[4] else State.DONE
        with db.write() as session:
            journal.settle(session, [Settled(entry_id, state, link_id=8 if entry_id == other else 7)])
    with db.read() as session:
        found = journal.crossings(session, link_ids=[7, 9], since=begin + timedelta(seconds=120))
    values = json.dumps(line(1).payload["values"])
    assert found == {
        7: [
            (begin + timedelta(seconds=120), Side.LEFT, values),
            (begin + timedelta(seconds=180), Side.RIGHT, values),
        ]
    }


def test_open_intents_are_those_whose_outcome_is_not_known(db: Database, iid: int) -> None:
    planned, sent, lost, done = plan(db, iid, *[line(n) for n in range(4)])
    with db.write() as session:
        journal.intend(session, [sent, lost, done], call_no=1, fence=1)
        journal.settle(session, [Settled(lost, State.UNKNOWN), Settled(done, State.DONE)])
    with db.read() as session:
        assert [entry.id for entry in journal.open_intents(session, iid)] == [sent, lost]
        assert journal.open_intents(session, iid + 1) == []
    assert states(db, [planned]) == [State.PLANNED]


def test_leftovers_of_a_dry_run_are_deleted_and_of_a_real_run_dropped(db: Database, iid: int, clock: HandClock) -> None:
    dry = plan(db, iid, line(1), run_id=start_run(db, iid, clock, dry=True))
    real = plan(db, iid, line(2), line(3), run_id=start_run(db, iid, clock, dry=False))
    with db.write() as session:
        journal.intend(session, real[1:], call_no=1, fence=1)
        assert journal.drop_planned(session, iid) == 2
        assert journal.by_ids(session, dry) == []
    assert states(db, real) == [State.DROPPED, State.INTENDED]


def test_the_tally_counts_a_run(db: Database, iid: int) -> None:
    ids = plan(db, iid, line(1), line(2), line(3, verb=Verb.UPDATE, target=Side.LEFT))
    plan(db, iid, line(4), run_id=2)
    with db.write() as session:
        journal.settle(session, [Settled(ids[0], State.DONE)])
        assert journal.tally(session, 1) == [
            journal.Tally(NOTE, Verb.CREATE, Side.RIGHT, State.DONE, 1),
            journal.Tally(NOTE, Verb.CREATE, Side.RIGHT, State.PLANNED, 1),
            journal.Tally(NOTE, Verb.UPDATE, Side.LEFT, State.PLANNED, 1),
        ]


def test_history_is_newest_first_and_can_be_kept_to_a_link_a_record_or_a_run(
    db: Database, iid: int, clock: HandClock
) -> None:
    first, second = plan(db, iid, line(1), line(2))
    clock.sleep(timedelta(hours=1).total_seconds())
    with db.write() as session:
        (third,) = journal.note(
            session,
            iid,
            run_id=2,
            lines=[Step(NOTE, Verb.LINK, "Note 1", "same text", link_id=7, left_id="l1", right_id="r1")],
        )
    with db.read() as session:
        everything = journal.history(session, iid)
        assert [entry.id for entry in everything] == [third, second, first]
        assert everything[0].state is State.NOTED
        assert [e.id for e in journal.history(session, iid, limit=1, before_id=third)] == [second]
        assert [e.id for e in journal.history(session, iid, link_id=7)] == [third]
        assert [e.id for e in journal.history(session, iid, ref=Ref(Side.LEFT, NOTE, "l1"))] == [third, first]
        assert [e.id for e in journal.history(session, iid, ref=Ref(Side.RIGHT, NOTE, "l1"))] == []
        assert [e.id for e in journal.history(session, iid, run_id=1)] == [second, first]
        assert journal.history(session, iid + 1) == []
