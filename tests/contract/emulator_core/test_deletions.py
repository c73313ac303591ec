"""What is deleted, what goes along, what comes back, what a merge leaves."""

from typing import Any

import httpx
import pytest

from bigin_sync.emulator.merges import merge
from bigin_sync.emulator.world import World

DAY = 86_400


def deleted(client: httpx.Client, module: str, **params: str) -> list[dict[str, Any]]:
    answer = client.get(f"{module}/deleted", params=params)
    if answer.status_code == 204:
        return []
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


def test_a_deleted_record_is_gone_and_listed_with_name_and_people(world: World, crm: httpx.Client) -> None:
    (record,) = world.crm.seed("Contacts", [{"First_Name": "Kurt", "Last_Name": "Weber"}])
    assert crm.delete(f"Contacts/{record}").json()["data"][0]["message"] == "record deleted"
    assert crm.get(f"Contacts/{record}").status_code == 204
    (shown,) = deleted(crm, "Contacts")
    assert (shown["id"], shown["display_name"], shown["type"]) == (record, "Kurt Weber", "recycle")
    assert shown["deleted_time"] == "2026-03-04T03:00:00-05:00"
    assert set(shown) == {"deleted_by", "id", "display_name", "type", "created_by", "deleted_time"}


def test_a_second_delete_of_one_id_is_an_error(world: World, crm: httpx.Client) -> None:
    one, two = world.crm.seed("Contacts", [{"Last_Name": "A"}, {"Last_Name": "B"}])
    assert crm.delete(f"Contacts/{one}").status_code == 200
    answer = crm.delete("Contacts", params={"ids": f"{one},{two}"})
    assert answer.status_code == 207
    assert [item["status"] for item in answer.json()["data"]] == ["error", "success"]


def test_the_list_of_deleted_records_starts_where_it_is_told_to(world: World, crm: httpx.Client) -> None:
    one, two = world.crm.seed("Contacts", [{"Last_Name": "A"}, {"Last_Name": "B"}])
    crm.delete(f"Contacts/{one}")
    world.clock.advance(100)
    crm.delete(f"Contacts/{two}")
    since = {"If-Modified-Since": "2026-03-04T08:01:40+00:00"}
    answer = crm.get("Contacts/deleted", headers=since)
    assert [row["id"] for row in answer.json()["data"]] == [two]
    world.crm.switches.turn({"modified_since": False})
    assert [row["id"] for row in crm.get("Contacts/deleted", headers=since).json()["data"]] == [two, one]
    assert crm.get("Contacts/deleted", params={"type": "soon"}).json()["code"] == "PATTERN_NOT_MATCHED"


def test_the_bin_keeps_for_sixty_days_and_the_list_for_a_hundred_and_twenty(world: World, crm: httpx.Client) -> None:
    (record,) = world.crm.seed("Contacts", [{"Last_Name": "A"}])
    crm.delete(f"Contacts/{record}")
    org = world.crm
    now = world.now()
    assert org.bin.listed("Contacts", since=None, now=now + 61 * DAY)[0].kind(now + 61 * DAY) == "permanent"
    assert org.bin.listed("Contacts", since=None, now=now + 121 * DAY) == []


def test_a_company_of_bigin_takes_its_contacts_along_and_one_of_crm_does_not(
    world: World, bigin: httpx.Client, crm: httpx.Client
) -> None:
    for client, org in ((bigin, world.bigin), (crm, world.crm)):
        (company,) = org.seed("Accounts", [{"Account_Name": "Weber Ltd"}])
        (contact,) = org.seed("Contacts", [{"Last_Name": "Weber", "Account_Name": company}])
        org.seed("Notes", [{"Note_Content": "x", "Parent_Id": contact, "$se_module": "Contacts"}])
        client.delete(f"Accounts/{company}")
    assert (len(world.bigin.tables["Contacts"]), len(world.bigin.tables["Notes"])) == (0, 0)
    (row,) = crm.get("Contacts", params={"fields": "Account_Name"}).json()["data"]
    assert row["Account_Name"] is None


def test_a_restored_record_brings_back_what_went_along(world: World, crm: httpx.Client) -> None:
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    (note,) = world.crm.seed("Notes", [{"Note_Content": "x", "Parent_Id": contact, "$se_module": "Contacts"}])
    before = crm.get(f"Contacts/{contact}").json()
    crm.delete(f"Contacts/{contact}")
    world.clock.advance(30)
    assert crm.post(f"settings/recycle_bin/{contact}/actions/restore").status_code == 200
    assert crm.get(f"Contacts/{contact}").json() == before
    assert crm.get(f"Notes/{note}").status_code == 200
    assert deleted(crm, "Contacts") == []


def test_a_restored_record_may_be_told_by_a_new_time(world: World, crm: httpx.Client) -> None:
    world.crm.switches.turn({"restore_moves_modified": True})
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    crm.delete(f"Contacts/{contact}")
    world.clock.advance(30)
    crm.post(f"settings/recycle_bin/{contact}/actions/restore")
    assert crm.get(f"Contacts/{contact}").json()["data"][0]["Modified_Time"] == "2026-03-04T03:00:30-05:00"


def test_of_several_records_some_come_back(world: World, crm: httpx.Client) -> None:
    gone, live = world.crm.seed("Contacts", [{"Last_Name": "Weber"}, {"Last_Name": "Dahl"}])
    crm.delete(f"Contacts/{gone}")
    answer = crm.post("settings/recycle_bin/actions/restore", json={"ids": [gone, live]})
    assert answer.status_code == 207
    assert [one["code"] for one in answer.json()["recycle_bin"]] == ["SUCCESS", "INVALID_DATA"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "INVALID_DATA"),
        ({"ids": []}, "INVALID_DATA"),
        ({"ids": "1"}, "INVALID_DATA"),
        ({"ids": ["1"] * 201}, "LIMIT_EXCEEDED"),
        ({"ids": ["1"], "restore_all_records": True}, "AMBIGUITY_DURING_PROCESSING"),
        ({"restore_all_records": True}, "NOT_SUPPORTED"),
        ({"filters": {"group_operator": "AND", "group": []}}, "NOT_SUPPORTED"),
    ],
)
def test_several_records_come_back_by_a_list_of_ids_in_the_body_and_in_no_other_way(
    world: World, crm: httpx.Client, body: dict[str, object], code: str
) -> None:
    (gone,) = world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    crm.delete(f"Contacts/{gone}")
    answer = crm.post(f"settings/recycle_bin/actions/restore?ids={gone}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert len(world.crm.tables["Contacts"]) == 0


def test_a_record_cannot_come_back_to_a_unique_value_that_was_taken_meanwhile(world: World, crm: httpx.Client) -> None:
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Weber", "Email": "w@weber.example"}])
    crm.delete(f"Contacts/{contact}")
    crm.post("Contacts", json={"data": [{"Last_Name": "New", "Email": "w@weber.example"}]})
    answer = crm.post(f"settings/recycle_bin/{contact}/actions/restore")
    assert answer.json()["code"] == "DUPLICATE_DATA"


def test_a_merge_fills_the_winner_moves_what_hung_on_the_losers_and_buries_them(
    world: World, crm: httpx.Client
) -> None:
    org = world.crm
    winner, loser = org.seed("Contacts", [{"Last_Name": "Weber"}, {"Last_Name": "Webber", "Phone": "0421 1"}])
    (note,) = org.seed("Notes", [{"Note_Content": "x", "Parent_Id": loser, "$se_module": "Contacts"}])
    (deal,) = org.seed("Deals", [{"Deal_Name": "D", "Stage": "Qualification", "Contact_Name": loser}])
    (product,) = org.seed("Products", [{"Product_Name": "Rope"}])
    crm.put(f"Contacts/{loser}/Products", json={"data": [{"id": product}]})
    world.clock.advance(10)
    merge(org, org.modules["Contacts"], winner, loser_ids=[loser], by=org.admin())
    row = crm.get(f"Contacts/{winner}").json()["data"][0]
    assert (row["Last_Name"], row["Phone"], row["Modified_Time"]) == ("Weber", "0421 1", "2026-03-04T03:00:10-05:00")
    assert crm.get(f"Notes/{note}").json()["data"][0]["Parent_Id"]["id"] == winner
    assert crm.get(f"Deals/{deal}").json()["data"][0]["Contact_Name"]["id"] == winner
    assert crm.get(f"Contacts/{winner}/Products", params={"fields": "id"}).json()["data"] == [{"id": product}]
    (gone,) = deleted(crm, "Contacts", type="permanent")
    assert gone["id"] == loser
    assert crm.post(f"settings/recycle_bin/{loser}/actions/restore").status_code == 400
