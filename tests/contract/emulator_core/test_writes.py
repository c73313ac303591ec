"""Inserts and updates: what is stored, what is refused, how batches answer."""

from typing import Any

import httpx
import pytest

from bigin_sync.emulator.world import World


def posted(client: httpx.Client, module: str, *records: dict[str, Any], **more: object) -> list[dict[str, Any]]:
    answer = client.post(module, json={"data": list(records), **more})
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


def test_a_new_record_is_told_by_its_id_times_and_people(crm: httpx.Client) -> None:
    answer = crm.post("Contacts", json={"data": [{"Last_Name": "Weber"}]})
    (result,) = answer.json()["data"]
    assert answer.status_code == 201
    assert (result["code"], result["status"], result["message"]) == ("SUCCESS", "success", "record added")
    assert result["details"]["Modified_Time"] == "2026-03-04T03:00:00-05:00"
    assert set(result["details"]["Created_By"]) == {"name", "id"}
    assert result["details"]["$approval_state"] == "approved"


def test_fields_left_out_of_an_update_stay_and_null_clears(world: World, crm: httpx.Client) -> None:
    (added,) = posted(crm, "Contacts", {"Last_Name": "Weber", "Title": "Buyer", "Mobile": "0151 1"})
    record_id = added["details"]["id"]
    world.clock.advance(5)
    answer = crm.put("Contacts", json={"data": [{"id": int(record_id), "Title": None}]})
    assert answer.status_code == 200
    assert answer.json()["data"][0]["message"] == "record updated"
    row = crm.get(f"Contacts/{record_id}").json()["data"][0]
    assert (row["Title"], row["Mobile"], row["Modified_Time"]) == (None, "0151 1", "2026-03-04T03:00:05-05:00")


def test_an_update_that_changes_nothing_still_moves_the_time_unless_switched_off(
    world: World, crm: httpx.Client
) -> None:
    (added,) = posted(crm, "Contacts", {"Last_Name": "Weber"})
    world.clock.advance(5)
    same = {"data": [{"id": added["details"]["id"], "Last_Name": "Weber"}]}
    moved = crm.put("Contacts", json=same).json()["data"][0]["details"]["Modified_Time"]
    assert moved != added["details"]["Modified_Time"]
    world.crm.switches.turn({"idle_update_moves_modified": False})
    world.clock.advance(5)
    assert crm.put("Contacts", json=same).json()["data"][0]["details"]["Modified_Time"] == moved


def test_a_batch_is_judged_record_by_record(world: World, crm: httpx.Client) -> None:
    good, bad = {"Last_Name": "Weber"}, {"First_Name": "Nobody"}
    assert crm.post("Contacts", json={"data": [good, bad]}).status_code == 207
    assert crm.post("Contacts", json={"data": [bad]}).status_code == 400
    world.crm.switches.turn({"mixed_status": 202, "failed_status": 202})
    answer = crm.post("Contacts", json={"data": [bad, good]})
    assert answer.status_code == 202
    assert [one["status"] for one in answer.json()["data"]] == ["error", "success"]
    assert answer.json()["data"][0] == {
        "code": "MANDATORY_NOT_FOUND",
        "details": {"api_name": "Last_Name", "json_path": "$.data[0].Last_Name"},
        "message": "required field not found",
        "status": "error",
    }


@pytest.mark.parametrize(
    ("field", "value", "details"),
    [
        ("Title", 17, {"expected_data_type": "string"}),
        ("Title", "x" * 101, {"expected_data_type": "string", "maximum_length": 100}),
        ("Email", "nowhere", {"expected_data_type": "email"}),
        ("Date_of_Birth", "2026-02-30", {"expected_data_type": "date"}),
        ("Email_Opt_Out", "yes", {"expected_data_type": "boolean"}),
        ("Mailing_Latitude", "48.1", {"expected_data_type": "double"}),
        ("Phone", "☎", {"expected_data_type": "phone"}),
        ("Account_Name", 1.5, {"expected_data_type": "jsonobject"}),
    ],
)
def test_a_value_of_the_wrong_type_or_length_is_refused_with_its_place(
    crm: httpx.Client, field: str, value: object, details: dict[str, object]
) -> None:
    (result,) = posted(crm, "Contacts", {"Last_Name": "Weber", field: value})
    assert result["code"] == "INVALID_DATA"
    assert result["details"] == {**details, "api_name": field, "json_path": f"$.data[0].{field}"}


def test_a_lookup_or_owner_that_is_not_there_is_refused(world: World, crm: httpx.Client) -> None:
    greta = world.crm.user_by_email("greta@harbourpine.example")
    assert greta is not None
    for field, target in (("Account_Name", "7301284000009999999"), ("Owner", greta.id)):
        (result,) = posted(crm, "Contacts", {"Last_Name": "Weber", field: {"id": target}})
        assert (result["code"], result["message"]) == ("INVALID_DATA", "the id given seems to be invalid")


def test_what_nobody_can_write_is_ignored_without_a_word(crm: httpx.Client) -> None:
    sent = {"Last_Name": "Weber", "Full_Name": "Somebody", "Created_Time": "2020-01-01T00:00:00+00:00", "Nonsense": 1}
    (added,) = posted(crm, "Contacts", sent)
    row = crm.get(f"Contacts/{added['details']['id']}").json()["data"][0]
    assert (row["Full_Name"], row["Created_Time"]) == ("Weber", "2026-03-04T03:00:00-05:00")


def test_picklists_take_any_text_unless_they_are_enforced(world: World, crm: httpx.Client) -> None:
    sent = {"Last_Name": "Weber", "Lead_Source": "Online Store"}
    (open_list,) = posted(crm, "Contacts", sent)
    assert open_list["status"] == "success"
    world.crm.switches.turn({"enforce_picklists": True})
    (refused,) = posted(crm, "Contacts", sent)
    assert "OnlineStore" in refused["details"]["supported_values"]
    (stored,) = posted(crm, "Contacts", {"Last_Name": "Weber", "Lead_Source": "OnlineStore"})
    assert stored["status"] == "success"


def test_a_unique_value_is_taken_whatever_its_case_until_its_record_is_gone(crm: httpx.Client) -> None:
    (first,) = posted(crm, "Contacts", {"Last_Name": "Weber", "Email": "k.weber@weber.example"})
    (second,) = posted(crm, "Contacts", {"Last_Name": "Other", "Email": "K.Weber@WEBER.example"})
    assert second["code"] == "DUPLICATE_DATA"
    assert second["details"]["duplicate_record"]["id"] == first["details"]["id"]
    assert second["details"]["duplicate_record"]["module"]["api_name"] == "Contacts"
    crm.delete(f"Contacts/{first['details']['id']}")
    (third,) = posted(crm, "Contacts", {"Last_Name": "Other", "Email": "K.Weber@WEBER.example"})
    assert third["status"] == "success"


def test_a_batch_cannot_hold_one_unique_value_twice(crm: httpx.Client) -> None:
    record = {"Last_Name": "Weber", "Email": "k.weber@weber.example"}
    assert [one["code"] for one in posted(crm, "Contacts", record, record)] == ["SUCCESS", "DUPLICATE_DATA"]


def test_more_than_a_hundred_records_are_refused_as_a_whole(world: World, crm: httpx.Client) -> None:
    answer = crm.post("Contacts", json={"data": [{"Last_Name": "x"}] * 101})
    assert answer.json()["code"] == "LIMIT_EXCEEDED"
    assert answer.json()["details"]["maximum_length"] == 100
    assert len(world.crm.tables["Contacts"]) == 0


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"data":{}}', b'{"data":[1]}'])
def test_a_body_without_a_list_of_records_is_refused(crm: httpx.Client, body: bytes) -> None:
    answer = crm.post("Contacts", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_DATA")


def test_a_record_changed_since_the_time_given_is_refused_and_the_others_are_not(
    world: World, crm: httpx.Client
) -> None:
    old, new = (one["details"]["id"] for one in posted(crm, "Contacts", {"Last_Name": "A"}, {"Last_Name": "B"}))
    world.clock.advance(10)
    crm.put(f"Contacts/{new}", json={"data": [{"Title": "x"}]})
    guard = {"If-Unmodified-Since": "2026-03-04T08:00:00+00:00"}
    items = [{"id": old, "Title": "y"}, {"id": new, "Title": "y"}]
    answer = crm.put("Contacts", json={"data": items}, headers=guard)
    assert answer.status_code == 207
    assert [one["code"] for one in answer.json()["data"]] == ["SUCCESS", "ALREADY_MODIFIED"]
    alone = crm.put(f"Contacts/{new}", json={"data": [{"Title": "z"}]}, headers=guard)
    assert alone.status_code == 412
    assert alone.json()["data"][0]["details"]["Modified_Time"] == "2026-03-04T03:00:10-05:00"


def test_an_org_may_judge_the_guard_for_the_whole_request_or_not_at_all(world: World, crm: httpx.Client) -> None:
    ids = [one["details"]["id"] for one in posted(crm, "Contacts", {"Last_Name": "A"}, {"Last_Name": "B"})]
    guard = {"If-Unmodified-Since": "2026-03-04T07:00:00+00:00"}
    items = {"data": [{"id": one, "Title": "y"} for one in ids]}
    world.crm.switches.turn({"unmodified_since": "whole_request"})
    answer = crm.put("Contacts", json=items, headers=guard)
    assert (answer.status_code, len(answer.json()["data"])) == (412, 1)
    assert "Title" not in world.crm.tables["Contacts"].rows[ids[0]].values
    world.crm.switches.turn({"unmodified_since": "ignored"})
    assert crm.put("Contacts", json=items, headers=guard).status_code == 200


def test_a_malformed_guard_guards_nothing(crm: httpx.Client) -> None:
    (added,) = posted(crm, "Contacts", {"Last_Name": "A"})
    headers = {"If-Unmodified-Since": "yesterday"}
    answer = crm.put(f"Contacts/{added['details']['id']}", json={"data": [{"Title": "y"}]}, headers=headers)
    assert answer.status_code == 200


def test_bigin_knows_no_guard(world: World, bigin: httpx.Client) -> None:
    (added,) = posted(bigin, "Contacts", {"Last_Name": "A"})
    headers = {"If-Unmodified-Since": "2020-01-01T00:00:00+00:00"}
    answer = bigin.put(f"Contacts/{added['details']['id']}", json={"data": [{"Title": "y"}]}, headers=headers)
    assert answer.status_code == 200


def test_the_automations_asked_for_are_recorded(world: World, crm: httpx.Client) -> None:
    posted(crm, "Contacts", {"Last_Name": "A"}, trigger=[])
    posted(crm, "Contacts", {"Last_Name": "B"}, trigger=["workflow"])
    posted(crm, "Contacts", {"Last_Name": "C"})
    assert [asked for _, _, asked in world.crm.triggers] == [(), ("workflow",), None]


def test_a_company_named_by_a_bare_text_is_made_in_bigin_and_refused_in_crm(
    world: World, bigin: httpx.Client, crm: httpx.Client
) -> None:
    sent = {"Last_Name": "Weber", "Account_Name": "Weber Ltd"}
    assert posted(bigin, "Contacts", sent)[0]["status"] == "success"
    assert [row.values["Account_Name"] for row in world.bigin.tables["Accounts"].rows.values()] == ["Weber Ltd"]
    assert posted(crm, "Contacts", sent)[0]["code"] == "INVALID_DATA"


def test_tags_are_named_in_and_come_back_with_their_ids(crm: httpx.Client) -> None:
    (added,) = posted(crm, "Contacts", {"Last_Name": "A", "Tag": [{"name": "vip"}, {"name": "VIP"}]})
    row = crm.get(f"Contacts/{added['details']['id']}").json()["data"][0]
    assert [set(tag) for tag in row["Tag"]] == [{"name", "id", "color_code"}]
