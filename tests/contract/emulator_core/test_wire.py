"""How answers look: key order, nulls, times, ids, headers."""

import httpx
import pytest

from bigin_sync.emulator.java_order import java_hash, key_order
from bigin_sync.emulator.world import World


@pytest.mark.parametrize(
    ("text", "value"), [("", 0), ("a", 97), ("id", 3355), ("Owner", 76612243), ("polygenelubricants", 2**31)]
)
def test_the_hash_is_that_of_java(text: str, value: int) -> None:
    assert java_hash(text) == value


def test_the_order_of_keys_depends_on_how_many_there_are(world: World, crm: httpx.Client) -> None:
    world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    few = list(crm.get("Contacts", params={"fields": "Last_Name,Email,Phone"}).json()["data"][0])
    assert few == list(key_order(("Phone", "id", "Last_Name", "Email")))
    fields = ",".join(list(world.crm.modules["Contacts"].fields)[:40])
    many = list(crm.get("Contacts", params={"fields": fields}).json()["data"][0])
    assert [name for name in many if name in few] != few


def test_all_rows_of_an_answer_have_the_same_keys_and_explicit_nulls(world: World, crm: httpx.Client) -> None:
    world.crm.seed("Contacts", [{"Last_Name": "Weber"}, {"Last_Name": "Dahl", "Email": "d@dahl.example"}])
    rows = crm.get("Contacts", params={"fields": "Last_Name,Email,Tag,Email_Opt_Out,Mailing_Address"}).json()["data"]
    assert [list(row) for row in rows] == [list(rows[0])] * 2
    assert rows[1]["Email"] is None
    assert (rows[1]["Tag"], rows[1]["Email_Opt_Out"], rows[1]["Mailing_Address"]) == ([], False, "")


def test_ids_have_nineteen_digits_and_grow(world: World) -> None:
    ids = world.crm.seed("Contacts", [{"Last_Name": "x"}] * 3)
    assert all(len(one) == 19 for one in ids)
    assert ids == sorted(ids)


def test_times_are_whole_seconds_in_the_zone_of_the_one_who_asks(world: World, crm: httpx.Client) -> None:
    summer = 1_783_000_000
    (record,) = world.crm.seed("Contacts", [{"Last_Name": "x"}], created=summer)
    row = crm.get(f"Contacts/{record}").json()["data"][0]
    assert row["Created_Time"] == "2026-07-02T09:46:40-04:00"


def test_people_have_an_address_in_records_and_none_in_results(world: World, crm: httpx.Client) -> None:
    answer = crm.post("Contacts", json={"data": [{"Last_Name": "x"}]})
    details = answer.json()["data"][0]["details"]
    row = crm.get(f"Contacts/{details['id']}").json()["data"][0]
    assert list(row["Owner"]) == ["name", "id", "email"]
    assert set(details["Modified_By"]) == {"name", "id"}


def test_every_answer_says_when_the_token_dies_and_what_time_it_is(crm: httpx.Client) -> None:
    headers = crm.get("org").headers
    assert headers["content-type"] == "application/json;charset=UTF-8"
    assert headers["x-accesstoken-reset"] == "2026-03-04T04:00:00-05:00"
    assert headers["date"] == "Wed, 04 Mar 2026 08:00:00 GMT"


def test_amounts_are_numbers_and_long_numbers_are_texts(world: World, crm: httpx.Client) -> None:
    (record,) = world.crm.seed("Accounts", [{"Account_Name": "x", "Annual_Revenue": 850_000, "Account_Number": "17"}])
    row = crm.get(f"Accounts/{record}").json()["data"][0]
    assert (row["Annual_Revenue"], row["Account_Number"], row["Employees"]) == (850_000, "17", None)


def test_older_generations_of_crm_may_leave_fields_out_and_have_other_keys(world: World, crm: httpx.Client) -> None:
    world.crm.seed("Contacts", [{"Last_Name": "x"}])
    old = crm.get("https://emulator.example/crm/v2/Contacts").json()
    assert old["data"][0]["$approved"] is True
    assert set(old["info"]) == {"per_page", "count", "sort_by", "page", "sort_order", "more_records"}
    new = crm.get("Contacts/search", params={"word": "xx"})
    assert new.status_code == 204
