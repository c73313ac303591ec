"""Upserts: which record a sent one means."""

from typing import Any

import httpx

from bigin_sync.emulator.world import World


def upserted(
    client: httpx.Client, module: str, record: dict[str, Any], fields: list[str] | None = None
) -> dict[str, Any]:
    body: dict[str, Any] = {"data": [record]}
    if fields is not None:
        body["duplicate_check_fields"] = fields
    answer = client.post(f"{module}/upsert", json=body)
    result: dict[str, Any] = answer.json()
    return result["data"][0] if "data" in result else result


def with_key(crm: httpx.Client) -> None:
    wish = {"field_label": "Ext Key", "data_type": "text", "length": 60, "external": {"type": "org", "show": False}}
    assert crm.post("settings/fields", params={"module": "Contacts"}, json={"fields": [wish]}).status_code == 201


def test_an_upsert_that_finds_nothing_inserts_and_is_still_a_200(crm: httpx.Client) -> None:
    answer = crm.post("Contacts/upsert", json={"data": [{"Last_Name": "Weber", "Email": "w@weber.example"}]})
    (result,) = answer.json()["data"]
    assert answer.status_code == 200
    assert (result["action"], result["duplicate_field"], result["message"]) == ("insert", None, "record added")


def test_an_upsert_finds_by_the_system_field_whatever_the_case(world: World, crm: httpx.Client) -> None:
    (known,) = world.crm.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example"}])
    result = upserted(crm, "Contacts", {"Last_Name": "Weber", "Email": "W@weber.example", "Title": "Buyer"})
    assert (result["action"], result["duplicate_field"]) == ("update", "Email")
    assert result["details"]["id"] == known


def test_a_company_is_found_by_its_name_though_names_are_not_unique(world: World, bigin: httpx.Client) -> None:
    (known,) = world.bigin.seed("Accounts", [{"Account_Name": "Weber Ltd"}])
    assert upserted(bigin, "Accounts", {"Account_Name": "weber ltd"})["details"]["id"] == known
    assert bigin.post("Accounts", json={"data": [{"Account_Name": "Weber Ltd"}]}).status_code == 201


def test_naming_a_key_of_ones_own_leaves_the_system_field_out_of_the_search(world: World, crm: httpx.Client) -> None:
    with_key(crm)
    world.crm.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example"}])
    record = {"Last_Name": "Weber", "Email": "w@weber.example", "Ext_Key": "b-1"}
    assert upserted(crm, "Contacts", record, ["Ext_Key"])["code"] == "DUPLICATE_DATA"
    assert upserted(crm, "Contacts", record, ["Ext_Key", "Email"])["duplicate_field"] == "Email"
    assert upserted(crm, "Contacts", record, ["Ext_Key"])["duplicate_field"] == "Ext_Key"


def test_sending_a_create_twice_with_a_key_makes_one_record(world: World, crm: httpx.Client) -> None:
    with_key(crm)
    record = {"Last_Name": "Weber", "Ext_Key": "b-1"}
    first = upserted(crm, "Contacts", record, ["Ext_Key"])
    second = upserted(crm, "Contacts", record, ["Ext_Key"])
    assert (first["action"], second["action"]) == ("insert", "update")
    assert first["details"]["id"] == second["details"]["id"]
    assert len(world.crm.tables["Contacts"]) == 1


def test_an_empty_key_always_inserts(world: World, crm: httpx.Client) -> None:
    with_key(crm)
    for _ in range(2):
        assert upserted(crm, "Contacts", {"Last_Name": "Weber", "Ext_Key": None}, ["Ext_Key"])["action"] == "insert"


def test_a_field_that_is_no_duplicate_field_cannot_be_named(crm: httpx.Client) -> None:
    assert upserted(crm, "Contacts", {"Last_Name": "Weber"}, ["Phone"])["code"] == "INVALID_DATA"


def test_a_record_that_carries_an_id_is_an_update_of_that_id(world: World, crm: httpx.Client) -> None:
    (known,) = world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    assert upserted(crm, "Contacts", {"id": known, "Title": "x"})["action"] == "update"


def test_notes_cannot_be_upserted(crm: httpx.Client) -> None:
    assert upserted(crm, "Notes", {"Note_Content": "x"})["code"] == "NOT_SUPPORTED"


def test_an_external_id_stands_for_the_record_in_a_path(world: World, crm: httpx.Client) -> None:
    with_key(crm)
    world.crm.seed("Contacts", [{"Last_Name": "Weber", "Ext_Key": "b-1"}])
    header = {"X-EXTERNAL": "Contacts.Ext_Key"}
    assert crm.get("Contacts/b-1", headers=header).json()["data"][0]["Last_Name"] == "Weber"
    assert crm.get("Contacts/b-2", headers=header).status_code == 400


def test_external_fields_find_no_activities(crm: httpx.Client) -> None:
    wish = {"field_label": "Ext Key", "data_type": "text", "length": 60, "external": {"type": "org", "show": False}}
    assert crm.post("settings/fields", params={"module": "Tasks"}, json={"fields": [wish]}).status_code == 201
    task = {"Subject": "Ring", "Ext_Key": "b-1"}
    assert upserted(crm, "Tasks", task, ["Ext_Key"])["code"] == "INVALID_DATA"
    assert [upserted(crm, "Tasks", task).get("action"), upserted(crm, "Tasks", task)["code"]] == [
        "insert",
        "DUPLICATE_DATA",
    ]
