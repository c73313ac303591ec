"""Counts, owners, tags, channels, timelines, composite calls, and the emulator's own control."""

from typing import Any

import httpx
import pytest

from bigin_sync.emulator.world import World


def test_records_are_counted_whole_or_by_view(world: World, crm: httpx.Client) -> None:
    world.crm.seed("Contacts", [{"Last_Name": "A", "Lead_Source": "Web Research"}, {"Last_Name": "B"}])
    view = next(one for one in world.crm.modules["Contacts"].views if one.name == "From the web")
    assert crm.get("Contacts/actions/count").json() == {"count": 2}
    assert crm.get("Contacts/actions/count", params={"cvid": view.id}).json() == {"count": 1}
    both = crm.get("Contacts/actions/count", params={"cvid": view.id, "word": "aa"})
    assert both.json()["code"] == "AMBIGUITY_DURING_PROCESSING"


def test_a_written_record_is_found_by_search_only_after_a_while(world: World, crm: httpx.Client) -> None:
    crm.post("Contacts", json={"data": [{"Last_Name": "Weber"}]})
    assert crm.get("Contacts/search", params={"word": "Weber"}).status_code == 204
    query = {"select_query": "select id from Contacts where Last_Name = 'Weber'"}
    assert crm.post("coql", json=query).status_code == 200
    world.clock.advance(20)
    assert len(crm.get("Contacts/search", params={"word": "Weber"}).json()["data"]) == 1


def test_records_change_owner_together(world: World, crm: httpx.Client) -> None:
    ids = world.crm.seed("Contacts", [{"Last_Name": "A"}, {"Last_Name": "B"}])
    jonas = world.crm.user_by_email("jonas@harbourpine.example")
    assert jonas is not None
    answer = crm.post("Contacts/actions/change_owner", json={"ids": ids, "owner": {"id": jonas.id}})
    assert [one["details"]["id"] for one in answer.json()["data"]] == ids
    rows = crm.get("Contacts", params={"fields": "Owner"}).json()["data"]
    assert {row["Owner"]["email"] for row in rows} == {jonas.email}


def test_tags_are_added_and_taken_away(world: World, bigin: httpx.Client) -> None:
    (record,) = world.bigin.seed("Contacts", [{"Last_Name": "A"}])
    bigin.post("Contacts/actions/add_tags", json={"ids": [record], "tags": [{"name": "vip"}, {"name": "fair"}]})
    bigin.post(f"Contacts/{record}/actions/remove_tags", json={"tags": [{"name": "fair"}]})
    row = bigin.get(f"Contacts/{record}").json()["data"][0]
    assert [tag["name"] for tag in row["Tag"]] == ["vip"]
    assert len(bigin.get("settings/tags", params={"module": "Contacts"}).json()["tags"]) == 2


WATCH: dict[str, Any] = {"channel_id": "1001", "events": ["Contacts.edit"], "notify_url": "https://hooks.example/x"}


@pytest.mark.parametrize(
    ("product", "asked", "granted"),
    [
        ("bigin", "2026-03-05T08:00:00+00:00", "2026-03-05T09:00:00+01:00"),
        ("bigin", "2026-03-09T08:00:00+00:00", "2026-03-04T11:00:00+01:00"),
        ("crm", "2026-03-09T08:00:00+00:00", "2026-03-09T04:00:00-04:00"),
        ("crm", None, "2026-03-04T04:00:00-05:00"),
    ],
)
def test_a_channel_lives_as_long_as_its_product_allows(
    crm: httpx.Client, bigin: httpx.Client, product: str, asked: str | None, granted: str
) -> None:
    client = crm if product == "crm" else bigin
    wish = {**WATCH, "channel_expiry": asked} if asked else WATCH
    answer = client.post("actions/watch", json={"watch": [wish]})
    assert answer.status_code == 201
    (event,) = answer.json()["watch"][0]["details"]["events"]
    assert event["channel_expiry"] == granted


def test_channels_are_listed_changed_dropped_and_die(world: World, crm: httpx.Client) -> None:
    both = {**WATCH, "events": ["Contacts.edit", "Contacts.create"]}
    crm.post("actions/watch", json={"watch": [both]})
    crm.patch(
        "actions/watch", json={"watch": [{"channel_id": "1001", "_delete_events": True, "events": ["Contacts.edit"]}]}
    )
    assert crm.get("actions/watch").json()["watch"][0]["events"] == ["Contacts.create"]
    assert crm.delete("actions/watch", params={"channel_ids": "1001"}).status_code == 200
    assert crm.delete("actions/watch", params={"channel_ids": "1001"}).json()["watch"][0]["code"] == "NOT_SUBSCRIBED"
    crm.post("actions/watch", json={"watch": [both]})
    world.clock.advance(3_599)
    assert crm.get("actions/watch").status_code == 200
    assert [one.expires - world.now() for one in world.crm.channels.values()] == [1]


def test_notes_cannot_be_watched(crm: httpx.Client) -> None:
    answer = crm.post("actions/watch", json={"watch": [{**WATCH, "events": ["Notes.create"]}]})
    assert (answer.status_code, answer.json()["watch"][0]["code"]) == (400, "INVALID_DATA")


def test_a_timeline_tells_who_changed_what_from_which_value(world: World, crm: httpx.Client) -> None:
    added = crm.post("Contacts", json={"data": [{"Last_Name": "Weber"}]}).json()["data"][0]["details"]["id"]
    world.clock.advance(5)
    crm.put(f"Contacts/{added}", json={"data": [{"Last_Name": "Dahl"}]})
    latest, first = crm.get(f"Contacts/{added}/__timeline").json()["__timeline"]
    assert (first["action"], latest["action"]) == ("added", "updated")
    assert latest["field_history"][0]["_value"] == {"new": "Dahl", "old": "Weber"}
    assert latest["done_by"]["name"] == "Mara Lindqvist"


def test_a_composite_call_hands_an_answer_on_to_the_next(world: World, crm: httpx.Client) -> None:
    company = {"sub_request_id": "a", "method": "POST", "uri": "/crm/v8/Accounts"}
    contact = {"sub_request_id": "b", "method": "POST", "uri": "/crm/v8/Contacts"}
    body = {
        "__composite_requests": [
            {**company, "body": {"data": [{"Account_Name": "Weber Ltd"}]}},
            {**contact, "body": {"data": [{"Last_Name": "W", "Account_Name": {"id": "@{a:$.data[0].details.id}"}}]}},
        ]
    }
    answer = crm.post("__composite_requests", json=body)
    assert answer.status_code == 200
    assert world.ledgers["crm"].used() == 1
    (row,) = crm.get("Contacts", params={"fields": "Account_Name"}).json()["data"]
    assert row["Account_Name"]["name"] == "Weber Ltd"


def test_a_composite_call_that_was_run_has_succeeded_whatever_it_answered(crm: httpx.Client) -> None:
    contacts = {"method": "POST", "uri": "/crm/v8/Contacts"}
    body = {
        "__composite_requests": [
            {**contacts, "sub_request_id": "a", "body": {"data": [{"First_Name": "No"}]}},
            {**contacts, "sub_request_id": "b", "body": {"data": [{"Last_Name": "@{z:$.data[0].details.id}"}]}},
        ]
    }
    answer = crm.post("__composite_requests", json=body)
    unfit, lost = answer.json()["__composite_requests"]
    assert (answer.status_code, unfit["code"], lost["code"]) == (207, "SUCCESS", "INVALID_REFERENCE")
    assert unfit["details"]["response"]["status_code"] == 400


@pytest.mark.parametrize("number", [6, 101])
def test_a_composite_call_holds_five_calls_and_refuses_more_by_one_code(crm: httpx.Client, number: int) -> None:
    inner = {"method": "GET", "uri": "/crm/v8/org"}
    answer = crm.post("__composite_requests", json={"__composite_requests": [inner] * number})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_DATA")
    assert answer.json()["details"]["maximum_length"] == 5
    answer = crm.post("__composite_requests", json={"__composite_requests": [inner] * 5})
    assert len(answer.json()["__composite_requests"]) == 5


def test_the_world_is_looked_into_and_pushed_about_without_a_token(world: World, crm: httpx.Client) -> None:
    del crm.headers["Authorization"]
    base = "https://emulator.example/emulator"
    one, two = world.crm.seed("Contacts", [{"Last_Name": "A"}, {"Last_Name": "B"}])
    assert crm.post(f"{base}/clock", json={"seconds": 60}).json() == {"now": "2026-03-04T08:01:00+00:00"}
    assert crm.post(f"{base}/clock", json={"seconds": -1}).status_code == 400
    crm.post(f"{base}/faults", json={"kind": "refuse", "path": "/org$"})
    crm.post(f"{base}/switches", json={"product": "crm", "switches": {"search_lag": 0}})
    assert crm.post(f"{base}/switches", json={"product": "crm", "switches": {"gravity": 0}}).status_code == 400
    merged = crm.post(f"{base}/merge", json={"product": "crm", "module": "Contacts", "winner": one, "losers": [two]})
    assert merged.json() == {"id": one}
    state = crm.get(f"{base}/state").json()
    assert state["crm"]["records"]["Contacts"] == 1
    assert state["crm"]["switches"]["search_lag"] == 0
    assert state["faults"][0]["kind"] == "refuse"
    assert crm.post(f"{base}/codes", json={"product": "bigin"}).json()["code"].startswith("1000.")
