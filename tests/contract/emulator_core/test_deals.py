"""Deals: stages, pipelines, and the products of a deal."""

from typing import Any

import httpx

from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.world import World
from tests.contract.emulated import caller


def first(answer: httpx.Response) -> dict[str, Any]:
    result: dict[str, Any] = answer.json()["data"][0]
    return result


def test_a_stage_outside_its_sub_pipeline_is_refused(bigin: httpx.Client) -> None:
    deal = {"Deal_Name": "A", "Sub_Pipeline": "Renewals", "Stage": "Kick-off"}
    result = first(bigin.post("Pipelines", json={"data": [deal]}))
    assert (result["code"], result["details"]["api_name"]) == ("DEPENDENT_MISMATCH", "Stage")
    unknown = {**deal, "Sub_Pipeline": "Nowhere"}
    assert first(bigin.post("Pipelines", json={"data": [unknown]}))["code"] == "MAPPING_MISMATCH"


def test_a_deal_of_bigin_needs_name_sub_pipeline_and_stage(bigin: httpx.Client) -> None:
    deal = {"Deal_Name": "A", "Sub_Pipeline": "Renewals", "Stage": "Renewal Due"}
    for name in deal:
        short = {key: value for key, value in deal.items() if key != name}
        result = first(bigin.post("Pipelines", json={"data": [short]}))
        assert (result["code"], result["details"]["api_name"]) == ("MANDATORY_NOT_FOUND", name)


def test_a_stage_brings_its_probability_and_an_unknown_one_leaves_it(world: World, crm: httpx.Client) -> None:
    deal = {"Deal_Name": "A", "Stage": "Needs Analysis", "Amount": 2_000}
    record_id = first(crm.post("Deals", json={"data": [deal]}))["details"]["id"]
    row = first(crm.get(f"Deals/{record_id}"))
    assert (row["Probability"], row["Expected_Revenue"], "Pipeline" in row) == (20, 400, False)
    crm.put(f"Deals/{record_id}", json={"data": [{"Stage": "Haggling"}]})
    row = first(crm.get(f"Deals/{record_id}"))
    assert (row["Stage"], row["Probability"]) == ("Haggling", 20)


def test_an_org_with_pipelines_demands_one_and_keeps_stages_in_it() -> None:
    world = World.default(ShiftedClock(), crm_pipelines=True)
    client = caller(world, "crm")
    deal = {"Deal_Name": "A", "Stage": "Needs Analysis"}
    url = "/crm/v8/Deals"
    assert first(client.post(url, json={"data": [deal]}))["code"] == "MANDATORY_NOT_FOUND"
    assert first(client.post(url, json={"data": [{**deal, "Pipeline": "Renewals"}]}))["code"] == "DEPENDENT_MISMATCH"
    good = {**deal, "Pipeline": "Standard (Standard)"}
    assert first(client.post(url, json={"data": [good]}))["status"] == "success"
    layout = world.crm.modules["Deals"].layouts[0].id
    shown = client.get("/crm/v8/settings/pipeline", params={"layout_id": layout}).json()["pipeline"]
    assert [one["actual_value"] for one in shown] == ["Standard (Standard)", "Renewals"]
    assert shown[1]["maps"][0]["display_value"] == "Qualification"


def test_products_are_linked_to_a_deal_once_and_seen_from_both_sides(world: World, crm: httpx.Client) -> None:
    (deal,) = world.crm.seed("Deals", [{"Deal_Name": "A", "Stage": "Qualification"}])
    (product,) = world.crm.seed("Products", [{"Product_Name": "Rope"}])
    body = {"data": [{"id": product}]}
    assert first(crm.put(f"Deals/{deal}/Products", json=body))["message"] == "relation added"
    assert first(crm.put(f"Deals/{deal}/Products/{product}", json={"data": [{}]}))["message"] == "relation updated"
    seen = crm.get(f"Products/{product}/Deals", params={"fields": "Deal_Name"}).json()["data"]
    assert seen == [{"Deal_Name": "A", "id": deal}]
    assert first(crm.delete(f"Deals/{deal}/Products", params={"ids": product}))["message"] == "relation removed"
    assert crm.get(f"Deals/{deal}/Products", params={"fields": "id"}).status_code == 204


def test_contacts_of_a_deal_carry_their_roles(world: World, crm: httpx.Client) -> None:
    (deal,) = world.crm.seed("Deals", [{"Deal_Name": "A", "Stage": "Qualification"}])
    (contact,) = world.crm.seed("Contacts", [{"Last_Name": "Weber"}])
    role = {"id": "1", "name": "Decision Maker"}
    crm.put(f"Deals/{deal}/Contact_Roles/{contact}", json={"data": [{"Contact_Role": role}]})
    (shown,) = crm.get(f"Deals/{deal}/Contact_Roles", params={"fields": "Last_Name"}).json()["data"]
    assert (shown["Last_Name"], shown["Contact_Role"]) == ("Weber", role)


def test_bad_ids_of_a_link_are_a_500_for_the_parent_in_bigin_and_400_for_the_child(
    world: World, bigin: httpx.Client
) -> None:
    (contact,) = world.bigin.seed("Contacts", [{"Last_Name": "Weber"}])
    body = {"data": [{"id": "4876512000009999999"}]}
    assert bigin.put(f"Contacts/{contact}/Products", json=body).status_code == 400
    assert bigin.put("Contacts/4876512000009999999/Products", json=body).status_code == 500
