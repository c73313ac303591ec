"""Fields of an org that change behind the back of a mapping: the field stands still, or the module, no record."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest

from bigin_sync.admin import doctor, fields, modules, problems, runs, status
from bigin_sync.emulator.metadata import FieldDef
from bigin_sync.errors import BrakePulled, InvalidMapping, ModuleStopped
from tests.contract.admin.stage import Stage

pytestmark = pytest.mark.long

ANA = {"Last_Name": "Ana", "Email": "ana@example.org", "Title": "Buyer", "Phone": "1"}


def linked(stage: Stage) -> tuple[str, str]:
    """One contact on both sides, in sync; ten minutes go by."""
    stage.ready()
    (left,) = stage.make("bigin", "Contacts", ANA)
    (right,) = stage.make("crm", "Contacts", ANA)
    runs.sync(stage.room)
    stage.world.clock.advance(600)
    return left, right


def take_away(stage: Stage, label: str, name: str) -> FieldDef:
    """An administrator deletes a field."""
    org = stage.world.org(label)
    field = org.modules["Contacts"].fields.pop(name)
    org.changed_shape()
    return field


def put(stage: Stage, label: str, field: FieldDef) -> None:
    """An administrator makes a field, or makes it something else."""
    org = stage.world.org(label)
    org.modules["Contacts"].fields[field.api_name] = field
    org.changed_shape()


def frozen(stage: Stage) -> list[str]:
    return [trouble for line in modules.overview(stage.room) for trouble in line.troubles]


@contextmanager
def hidden(stage: Stage, name: str) -> Iterator[None]:
    """CRM goes on listing a field and leaves it out of its answers."""
    inner = stage.room.transports["crm"]
    assert inner is not None

    def answer(request: httpx.Request) -> httpx.Response:
        response = inner.handle_request(request)
        response.read()
        if "/settings/" in request.url.path or not response.content:
            return response
        body = json.loads(response.content)
        for row in body.get("data") or ():
            row.pop(name, None)
        return httpx.Response(response.status_code, json=body, headers={"Date": response.headers.get("Date", "")})

    transports = stage.room.transports
    assert isinstance(transports, dict)
    transports["crm"] = httpx.MockTransport(answer)
    try:
        yield
    finally:
        transports["crm"] = inner


@pytest.mark.parametrize("label", ["bigin", "crm"])
def test_a_field_that_is_gone_stands_still_and_empties_nothing(stage: Stage, label: str) -> None:
    left, right = linked(stage)
    other, id = ("crm", right) if label == "bigin" else ("bigin", left)
    take_away(stage, label, "Title")
    for each, record in (("bigin", left), ("crm", right)):
        stage.edit(each, "Contacts", record, Description=f"edited in {each}")
    runs.sync(stage.room)
    assert stage.record(other, "Contacts", id)["Title"] == "Buyer"
    assert len(frozen(stage)) == 1
    assert "Title of Contacts stands still" in frozen(stage)[0]
    assert problems.listing(stage.room) == []


def test_all_other_fields_go_on_and_what_changed_meanwhile_follows_when_the_field_is_back(stage: Stage) -> None:
    left, right = linked(stage)
    field = take_away(stage, "crm", "Title")
    stage.edit("bigin", "Contacts", left, Title="Head buyer", Phone="2")
    assert runs.sync(stage.room).writes == 1
    assert stage.record("crm", "Contacts", right)["Phone"] == "2"
    put(stage, "crm", field)
    stage.world.clock.advance(25 * 3600)
    assert runs.sync(stage.room).writes == 1
    assert stage.record("crm", "Contacts", right)["Title"] == "Head buyer"
    assert frozen(stage) == []


def test_a_person_is_told_once_with_the_way_out(stage: Stage) -> None:
    left, _right = linked(stage)
    take_away(stage, "crm", "Title")
    for phone in ("2", "3"):
        stage.edit("bigin", "Contacts", left, Phone=phone)
        runs.sync(stage.room)
        stage.world.clock.advance(60)
    told = [notice.text for notice in status.status(stage.room).notices if "Title" in notice.text]
    assert len(told) == 1
    assert "bigin-sync module edit contacts --map FILE" in told[0]
    contact = next(kind for kind in fields.mapping(stage.room, "contacts") if kind.kind == "contact")
    assert any("stands still" in pair.remarks for pair in contact.pairs if pair.name == "Title")
    assert any(not check.good and "Title" in check.found for check in doctor.examine(stage.room))


def test_a_renamed_field_is_mapped_again_by_editing_the_module(stage: Stage) -> None:
    left, right = linked(stage)
    field = take_away(stage, "crm", "Title")
    put(stage, "crm", replace(field, api_name="Job", label="Job"))
    stage.edit("bigin", "Contacts", left, Phone="2")
    runs.sync(stage.room)
    modules.edit(stage.room, "contacts", mapping={"contact": {"add": [{"bigin": "Title", "crm": "Job"}]}})
    assert frozen(stage) == []
    runs.sync(stage.room)
    assert stage.record("crm", "Contacts", right)["Job"] == "Buyer"


def test_a_field_that_holds_something_else_now_is_noticed_within_a_day(stage: Stage) -> None:
    left, right = linked(stage)
    field = stage.world.crm.modules["Contacts"].fields["Title"]
    put(stage, "crm", replace(field, data_type="integer"))
    stage.world.clock.advance(25 * 3600)
    stage.edit("bigin", "Contacts", left, Title="Head buyer", Phone="2")
    runs.sync(stage.room)
    assert "integer" in frozen(stage)[0]
    assert stage.record("crm", "Contacts", right)["Phone"] == "2"


def test_a_field_that_holds_something_else_now_is_noticed_when_its_org_refuses_it(stage: Stage) -> None:
    left, right = linked(stage)
    put(stage, "crm", replace(stage.world.crm.modules["Contacts"].fields["Title"], data_type="integer"))
    stage.edit("bigin", "Contacts", left, Title="Head buyer", Phone="2")
    stage.make("bigin", "Contacts", {"Last_Name": "New", "Title": "Buyer"})
    assert runs.sync(stage.room).writes == 2
    assert "integer" in frozen(stage)[0]
    assert stage.record("crm", "Contacts", right)["Phone"] == "2"
    assert problems.listing(stage.room) == []


def test_a_text_that_is_too_long_now_is_cut_once_its_org_refuses_it(stage: Stage) -> None:
    left, right = linked(stage)
    put(stage, "crm", replace(stage.world.crm.modules["Contacts"].fields["Title"], length=8))
    stage.edit("bigin", "Contacts", left, Title="Head buyer")
    assert runs.sync(stage.room).writes == 1
    assert (stage.record("crm", "Contacts", right)["Title"], problems.listing(stage.room)) == ("Head buy", [])


def test_a_value_that_is_refused_though_its_field_is_as_before_is_a_problem_and_asks_once_an_hour(
    stage: Stage,
) -> None:
    put(stage, "bigin", replace(stage.world.bigin.modules["Contacts"].fields["Email"], data_type="text"))
    left, _right = linked(stage)
    asked = []
    for minutes, address in ((0, "no address"), (10, "still none"), (55, "none again")):
        stage.world.clock.advance(minutes * 60)
        stage.edit("bigin", "Contacts", left, Email=address)
        before = stage.world.calls["crm", "fields"]
        runs.sync(stage.room)
        asked.append(stage.world.calls["crm", "fields"] > before)
        (problem,) = problems.listing(stage.room)
        assert (problem.record, problem.cause) == ("Ana", "invalid")
    assert asked == [True, False, True]


def test_a_field_that_is_listed_and_left_out_of_the_answers_stands_still(stage: Stage) -> None:
    left, right = linked(stage)
    with hidden(stage, "Title"):
        stage.edit("crm", "Contacts", right, Phone="2")
        assert runs.sync(stage.room).writes == 1
        assert "no longer answers the field Title" in frozen(stage)[0]
        stage.world.clock.advance(60)
        stage.edit("bigin", "Contacts", left, Title="Head buyer")
        assert runs.sync(stage.room).writes == 0
    assert (stage.record("bigin", "Contacts", left)["Title"], stage.record("crm", "Contacts", right)["Title"]) == (
        "Head buyer",
        "Buyer",
    )
    stage.world.clock.advance(25 * 3600)
    runs.sync(stage.room)
    assert stage.record("crm", "Contacts", right)["Title"] == "Head buyer"


def region(stage: Stage) -> FieldDef:
    """A field that CRM demands of every new contact from now on, and that nobody has mapped."""
    title = stage.world.crm.modules["Contacts"].fields["Title"]
    return replace(title, api_name="Region", label="Region", system_mandatory=True, custom=True)


def test_a_mandatory_field_that_nobody_mapped_stops_the_module_and_makes_no_record_a_problem(stage: Stage) -> None:
    linked(stage)
    put(stage, "crm", region(stage))
    stage.make("bigin", "Contacts", *({"Last_Name": f"New {number}"} for number in range(3)))
    with pytest.raises(BrakePulled, match="Region"):
        runs.sync(stage.room)
    assert problems.listing(stage.room) == []
    told = next(line for line in modules.overview(stage.room) if line.name == "contacts")
    assert (told.state, "module edit contacts" in str(told.stopped_why)) == ("stopped", True)
    with pytest.raises(InvalidMapping, match="Region"):
        modules.edit(stage.room, "contacts")


def test_a_module_goes_on_by_itself_once_nothing_stops_it_any_more(stage: Stage) -> None:
    linked(stage)
    put(stage, "crm", region(stage))
    stage.make("bigin", "Contacts", {"Last_Name": "New"})
    with pytest.raises(BrakePulled):
        runs.sync(stage.room)
    title = stage.world.bigin.modules["Contacts"].fields["Title"]
    put(stage, "bigin", replace(title, api_name="Region", label="Region", custom=True))
    assert modules.edit(stage.room, "contacts", mapping={}).state == "active"
    runs.sync(stage.room)
    (problem,) = problems.listing(stage.room)
    assert (problem.record, problem.cause) == ("New", "mandatory")


def test_a_mandatory_field_is_noticed_within_a_day_before_anything_is_refused(stage: Stage) -> None:
    linked(stage)
    put(stage, "crm", region(stage))
    stage.world.clock.advance(25 * 3600)
    with pytest.raises(BrakePulled, match=r"Contacts & Companies was stopped: .*Region"):
        runs.sync(stage.room)


@pytest.mark.parametrize("asked", [None, ["contacts"]], ids=["all modules", "the module itself"])
def test_a_module_that_is_stopped_while_its_run_begins_is_told_as_stopped_by_a_brake(
    stage: Stage, asked: list[str] | None
) -> None:
    linked(stage)
    put(stage, "crm", region(stage))
    stage.world.clock.advance(25 * 3600)
    with pytest.raises(BrakePulled, match=r"was stopped: .*Region.*--map FILE") as pulled:
        runs.sync(stage.room, asked)
    assert pulled.value.exit_code == 3
    with pytest.raises(ModuleStopped, match=r"is stopped: .*Region") as refused:
        runs.sync(stage.room, asked)
    assert (refused.value.exit_code, "release" in str(refused.value.hint)) == (3, False)


def test_a_value_for_new_records_is_a_way_out_too(stage: Stage) -> None:
    linked(stage)
    put(stage, "crm", region(stage))
    (left,) = stage.make("bigin", "Contacts", {"Last_Name": "New"})
    with pytest.raises(BrakePulled):
        runs.sync(stage.room)
    way_out = {"contact": {"new": {"crm": {"Region": "North"}}}}
    assert modules.edit(stage.room, "contacts", mapping=way_out).state == "active"
    assert runs.sync(stage.room).writes == 1
    made = next(row for row in stage.world.crm.tables["Contacts"].rows.values() if row.values["Last_Name"] == "New")
    assert made.values["Region"] == "North"
    stage.world.clock.advance(600)
    stage.edit("bigin", "Contacts", left, Phone="12")
    stage.edit("crm", "Contacts", made.id, Region="South")
    runs.sync(stage.room)
    assert (made.values["Region"], made.values["Phone"]) == ("South", "12")


def test_a_mapped_field_that_becomes_mandatory_is_told_once_and_records_without_it_are_not_sent_again(
    stage: Stage,
) -> None:
    linked(stage)
    put(stage, "crm", replace(stage.world.crm.modules["Contacts"].fields["Title"], system_mandatory=True))
    stage.make("bigin", "Contacts", {"Last_Name": "Blank"}, {"Last_Name": "Filled", "Title": "Buyer"})
    runs.sync(stage.room)
    assert {row.values["Last_Name"] for row in stage.world.crm.tables["Contacts"].rows.values()} >= {"Filled"}
    stage.make("bigin", "Contacts", {"Last_Name": "Blank too"})
    sent = +stage.world.calls
    runs.sync(stage.room)
    assert not [call for call in +stage.world.calls - sent if call == ("crm", "insert")]
    assert {(each.record, each.cause) for each in problems.listing(stage.room)} == {
        ("Blank", "mandatory"),
        ("Blank too", "mandatory"),
    }
    (contacts, *_others) = modules.overview(stage.room)
    assert any("takes no new contact without Title" in remark for remark in contacts.remarks)
    (told,) = (notice.text for notice in status.status(stage.room).notices if "without Title" in notice.text)
    assert "bigin-sync module edit contacts --map FILE" in told


def test_a_default_for_a_field_that_became_mandatory_lets_the_others_cross(stage: Stage) -> None:
    linked(stage)
    put(stage, "crm", replace(stage.world.crm.modules["Contacts"].fields["Title"], system_mandatory=True))
    stage.make("bigin", "Contacts", {"Last_Name": "Blank"})
    runs.sync(stage.room)
    modules.edit(stage.room, "contacts", mapping={"contact": {"change": {"Title": {"default": {"crm": "Unknown"}}}}})
    assert runs.sync(stage.room).writes == 1
    assert problems.listing(stage.room) == []
    assert not any("without Title" in remark for line in modules.overview(stage.room) for remark in line.remarks)


def test_a_field_of_a_module_without_a_mapping_is_put_right_in_the_org(stage: Stage) -> None:
    stage.ready()
    runs.sync(stage.room)
    modules.configure(stage.room, "activities")
    modules.activate(stage.room, "activities")
    runs.sync(stage.room)
    tasks = stage.world.crm.modules["Tasks"].fields
    priority = tasks.pop("Priority")
    stage.world.crm.changed_shape()
    modules.edit(stage.room, "activities")
    told = next(notice.text for notice in status.status(stage.room).notices if "Priority stands still" in notice.text)
    assert told.endswith("put the field in the org right, then: bigin-sync module edit activities")
    assert "--map" not in told
    tasks["Priority"] = priority
    stage.world.crm.changed_shape()
    modules.edit(stage.room, "activities")
    assert any("no longer standing still" in notice.text for notice in status.status(stage.room).notices)
