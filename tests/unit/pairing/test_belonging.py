"""What activities and notes belong to, in either way of linking, and what is never part of them."""

from typing import Any

import pytest

from bigin_sync.model.kind import Kind
from bigin_sync.model.outcome import Cause
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.bigin_crm import (
    BIGIN_CRM,
    CALL,
    CALL_SPEC,
    DEAL,
    EVENT,
    EVENT_SPEC,
    NOTE,
    NOTE_SPEC,
    TASK,
    TASK_SPEC,
)
from bigin_sync.pairing.carry import Carrier
from bigin_sync.pairing.convert import RecordReader, RecordWriter
from bigin_sync.pairing.crossings import Carried, LeftOut, Pointer
from bigin_sync.pairing.drift import drift
from bigin_sync.pairing.fields import FieldMeta
from bigin_sync.pairing.mapping import Mapping, Unmapped, propose
from bigin_sync.pairing.mapping_check import validate
from bigin_sync.pairing.mapping_file import from_json, to_json
from bigin_sync.pairing.match_keys import keys
from bigin_sync.pairing.owners import pair_users
from tests.unit.pairing.activities import STYLES, Style, calls, events, notes, tasks

OWNERS = pair_users([], [], fallbacks={Side.LEFT: "1", Side.RIGHT: "11"})
AUDIT = {"id": "7", "Modified_Time": "2026-03-02T09:00:00+01:00"}
LINKED = {("company", "1"): "c1", ("contact", "2"): "p2", ("deal", "3"): "d3"}
METAS = {TASK: tasks, EVENT: events, CALL: calls}


def mapped(kind: Kind, left: Style = "related_to", right: Style = "what_who") -> Mapping:
    return propose(BIGIN_CRM, kind, left=METAS[kind](left), right=METAS[kind](right)).mapping


def noted() -> Mapping:
    return propose(BIGIN_CRM, NOTE, left=notes(), right=notes()).mapping


def carrier(mapping: Mapping, left: dict[str, FieldMeta], right: dict[str, FieldMeta]) -> Carrier:
    there = {(Side.RIGHT, kind, id): other for (kind, id), other in LINKED.items()}
    back = {(Side.LEFT, kind, other): id for (kind, id), other in LINKED.items()}

    def known(to: Kind, side: Side, id: str) -> str | None:
        return (there | back).get((side, to, id))

    return Carrier(BIGIN_CRM, mapping, left=left, right=right, owners=OWNERS, translate=known)


def read(mapping: Mapping, row: dict[str, Any], *, side: Side) -> dict[str, Any]:
    return dict(RecordReader(BIGIN_CRM.kind(mapping.kind), mapping, side=side).read(row | AUDIT).values)


def unmapped(kind: Kind) -> dict[str, Unmapped]:
    found = propose(BIGIN_CRM, kind, left=METAS[kind]("related_to"), right=METAS[kind]("what_who")).unmapped
    return {each.field: each for each in found}


@pytest.mark.parametrize("left", STYLES)
@pytest.mark.parametrize("right", STYLES)
@pytest.mark.parametrize("kind", METAS)
def test_every_link_is_found_in_whatever_way_an_org_keeps_it(kind: Kind, left: Style, right: Style) -> None:
    mapping = mapped(kind, left, right)
    shared = {"related_to": "Related_To", "what_who": "What_Id"}
    for name in ("Deal", "Company"):
        pair = mapping.pair(name)
        assert pair is not None
        assert (pair.left, pair.right) == (shared[left], shared[right])
    contact = mapping.pair("Contact")
    assert contact is not None
    alone = {"related_to": "Contact_Name" if kind == CALL else "Related_To", "what_who": "Who_Id"}
    assert (contact.left, contact.right) == (alone[left], alone[right])
    assert len({pair.name for pair in mapping.pairs}) == len(mapping.pairs)
    assert [
        each for each in validate(BIGIN_CRM, mapping, left=METAS[kind](left), right=METAS[kind](right)) if each.blocking
    ] == []


@pytest.mark.parametrize("kind", METAS)
def test_a_mapping_with_shared_fields_survives_being_stored(kind: Kind) -> None:
    assert from_json(to_json(mapped(kind))) == mapped(kind)
    assert from_json(to_json(noted())) == noted()


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (TASK, "Remind_At"),
        (TASK, "Recurring_Activity"),
        (TASK, "Send_Notification_Email"),
        (EVENT, "Remind_At"),
        (EVENT, "Participants"),
        (CALL, "Reminder"),
    ],
)
def test_what_rings_repeats_or_invites_is_listed_with_the_reason(kind: Kind, field: str) -> None:
    assert unmapped(kind)[field].reason == "reminders, recurrence, invitations and notifications are never synced"


@pytest.mark.parametrize("kind", METAS)
@pytest.mark.parametrize("left", STYLES)
def test_no_field_of_an_activity_stands_still_as_long_as_nothing_changed(kind: Kind, left: Style) -> None:
    found = drift(BIGIN_CRM, mapped(kind, left), left=METAS[kind](left), right=METAS[kind]("what_who"))
    assert (found.frozen, found.blocked) == ({}, ())


def test_custom_fields_of_an_activity_are_not_mapped() -> None:
    assert unmapped(TASK)["Shirt_Size"].reason == "not among the fields that the system maps"


def test_a_link_is_read_by_the_module_beside_it() -> None:
    mapping = mapped(TASK)
    deal = {"Subject": "Ring", "What_Id": {"id": "3", "name": "x"}, "$se_module": "Deals", "Who_Id": {"id": "2"}}
    assert {name: read(mapping, deal, side=Side.RIGHT)[name] for name in ("Deal", "Company", "Contact")} == {
        "Deal": "3",
        "Company": None,
        "Contact": "2",
    }
    for word in ("Deals", "Pipelines"):
        row = {"Subject": "Ring", "Related_To": {"id": "d3"}, "$related_module": word}
        assert read(mapping, row, side=Side.LEFT)["Deal"] == "d3"
    lead = {"Subject": "Ring", "What_Id": {"id": "9"}, "$se_module": "Leads", "Who_Id": None}
    assert not any(read(mapping, lead, side=Side.RIGHT)[name] for name in ("Deal", "Company", "Contact"))


def test_a_call_may_name_its_contact_in_either_of_two_fields() -> None:
    mapping = mapped(CALL)
    own = {"Contact_Name": {"id": "p2"}, "Related_To": {"id": "c1"}, "$related_module": "Accounts"}
    shared = {"Contact_Name": None, "Related_To": {"id": "p2"}, "$related_module": "Contacts"}
    assert [read(mapping, row, side=Side.LEFT)["Contact"] for row in (own, shared)] == ["p2", "p2"]
    assert [read(mapping, row, side=Side.LEFT)["Company"] for row in (own, shared)] == ["c1", None]


def test_a_link_is_written_with_its_module_beside_it() -> None:
    left = RecordWriter(TASK_SPEC, mapped(TASK), side=Side.LEFT)
    right = RecordWriter(TASK_SPEC, mapped(TASK), side=Side.RIGHT)
    assert left.write({"Deal": "d3"}) == {"Related_To": {"id": "d3"}, "$related_module": "Deals"}
    assert right.write({"Company": "1", "Contact": "2"}) == {
        "What_Id": {"id": "1"},
        "$se_module": "Accounts",
        "Who_Id": {"id": "2"},
    }


def test_a_note_names_the_module_of_its_parent_as_each_product_wants_it() -> None:
    left, right = (RecordWriter(NOTE_SPEC, noted(), side=side) for side in BOTH)
    assert left.begin({"Contact": "p2"}) == {"Parent_Id": {"id": "p2"}, "$se_module": "Contacts"}
    assert right.begin({"Contact": "2"}) == {
        "Parent_Id": {"id": "2", "module": {"api_name": "Contacts"}},
        "$se_module": "Contacts",
    }
    inside = {"Note_Content": "x", "Parent_Id": {"id": "2", "module": {"api_name": "Contacts"}}}
    assert read(noted(), inside, side=Side.RIGHT)["Contact"] == "2"


def test_what_a_note_belongs_to_is_never_changed() -> None:
    carried = carrier(noted(), notes(), notes())
    assert not carried.may_write("Contact", Side.RIGHT, present="2")
    assert carried.may_write("Contact", Side.RIGHT, present=None)


def test_a_text_too_long_for_a_note_is_cut_and_says_so() -> None:
    crossing = carrier(noted(), notes(), notes()).carry("Note_Content", "a" * 31, Side.LEFT)
    assert crossing == Carried("a" * 30, "cut to 30 characters")


@pytest.mark.parametrize("side", BOTH)
def test_a_link_that_was_taken_away_stays_on_the_other_side(side: Side) -> None:
    carried = carrier(mapped(TASK), tasks("related_to"), tasks("what_who"))
    for name in ("Deal", "Company", "Contact"):
        crossing = carried.carry(name, None, side)
        assert isinstance(crossing, LeftOut)
        assert crossing.cause is None


def test_a_link_to_a_record_without_counterpart_waits_for_it() -> None:
    carried = carrier(mapped(TASK), tasks("related_to"), tasks("what_who"))
    assert carried.carry("Deal", "99", Side.RIGHT) == Pointer(Ref(Side.RIGHT, DEAL, "99"))
    assert carried.carry("Deal", "3", Side.RIGHT) == Carried("d3")


@pytest.mark.parametrize(
    ("source", "present", "room"),
    [
        ({"Contact": "2"}, {}, True),
        ({"Contact": "2", "Deal": "3"}, {}, False),
        ({"Contact": "2", "Company": "1"}, {}, False),
        ({"Contact": "2", "Deal": "99"}, {}, True),
        ({"Contact": "2", "Deal": "3"}, {"Deal": "d3"}, False),
        ({"Contact": "2", "Deal": None}, {"Deal": "d3"}, True),
        ({"Contact": "2", "Deal": "3"}, {"Contact": "p9"}, True),
    ],
)
def test_where_there_is_room_for_one_link_the_first_is_shown(
    source: dict[str, str | None], present: dict[str, str], room: bool
) -> None:
    carried = carrier(mapped(TASK), tasks("related_to"), tasks("what_who"))
    crowded = carried.crowded_out("Contact", Side.LEFT, source=source, present=present)
    assert (crowded is None) == room
    assert carried.crowded_out("Deal", Side.LEFT, source=source, present=present) is None
    assert carried.crowded_out("Contact", Side.RIGHT, source=source, present=present) is None


def test_of_two_links_for_one_field_only_the_first_is_sent() -> None:
    carried = carrier(mapped(TASK), tasks("related_to"), tasks("what_who"))
    both = {"Contact": "p2", "Deal": "d3", "Subject": "Ring"}
    assert list(carried.one_per_place(Side.LEFT, both)) == ["Contact"]
    assert carried.one_per_place(Side.RIGHT, both) == {}


def test_whole_days_are_the_days_that_are_written_whatever_the_offset() -> None:
    times = {"Start_DateTime": "2026-03-09T00:00:00+05:30", "End_DateTime": "2026-03-10T23:59:59+05:30"}
    row = {"Event_Title": "Fair", **times}
    whole = read(mapped(EVENT), row | {"All_day": True}, side=Side.LEFT)
    assert (whole["Start_DateTime"], whole["End_DateTime"]) == ("2026-03-09T00:00:00Z", "2026-03-10T23:59:59Z")
    timed = read(mapped(EVENT), row | {"All_day": False}, side=Side.LEFT)
    assert (timed["Start_DateTime"], timed["End_DateTime"]) == ("2026-03-08T18:30:00Z", "2026-03-10T18:29:59Z")
    odd = read(mapped(EVENT), row | {"All_day": True, "Start_DateTime": "soon"}, side=Side.LEFT)
    assert odd["Start_DateTime"] == "soon"
    sent = RecordWriter(EVENT_SPEC, mapped(EVENT), side=Side.RIGHT).write({"Start_DateTime": "2026-03-09T00:00:00Z"})
    assert sent == {"Start_DateTime": "2026-03-09T00:00:00+00:00"}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"Call_Type": "Outbound", "Call_Duration": "120"}, "Completed"),
        ({"Call_Type": "Outbound", "Call_Duration": None}, "Scheduled"),
        ({"Call_Type": "Inbound", "Call_Duration": "120"}, None),
    ],
)
def test_crm_is_told_of_a_new_outbound_call_whether_it_took_place(
    values: dict[str, str | None], told: str | None
) -> None:
    right = RecordWriter(CALL_SPEC, mapped(CALL), side=Side.RIGHT)
    assert right.begin(values).get("Outbound_Call_Status") == told
    assert "Outbound_Call_Status" not in right.write(values)
    assert "Outbound_Call_Status" not in RecordWriter(CALL_SPEC, mapped(CALL), side=Side.LEFT).begin(values)


def test_a_duration_is_written_as_each_product_takes_it_and_does_not_bounce() -> None:
    written = [RecordWriter(CALL_SPEC, mapped(CALL), side=side).write({"Call_Duration": "120"}) for side in BOTH]
    assert written == [{"Call_Duration": 2}, {"Call_Duration": "02:00"}]
    carried = carrier(mapped(CALL), calls("related_to"), calls("what_who"))
    assert carried.carry("Call_Duration", "125", Side.RIGHT) == Carried("120", "rounded from 125 seconds")
    assert carried.carry("Call_Duration", "125", Side.LEFT) == Carried("125")
    assert carried.same("Call_Duration", "120", "125")
    assert not carried.same("Call_Duration", "180", "125")


def test_a_planned_call_has_no_duration_though_metadata_calls_it_mandatory() -> None:
    carried = carrier(mapped(CALL), calls("related_to"), calls("what_who"))
    assert carried.carry("Call_Duration", None, Side.LEFT, creating=True) == Carried(None)
    missing = carried.carry("Call_Start_Time", None, Side.LEFT, creating=True)
    assert isinstance(missing, LeftOut)
    assert missing.cause is Cause.MANDATORY


def number(kind: Kind, id: str) -> str | None:
    return {"1": "17", "c1": "17", "2": "18", "p2": "18", "3": "19", "d3": "19"}.get(id)


def test_a_task_is_known_by_subject_due_date_and_what_it_belongs_to() -> None:
    here = keys(TASK_SPEC, {"Subject": "Ring Ida!", "Due_Date": None, "Deal": "d3"}, region=None, identify=number)
    there = {"Subject": "ring ida", "Due_Date": None, "Deal": "3", "Contact": "2"}
    assert here == keys(TASK_SPEC, there, region=None, identify=number)[:1]
    other = keys(TASK_SPEC, there | {"Due_Date": "2026-03-09"}, region=None, identify=number)
    assert not set(here) & set(other)
    assert keys(TASK_SPEC, there | {"Deal": "99", "Contact": "99"}, region=None, identify=number) == []


def test_a_note_is_known_by_its_words_and_what_it_belongs_to() -> None:
    note = {"Note_Content": "Ida drinks tea, no milk.", "Contact": "2"}
    same = keys(NOTE_SPEC, {"Note_Content": "ida drinks tea - no milk", "Contact": "p2"}, region=None, identify=number)
    assert keys(NOTE_SPEC, note, region=None, identify=number) == same != []
    assert keys(NOTE_SPEC, note | {"Note_Content": "Ida drinks tea"}, region=None, identify=number) != same
    long = keys(NOTE_SPEC, note | {"Note_Content": "tea " * 10_000}, region=None, identify=number)
    assert all(len(key) < 200 for _, key in long)
    assert keys(NOTE_SPEC, note | {"Note_Content": "👍"}, region=None, identify=number) != []


def test_a_note_without_title_is_called_by_how_it_begins() -> None:
    assert NOTE_SPEC.label({"Note_Title": "Tea", "Note_Content": "Ida drinks tea"}) == "Tea"
    assert NOTE_SPEC.label({"Note_Title": None, "Note_Content": "Ida drinks\ntea"}) == "Ida drinks tea"
    assert len(NOTE_SPEC.label({"Note_Content": "so many words " * 99})) <= 60
    assert NOTE_SPEC.label({}) == ""
