"""Plan, sync, history and why, against the emulator."""

import pytest

from bigin_sync.admin import conflicts, preview, runs, status, why
from bigin_sync.admin.life import Verb
from bigin_sync.admin.modules import configure, turn
from bigin_sync.emulator.faults import Fault
from bigin_sync.errors import LeaseLost, ModuleNotReady, NotConnected, UnknownRecord
from bigin_sync.jobs.lease import leased
from tests.contract.admin.stage import Stage

ANA = {"First_Name": "Ana", "Last_Name": "Ruiz", "Email": "ana@nordwind.example"}


def linked(stage: Stage, **changes: str) -> tuple[str, str]:
    """One contact on both sides, linked; ten minutes go by."""
    stage.ready(**changes)
    (left,) = stage.make("bigin", "Contacts", ANA)
    (right,) = stage.make("crm", "Contacts", ANA)
    runs.sync(stage.room)
    stage.world.clock.advance(600)
    return left, right


def test_nothing_runs_before_both_orgs_are_connected(stage: Stage) -> None:
    with pytest.raises(NotConnected, match="connect bigin"):
        runs.sync(stage.room)
    stage.connect("bigin")
    with pytest.raises(NotConnected, match="connect crm"):
        preview.plan(stage.room)


def test_a_module_is_planned_before_it_is_switched_on_and_synced_only_after(stage: Stage) -> None:
    for label in ("bigin", "crm"):
        stage.connect(label)
    with pytest.raises(ModuleNotReady, match="module configure contacts"):
        preview.plan(stage.room)
    configure(stage.room, "contacts")
    assert preview.plan(stage.room).state == "dry"
    with pytest.raises(ModuleNotReady, match="module activate contacts"):
        runs.sync(stage.room)


def test_a_plan_names_every_field_and_writes_nothing(stage: Stage) -> None:
    stage.ready()
    (company,) = stage.make("bigin", "Accounts", {"Account_Name": "Nordwind", "Website": "nordwind.example"})
    stage.make("bigin", "Contacts", {**ANA, "Account_Name": {"id": company}})
    report = preview.plan(stage.room)
    lines = {line.record: line for line in preview.lines(stage.room, report.run_id)}
    assert [(line.action, line.product) for line in lines.values()] == [("create", "Zoho CRM")] * 2
    fields = {each.field: (each.before, each.after) for each in lines["Ana Ruiz"].fields}
    assert fields["Email"] == (None, "ana@nordwind.example")
    assert fields["Account_Name"] == (None, "Nordwind")
    assert fields["Owner"] == (None, "Jonas Keller")
    assert stage.world.crm.tables["Accounts"].rows == {}
    assert {(each.kind, each.action, each.number) for each in preview.totals(stage.room, report)} == {
        ("company", "create", 1),
        ("contact", "create", 1),
    }


def test_a_limit_cuts_the_lines_of_a_plan_and_not_its_totals(stage: Stage) -> None:
    stage.ready()
    stage.make("bigin", "Accounts", *({"Account_Name": f"Company {number}"} for number in range(7)))
    report = preview.plan(stage.room)
    assert len(list(preview.lines(stage.room, report.run_id, limit=3))) == 3
    assert sum(each.number for each in preview.totals(stage.room, report)) == 7


def test_a_finished_first_sync_makes_the_module_active_and_says_so_once(stage: Stage) -> None:
    stage.ready()
    stage.make("bigin", "Contacts", ANA)
    assert status.status(stage.room).modules[0].state == "first sync"
    runs.sync(stage.room)
    first, second = status.status(stage.room), status.status(stage.room)
    assert first.modules[0].state == "active"
    assert ["first sync" in notice.text for notice in first.notices] == [True]
    assert second.notices == ()


def test_edits_of_different_fields_on_both_sides_both_survive(stage: Stage) -> None:
    left, right = linked(stage)
    stage.edit("bigin", "Contacts", left, Phone="+49 30 1")
    stage.edit("crm", "Contacts", right, Mobile="+49 170 2")
    runs.sync(stage.room)
    for label, id in (("bigin", left), ("crm", right)):
        record = stage.record(label, "Contacts", id)
        assert (record["Phone"], record["Mobile"]) == ("+49 30 1", "+49 170 2")


def test_a_quiet_run_writes_nothing_and_is_kept_in_the_history(stage: Stage) -> None:
    linked(stage)
    report = runs.sync(stage.room)
    assert report.writes == 0
    newest, *_ = runs.history(stage.room)
    assert (newest.id, newest.state, newest.written) == (report.run_id, "done", 0)
    assert list(runs.writes(stage.room, report.run_id)) == []


def test_the_history_of_a_run_shows_what_was_overwritten(stage: Stage) -> None:
    left, right = linked(stage)
    stage.edit("crm", "Contacts", right, Title="Captain")
    runs.sync(stage.room)
    stage.world.clock.advance(60)
    stage.edit("bigin", "Contacts", left, Title="Admiral")
    report = runs.sync(stage.room)
    (line,) = runs.writes(stage.room, report.run_id)
    assert (line.action, line.product, line.record, line.outcome) == ("update", "Zoho CRM", "Ana Ruiz", "done")
    assert [(each.label, each.before, each.after) for each in line.fields] == [("Title", "Captain", "Admiral")]
    with pytest.raises(UnknownRecord):
        runs.run(stage.room, 4711)


@pytest.mark.parametrize("text", ["ana@nordwind.example", "ANA@nordwind.example", "Ana Ruiz", "Ruiz"])
def test_a_record_is_found_by_its_address_or_by_its_name(stage: Stage, text: str) -> None:
    left, right = linked(stage)
    answer = why.why(stage.room, text)
    assert answer.explanation is not None
    assert [(hit.left_id, hit.right_id) for hit in answer.hits] == [(left, right)]


def test_why_tells_the_whole_story_of_a_pair(stage: Stage) -> None:
    left, right = linked(stage)
    stage.edit("crm", "Contacts", right, Title="Captain")
    runs.sync(stage.room)
    for id in (left, right):
        found = why.why(stage.room, id).explanation
        assert found is not None
        assert [line.action for line in found.lines] == ["update", "link"]
        assert ("Linked", "in run 1, by e-mail") in found.facts
        assert {each.field: (each.left, each.right) for each in found.fields}["Title"] == ("Captain", "Captain")
        assert "in sync" in dict(found.facts)["Versions"]


def test_several_hits_are_listed_and_none_is_guessed(stage: Stage) -> None:
    stage.ready()
    stage.make("bigin", "Contacts", {"Last_Name": "Twin", "First_Name": "A"}, {"Last_Name": "Twin", "First_Name": "B"})
    runs.sync(stage.room)
    answer = why.why(stage.room, "Twin")
    assert sorted(hit.label for hit in answer.hits) == ["A Twin", "B Twin"]
    assert answer.explanation is None
    with pytest.raises(UnknownRecord):
        why.why(stage.room, "Nobody")


def test_a_record_without_a_link_is_found_by_its_address_too(stage: Stage) -> None:
    stage.ready()
    refused = Fault(
        kind="refuse", product="crm", method="POST", path="/Contacts$", status=400, code="INVALID_DATA", times=0
    )
    stage.world.faults.add(refused)
    stage.make("bigin", "Contacts", {"Last_Name": "Alone", "Email": "alone@nordwind.example"})
    assert not runs.sync(stage.room).clean
    found = why.why(stage.room, "ALONE@nordwind.example").explanation
    assert (found is not None and found.label, bool(found and found.way_out)) == ("Alone", True)


def test_a_record_that_could_not_be_written_is_explained_with_a_way_out(stage: Stage) -> None:
    _, right = linked(stage)
    stage.edit("crm", "Contacts", right, Email="new@nordwind.example")
    stage.make("bigin", "Contacts", {"Last_Name": "Copy", "Email": "new@nordwind.example"})
    assert not runs.sync(stage.room).clean
    reasons = status.status(stage.room).reasons
    assert {(each.product, each.state, each.number) for each in reasons} == {
        ("Bigin", "problem", 1),
        ("Zoho CRM", "problem", 1),
    }
    found = why.why(stage.room, "Copy").explanation
    assert found is not None
    assert found.state.startswith("problem: another record already has this value")
    assert "unique value" in found.way_out


def test_a_contested_field_waits_for_a_person_and_the_answer_is_carried_out(stage: Stage) -> None:
    left, right = linked(stage, strategy="ask")
    stage.edit("bigin", "Contacts", left, Title="Admiral", Phone="+49 30 1")
    stage.edit("crm", "Contacts", right, Title="Captain", Mobile="+49 170 2")
    report = runs.sync(stage.room)
    assert not report.clean
    (line,) = conflicts.listing(stage.room)
    assert (line.record, line.field, line.answers) == ("Ana Ruiz", "Title", ("bigin", "crm"))
    assert [choice.value for choice in conflicts.show(stage.room, line.id).choices] == ["Admiral", "Captain"]
    conflicts.resolve(stage.room, line.id, "bigin")
    assert runs.sync(stage.room).clean
    assert conflicts.listing(stage.room) == []
    for label, id in (("bigin", left), ("crm", right)):
        record = stage.record(label, "Contacts", id)
        assert (record["Title"], record["Phone"], record["Mobile"]) == ("Admiral", "+49 30 1", "+49 170 2")


def test_what_was_overwritten_at_a_first_meeting_is_told_where_it_was_written(stage: Stage) -> None:
    stage.ready(strategy="crm")
    (left,) = stage.make("bigin", "Contacts", {**ANA, "Title": "Deputy"})
    stage.make("crm", "Contacts", {**ANA, "Title": "Captain"})
    runs.sync(stage.room)
    found = why.why(stage.room, left).explanation
    assert found is not None
    (line,) = (line for line in found.lines if line.action == "update")
    assert [(each.label, each.before, each.after) for each in line.fields] == [("Title", "Deputy", "Captain")]
    told = "Title was contested at their first meeting: Zoho CRM wins (this side always wins)"
    assert (line.why, line.remarks) == ("settled at their first meeting", (told,))


def test_a_record_with_two_possible_counterparts_waits_and_is_linked_as_told(stage: Stage) -> None:
    stage.ready()
    (left,) = stage.make("bigin", "Accounts", {"Account_Name": "Nordwind GmbH"})
    first, second = stage.make(
        "crm", "Accounts", {"Account_Name": "Nordwind", "Phone": "1"}, {"Account_Name": "Nordwind", "Phone": "2"}
    )
    runs.sync(stage.room)
    line = next(line for line in conflicts.listing(stage.room) if left in line.record)
    assert set(line.answers) == {first, second, "new"}
    conflicts.resolve(stage.room, line.id, second)
    runs.sync(stage.room)
    assert stage.record("bigin", "Accounts", left)["Phone"] == "2"
    assert conflicts.listing(stage.room) == []
    assert len(stage.world.bigin.tables["Accounts"].rows) == 2
    with pytest.raises(UnknownRecord):
        conflicts.resolve(stage.room, line.id, second)


def test_a_record_that_is_told_to_be_new_is_created(stage: Stage) -> None:
    stage.ready()
    (left,) = stage.make("bigin", "Accounts", {"Account_Name": "Nordwind GmbH"})
    stage.make(
        "crm", "Accounts", {"Account_Name": "Nordwind", "Phone": "1"}, {"Account_Name": "Nordwind", "Phone": "2"}
    )
    runs.sync(stage.room)
    line = next(line for line in conflicts.listing(stage.room) if left in line.record)
    conflicts.resolve(stage.room, line.id, "new")
    runs.sync(stage.room)
    names = [str(row.values["Account_Name"]) for row in stage.world.crm.tables["Accounts"].rows.values()]
    assert sorted(names) == ["Nordwind", "Nordwind", "Nordwind GmbH"]


def test_a_brake_stops_a_sync_before_its_first_write_while_the_plan_still_shows_it(stage: Stage) -> None:
    linked(stage, max_creates="2")
    stage.make("crm", "Accounts", *({"Account_Name": f"Company {number}"} for number in range(5)))
    report = preview.plan(stage.room)
    assert report.brake is not None
    assert len(list(preview.lines(stage.room, report.run_id))) == 5
    stopped = runs.sync(stage.room)
    assert (stopped.state, "5 company" in (stopped.brake or "")) == ("stopped", True)
    assert stage.world.bigin.tables["Accounts"].rows == {}
    assert runs.history(stage.room, limit=1)[0].state == "stopped"
    with pytest.raises(ModuleNotReady, match="module release contacts"):
        runs.sync(stage.room)
    assert turn(stage.room, "contacts", Verb.RELEASE).state == "active"
    assert runs.sync(stage.room).writes == 5


def test_a_release_is_for_one_run_and_a_higher_limit_for_all(stage: Stage) -> None:
    linked(stage, max_creates="2")
    for batch in range(2):
        stage.make("crm", "Accounts", *({"Account_Name": f"Company {batch} {number}"} for number in range(5)))
        assert runs.sync(stage.room).brake is not None
        turn(stage.room, "contacts", Verb.RELEASE)
        assert runs.sync(stage.room).writes == 5
        stage.world.clock.advance(600)
    configure(stage.room, "contacts", changes={"max_creates": "none"})
    stage.make("crm", "Accounts", *({"Account_Name": f"More {number}"} for number in range(5)))
    assert runs.sync(stage.room).writes == 5


def test_two_runs_at_once_are_one_too_many(stage: Stage) -> None:
    stage.ready()
    with leased(stage.room, stage.room.integration()), pytest.raises(LeaseLost, match="at work"):
        runs.sync(stage.room)
    assert runs.sync(stage.room).state == "done"
