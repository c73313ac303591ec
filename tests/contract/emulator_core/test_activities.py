"""Tasks, events, calls and notes: what they hang on, what the server makes of them."""

from typing import Any

import httpx
import pytest

from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.stock_activities import LinkStyle
from bigin_sync.emulator.world import World
from tests.contract.emulated import caller


def made(client: httpx.Client, module: str, record: dict[str, Any]) -> dict[str, Any]:
    (result,) = client.post(module, json={"data": [record]}).json()["data"]
    assert result["status"] == "success", result
    (row,) = client.get(f"{module}/{result['details']['id']}").json()["data"]
    shown: dict[str, Any] = row
    return shown


def test_a_task_hangs_on_a_record_and_a_contact_and_says_of_which_module(world: World, crm: httpx.Client) -> None:
    (company,) = world.crm.seed("Accounts", [{"Account_Name": "Weber Ltd"}])
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    task = made(
        crm,
        "Tasks",
        {"Subject": "Ring", "What_Id": {"id": company}, "$se_module": "Accounts", "Who_Id": {"id": contact}},
    )
    assert task["What_Id"] == {"name": "Weber Ltd", "id": company}
    assert (task["$se_module"], task["Who_Id"]) == ("Accounts", {"name": "Weber", "id": contact})
    assert (task["Status"], task["Priority"], task["Closed_Time"]) == ("Not Started", "Normal", None)


def test_what_a_task_hangs_on_needs_its_module_beside_it(world: World, crm: httpx.Client) -> None:
    (company,) = world.crm.seed("Accounts", [{"Account_Name": "Weber Ltd"}])
    answer = crm.post("Tasks", json={"data": [{"Subject": "Ring", "What_Id": company}]})
    (result,) = answer.json()["data"]
    assert (result["code"], result["details"]["api_name"]) == ("DEPENDENT_FIELD_MISSING", "$se_module")


def test_bigin_names_the_record_by_related_to_and_calls_a_deal_deals(world: World, bigin: httpx.Client) -> None:
    (deal,) = world.bigin.seed("Pipelines", [{"Deal_Name": "Ropes", "Stage": "Qualification"}])
    task = made(bigin, "Tasks", {"Subject": "Ring", "Related_To": {"id": deal}, "$related_module": "Deals"})
    assert (task["Related_To"], task["$related_module"]) == ({"name": "Ropes", "id": deal}, "Deals")
    assert "What_Id" not in task


@pytest.mark.parametrize("style", ["related_to", "what_who"])
def test_either_way_of_linking_is_understood_and_one_is_answered(style: LinkStyle) -> None:
    world = World.default(ShiftedClock(), bigin_links=style)
    client = caller(world, "bigin")
    client.base_url = httpx.URL("https://emulator.example/bigin/v2/")
    (company,) = world.bigin.seed("Accounts", [{"Account_Name": "Weber Ltd"}])
    one = made(client, "Tasks", {"Subject": "Ring", "What_Id": company, "$se_module": "Accounts"})
    other = made(client, "Tasks", {"Subject": "Ring", "Related_To": company, "$related_module": "Accounts"})
    field, word = ("Related_To", "$related_module") if style == "related_to" else ("What_Id", "$se_module")
    for task in (one, other):
        assert (task[field]["id"], task[word]) == (company, "Accounts")


def test_closing_a_task_stamps_it_and_opening_it_again_clears_the_stamp(world: World, crm: httpx.Client) -> None:
    task = made(crm, "Tasks", {"Subject": "Ring", "Status": "Completed"})
    assert task["Closed_Time"] == "2026-03-04T03:00:00-05:00"
    crm.put(f"Tasks/{task['id']}", json={"data": [{"Status": "In Progress"}]})
    assert crm.get(f"Tasks/{task['id']}").json()["data"][0]["Closed_Time"] is None


def test_an_all_day_event_is_told_in_offset_zero_whatever_the_zone(crm: httpx.Client) -> None:
    day = {"Start_DateTime": "2026-03-09T00:00:00+00:00", "End_DateTime": "2026-03-10T23:00:00+00:00"}
    event = made(crm, "Events", {"Event_Title": "Fair", "All_day": True, **day})
    assert event["Start_DateTime"] == "2026-03-09T00:00:00+00:00"
    assert event["End_DateTime"] == "2026-03-10T23:59:59+00:00"
    timed = made(crm, "Events", {"Event_Title": "Talk", **day})
    assert timed["Start_DateTime"] == "2026-03-08T20:00:00-04:00"


def test_a_call_counts_seconds_and_bigin_takes_minutes(crm: httpx.Client, bigin: httpx.Client) -> None:
    call = {"Subject": "Hello", "Call_Type": "Outbound", "Call_Start_Time": "2026-03-04T09:00:00+01:00"}
    shown = made(crm, "Calls", {**call, "Call_Duration": "02:05", "Outbound_Call_Status": "Completed"})
    assert (shown["Call_Duration"], shown["Call_Duration_in_seconds"]) == ("02:05", 125)
    assert (shown["Call_Status"], "Outbound_Call_Status" in shown) == ("Attended Dialled", False)
    assert made(bigin, "Calls", {**call, "Call_Duration": 3})["Call_Duration"] == "03:00"
    planned = made(crm, "Calls", call)
    assert (planned["Call_Duration"], planned["Call_Status"]) == (None, "Scheduled Dialled")


def test_reminders_and_recurrence_are_kept_as_sent(crm: httpx.Client) -> None:
    alarm = {"ALARM": "FREQ=NONE;ACTION=EMAIL;TRIGGER=DATE-TIME:2026-03-09T12:30:00+01:00"}
    rule = {"RRULE": "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO;DTSTART=2026-03-09"}
    task = made(crm, "Tasks", {"Subject": "Ring", "Remind_At": alarm, "Recurring_Activity": rule})
    assert (task["Remind_At"], task["Recurring_Activity"]) == (alarm, rule)


def test_a_note_hangs_on_its_parent_however_it_is_named(world: World, crm: httpx.Client) -> None:
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    bare = made(crm, "Notes", {"Note_Content": "a", "Parent_Id": contact, "se_module": "Contacts"})
    parent = {"module": {"api_name": "Contacts"}, "id": contact}
    nested = made(crm, "Notes", {"Note_Content": "b", "Parent_Id": parent})
    by_path = crm.post(f"Contacts/{contact}/Notes", json={"data": [{"Note_Content": "c"}]})
    assert by_path.status_code == 201
    for note in (bare, nested):
        assert (note["Parent_Id"]["name"], note["Parent_Id"]["id"]) == ("Weber", contact)
        assert (note["Parent_Id"]["module"]["api_name"], note["$se_module"]) == ("Contacts", "Contacts")
    listed = crm.get(f"Contacts/{contact}/Notes", params={"fields": "Note_Content"}).json()["data"]
    assert [note["Note_Content"] for note in listed] == ["c", "b", "a"]


@pytest.mark.parametrize("lack", ["Note_Content", "Parent_Id"])
def test_a_note_needs_a_text_and_a_parent(world: World, crm: httpx.Client, lack: str) -> None:
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    note = {"Note_Content": "a", "Parent_Id": contact, "se_module": "Contacts"}
    del note[lack]
    (result,) = crm.post("Notes", json={"data": [note]}).json()["data"]
    assert (result["code"], result["details"]["api_name"]) == ("MANDATORY_NOT_FOUND", lack)


def test_a_note_moves_the_last_activity_of_its_parent_and_not_its_modified_time(
    world: World, crm: httpx.Client
) -> None:
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    before = crm.get(f"Contacts/{contact}").json()["data"][0]
    world.clock.advance(60)
    made(crm, "Notes", {"Note_Content": "a", "Parent_Id": contact, "se_module": "Contacts"})
    after = crm.get(f"Contacts/{contact}").json()["data"][0]
    assert after["Modified_Time"] == before["Modified_Time"]
    assert after["Last_Activity_Time"] == "2026-03-04T03:01:00-05:00"


def test_the_activities_of_a_contact_are_those_that_name_it(world: World, crm: httpx.Client) -> None:
    contact, other = world.crm.seed("Contacts", [{"Last_Name": "Weber"}, {"Last_Name": "Other"}])
    mine = made(crm, "Tasks", {"Subject": "mine", "Who_Id": contact})
    made(crm, "Tasks", {"Subject": "not mine", "Who_Id": other})
    listed = crm.get(f"Contacts/{contact}/Tasks", params={"fields": "Subject"}).json()["data"]
    assert [task["id"] for task in listed] == [mine["id"]]


def test_an_all_day_event_keeps_the_days_its_sender_named(crm: httpx.Client) -> None:
    day = {"Start_DateTime": "2026-03-09T00:00:00+05:30", "End_DateTime": "2026-03-09T00:30:00+05:30"}
    event = made(crm, "Events", {"Event_Title": "Fair", "All_day": True, **day})
    assert event["Start_DateTime"] == "2026-03-09T00:00:00+00:00"
    assert event["End_DateTime"] == "2026-03-09T23:59:59+00:00"


def test_participants_come_back_with_name_and_address(world: World, crm: httpx.Client) -> None:
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example"}])
    people = [
        {"type": "contact", "participant": contact},
        {"type": "user", "participant": world.crm.admin_id},
        {"type": "email", "participant": "guest@guest.example"},
    ]
    times = {"Start_DateTime": "2026-03-09T10:00:00+00:00", "End_DateTime": "2026-03-09T11:00:00+00:00"}
    event = made(crm, "Events", {"Event_Title": "Fair", "Participants": people, **times})
    shown = [(one["type"], one["name"], one["Email"]) for one in event["Participants"]]
    assert shown == [
        ("contact", "Weber", "w@weber.example"),
        ("user", "Mara Lindqvist", "mara@harbourpine.example"),
        ("email", "guest@guest.example", "guest@guest.example"),
    ]
    stranger = {"Event_Title": "x", "Participants": [{"type": "contact", "participant": "17"}], **times}
    assert crm.post("Events", json={"data": [stranger]}).status_code == 400
