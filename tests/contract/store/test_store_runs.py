import pytest

from bigin_sync.errors import Bug
from bigin_sync.store import modules, notices, runs
from bigin_sync.store.db import Database, Session
from bigin_sync.store.modules import Module, ModuleState, StoppedBy
from bigin_sync.store.runs import RunState
from tests.contract.store.conftest import HandClock


def start(db: Database, iid: int, *, dry: bool = False) -> int:
    with db.write() as session:
        return runs.start(session, iid, why="asked for", dry=dry, revisions={"contacts": 3}, fence=8)


def test_a_run_is_remembered_with_what_it_came_to(db: Database, iid: int, clock: HandClock) -> None:
    run_id = start(db, iid)
    began = clock.now()
    with db.read() as session:
        running = runs.get(session, iid, run_id)
    clock.sleep(30)
    with db.write() as session:
        runs.finish(session, run_id, state="done", counts={"contact": {"linked": 4}})
    with db.read() as session:
        done = runs.get(session, iid, run_id)
        assert runs.get(session, iid + 1, run_id) is None
    assert running is not None
    assert (running.state, running.ended_at, running.revisions, running.fence) == (
        RunState.RUNNING,
        None,
        {"contacts": 3},
        8,
    )
    assert done is not None
    assert (done.started_at, done.ended_at, done.state) == (began, clock.now(), RunState.DONE)
    assert (done.counts, done.error) == ({"contact": {"linked": 4}}, None)


def test_runs_are_listed_newest_first(db: Database, iid: int) -> None:
    ids = [start(db, iid) for _ in range(3)]
    with db.read() as session:
        assert [run.id for run in runs.listing(session, iid)] == ids[::-1]
        assert [run.id for run in runs.listing(session, iid, limit=1)] == ids[-1:]


def test_a_run_whose_process_is_gone_is_marked_as_interrupted(db: Database, iid: int) -> None:
    done, lost = start(db, iid), start(db, iid)
    with db.write() as session:
        runs.finish(session, done, state="failed", counts={}, error="it broke")
        assert runs.mark_interrupted(session, iid) == [lost]
        assert [run.state for run in runs.listing(session, iid)] == [RunState.INTERRUPTED, RunState.FAILED]


def test_a_run_can_not_end_before_it_began(db: Database) -> None:
    def finish() -> None:
        with db.write() as session:
            runs.finish(session, 77, state="done", counts={})

    with pytest.raises(Bug):
        finish()


def test_a_module_nobody_touched_is_not_stored(db: Database, iid: int) -> None:
    with db.read() as session:
        assert modules.get(session, iid, name="contacts") is None
        assert modules.revision(session, iid, module="contacts") is None


def known(session: Session, iid: int) -> Module:
    module = modules.get(session, iid, name="contacts")
    assert module is not None
    return module


def test_a_module_remembers_its_state_why_it_stopped_and_its_last_run(db: Database, iid: int, clock: HandClock) -> None:
    run_id = start(db, iid)
    with db.write() as session:
        modules.set_state(session, iid, name="contacts", state=ModuleState.ACTIVE)
        modules.stop(session, iid, name="contacts", by=StoppedBy.BRAKE, why="too many creates")
        modules.served(session, iid, names=["contacts"], run_id=run_id)
        module = known(session, iid)
        assert (module.state, module.stopped_why) == (ModuleState.STOPPED, "too many creates")
        assert (module.stopped_by, module.resumes_as) == (StoppedBy.BRAKE, ModuleState.ACTIVE)
        assert (module.last_run_id, module.last_run_at) == (run_id, clock.now())
        modules.set_state(session, iid, name="contacts", state=ModuleState.ACTIVE)
        module = known(session, iid)
    assert (module.state, module.stopped_why, module.stopped_by) == (ModuleState.ACTIVE, None, None)
    assert (module.resumes_as, module.last_run_id) == (None, run_id)


def test_a_module_that_is_stopped_again_still_knows_what_it_was(db: Database, iid: int) -> None:
    with db.write() as session:
        modules.set_state(session, iid, name="contacts", state=ModuleState.FIRST_SYNC)
        modules.stop(session, iid, name="contacts", by=StoppedBy.BRAKE, why="too many creates")
        modules.stop(session, iid, name="contacts", by=StoppedBy.FIELDS, why="a field is gone")
        module = known(session, iid)
    assert (module.resumes_as, module.stopped_by) == (ModuleState.FIRST_SYNC, StoppedBy.FIELDS)
    assert not module.first_sync_done


def test_what_is_meant_for_one_run_is_used_up_by_it(db: Database, iid: int) -> None:
    with db.write() as session:
        modules.set_state(session, iid, name="contacts", state=ModuleState.FIRST_SYNC)
        modules.release(session, iid, name="contacts")
        modules.catch_up(session, iid, name="contacts", strategy="skip")
        assert (known(session, iid).released, known(session, iid).catch_up) == (True, "skip")
        modules.finish(session, iid, name="contacts", strategy="skip", released=True)
        module = known(session, iid)
    assert (module.state, module.released, module.catch_up) == (ModuleState.ACTIVE, False, None)


def test_what_is_chosen_while_a_run_is_under_way_is_meant_for_the_next_one(db: Database, iid: int) -> None:
    with db.write() as session:
        modules.set_state(session, iid, name="contacts", state=ModuleState.ACTIVE)
        modules.release(session, iid, name="contacts")
        modules.catch_up(session, iid, name="contacts", strategy="ask")
        modules.finish(session, iid, name="contacts", strategy="latest", released=False)
        module = known(session, iid)
    assert (module.released, module.catch_up) == (True, "ask")


@pytest.mark.parametrize("state", [ModuleState.PAUSED, ModuleState.DISABLED])
def test_a_module_that_was_put_to_rest_while_a_brake_was_pulled_stays_so_and_begins_where_it_was(
    db: Database, iid: int, state: ModuleState
) -> None:
    with db.write() as session:
        modules.set_state(session, iid, name="contacts", state=state, resumes_as=ModuleState.FIRST_SYNC)
        assert not modules.stop(session, iid, name="contacts", by=StoppedBy.BRAKE, why="too many creates")
        module = known(session, iid)
    assert (module.state, module.resumes_as, module.first_sync_done) == (state, ModuleState.FIRST_SYNC, False)


@pytest.mark.parametrize("state", [ModuleState.PAUSED, ModuleState.DISABLED])
def test_a_module_that_was_put_to_rest_during_its_first_sync_stays_so_and_resumes_as_active(
    db: Database, iid: int, state: ModuleState
) -> None:
    with db.write() as session:
        modules.set_state(session, iid, name="contacts", state=state, resumes_as=ModuleState.FIRST_SYNC)
        modules.finish(session, iid, name="contacts", strategy="latest", released=False)
        module = known(session, iid)
    assert (module.state, module.resumes_as, module.first_sync_done) == (state, ModuleState.ACTIVE, True)


def test_what_is_owed_and_what_stands_still_is_kept_until_it_is_replaced(db: Database, iid: int) -> None:
    with db.write() as session:
        modules.owe(session, iid, name="contacts", what={"read": ["contact"]})
        modules.freeze(session, iid, name="contacts", fields={"contact": {"Title": "it is gone"}, "company": {}})
        module = known(session, iid)
        assert (module.owed, module.frozen) == ({"read": ["contact"]}, {"contact": {"Title": "it is gone"}})
        modules.owe(session, iid, name="contacts", what={})
        modules.freeze(session, iid, name="contacts", fields={})
        module = known(session, iid)
    assert (module.owed, module.frozen) == ({}, {})


def test_every_change_of_settings_is_kept_and_one_is_in_force(db: Database, iid: int, clock: HandClock) -> None:
    with db.write() as session:
        first = modules.revise(session, iid, module="contacts", by="Ada", what="configured", settings={"tie": "left"})
        other = modules.revise(session, iid, module="notes", by="Ada", what="configured", settings={})
        modules.point(session, iid, name="contacts", revision_id=first.id)
        clock.sleep(60)
        second = modules.revise(session, iid, module="contacts", by="Bo", what="tie", settings={"tie": "right"})
        assert modules.revision(session, iid, module="contacts") == first
        modules.point(session, iid, name="contacts", revision_id=second.id)
    with db.read() as session:
        assert modules.revision(session, iid, module="contacts") == second
        assert modules.revisions(session, iid, module="contacts") == [second, first]
        assert [module.name for module in modules.listing(session, iid)] == ["contacts"]
    assert (first.number, second.number, other.number) == (1, 2, 1)
    assert (second.by, second.at, second.settings) == ("Bo", clock.now(), {"tie": "right"})


def test_a_notice_is_left_once_until_it_was_read(db: Database, iid: int) -> None:
    with db.write() as session:
        for text in ("one", "two", "one"):
            notices.add(session, iid, text=text)
        first, second = notices.unseen(session, iid)
        notices.mark_seen(session, iid, ids=[first.id])
        assert notices.unseen(session, iid) == [second]
        notices.add(session, iid, text="one")
        assert [notice.text for notice in notices.unseen(session, iid)] == ["two", "one"]
        assert notices.unseen(session, iid + 1) == []
