"""Metadata: modules, fields, layouts, views, people."""

from typing import Any

import httpx
import pytest

from bigin_sync.emulator.world import World


def fields(client: httpx.Client, module: str) -> dict[str, dict[str, Any]]:
    answer = client.get("settings/fields", params={"module": module})
    return {one["api_name"]: one for one in answer.json()["fields"]}


def test_companies_and_deals_of_bigin_go_by_other_names(bigin: httpx.Client) -> None:
    modules = {one["api_name"]: one for one in bigin.get("settings/modules").json()["modules"]}
    assert modules["Accounts"]["plural_label"] == "Companies"
    assert modules["Associated_Products"]["module_name"] == "LinkingModule1"
    assert modules["Associated_Products"]["parent_module"]["api_name"] == "Pipelines"
    assert modules["Social"]["api_supported"] is False


def test_what_is_stored_and_what_is_shown_differ_in_stock_picklists(crm: httpx.Client) -> None:
    options = {
        one["display_value"]: one["actual_value"] for one in fields(crm, "Contacts")["Lead_Source"]["pick_list_values"]
    }
    assert options["Online Store"] == "OnlineStore"
    assert options["X (Twitter)"] == "Twitter"
    assert "-None-" in options


@pytest.mark.parametrize(
    ("module", "mandatory"),
    [
        ("Contacts", {"Last_Name"}),
        ("Accounts", {"Account_Name"}),
        ("Deals", {"Deal_Name", "Stage"}),
        ("Products", {"Product_Name"}),
        ("Tasks", {"Subject"}),
        ("Events", {"Event_Title", "Start_DateTime", "End_DateTime"}),
        ("Calls", {"Call_Type", "Call_Start_Time"}),
        ("Notes", {"Note_Content", "Parent_Id"}),
    ],
)
def test_mandatory_fields_are_told(crm: httpx.Client, module: str, mandatory: set[str]) -> None:
    assert {name for name, one in fields(crm, module).items() if one["system_mandatory"]} == mandatory


def test_the_owner_looks_read_only_and_is_writable(crm: httpx.Client) -> None:
    owner = fields(crm, "Contacts")["Owner"]
    assert owner["field_read_only"] is True
    assert owner["operation_type"]["api_update"] is True
    assert fields(crm, "Contacts")["Created_By"]["operation_type"]["api_update"] is False


def test_every_lookup_of_crm_leads_to_a_module_there_is(crm: httpx.Client) -> None:
    for module in crm.get("settings/modules").json()["modules"]:
        for field in fields(crm, module["api_name"]).values():
            target = field["lookup"].get("module", {}).get("api_name") if field["lookup"] else None
            if target not in {None, "se_module"}:
                assert crm.get("settings/fields", params={"module": target}).status_code == 200


def test_an_unknown_module_has_no_fields(crm: httpx.Client) -> None:
    answer = crm.get("settings/fields", params={"module": "Ships"})
    assert (answer.status_code, answer.json()["code"], answer.json()["details"]) == (400, "INVALID_MODULE", {})


def test_addresses_are_five_texts_in_bigin_and_hold_picklists_in_crm(crm: httpx.Client, bigin: httpx.Client) -> None:
    assert fields(bigin, "Contacts")["Mailing_State"]["data_type"] == "text"
    assert fields(crm, "Contacts")["Mailing_State"]["data_type"] == "picklist"


def test_a_team_pipeline_is_a_layout_with_its_own_sub_pipelines_and_stages(bigin: httpx.Client) -> None:
    layouts = bigin.get("settings/layouts", params={"module": "Pipelines"}).json()["layouts"]
    assert [one["name"] for one in layouts] == ["Sales Pipeline", "Onboarding"]
    onboarding = {one["api_name"]: one for one in layouts[1]["sections"][0]["fields"]}
    assert [one["actual_value"] for one in onboarding["Sub_Pipeline"]["pick_list_values"]] == ["Onboarding Standard"]
    assert {one["actual_value"] for one in onboarding["Stage"]["pick_list_values"]} == {
        "Kick-off",
        "Training",
        "Closed Won",
        "Closed Lost",
    }


def test_a_field_may_be_required_by_the_layout_alone(crm: httpx.Client) -> None:
    layout = crm.get("settings/layouts", params={"module": "Deals"}).json()["layouts"][0]
    closing = next(one for one in layout["sections"][0]["fields"] if one["api_name"] == "Closing_Date")
    assert (closing["required"], closing["system_mandatory"]) == (True, False)


KINDS = ("Accounts", "Contacts", "Products", "Tasks", "Events", "Calls", "Notes")


@pytest.mark.parametrize(
    ("product", "module"),
    [("bigin", "Pipelines"), ("crm", "Deals"), *((product, kind) for product in ("bigin", "crm") for kind in KINDS)],
)
def test_every_kind_but_notes_has_a_layout_and_related_lists(
    bigin: httpx.Client, crm: httpx.Client, product: str, module: str
) -> None:
    client = {"bigin": bigin, "crm": crm}[product]
    layouts, lists = (
        client.get(f"settings/{what}", params={"module": module}) for what in ("layouts", "related_lists")
    )
    if module == "Notes":
        assert (layouts.status_code, lists.status_code) == (204, 204)
        return
    shown = {one["api_name"] for one in layouts.json()["layouts"][0]["sections"][0]["fields"]}
    assert shown == fields(client, module).keys()
    assert "Notes" in {one["api_name"] for one in lists.json()["related_lists"]}
    if module != "Pipelines":
        assert [one["name"] for one in layouts.json()["layouts"]] == ["Standard"]


@pytest.mark.parametrize("module", ["Tasks", "Events", "Calls"])
def test_the_notes_of_an_activity_are_its_related_list(world: World, crm: httpx.Client, module: str) -> None:
    (record,) = world.crm.seed(module, [{world.crm.modules[module].name_field: "Ring"}])
    assert crm.post(f"{module}/{record}/Notes", json={"data": [{"Note_Content": "No answer"}]}).status_code == 201
    rows = crm.get(f"{module}/{record}/Notes", params={"fields": "Note_Content"}).json()["data"]
    assert [row["Note_Content"] for row in rows] == ["No answer"]


def test_either_org_has_custom_fields_and_none_by_the_name_of_the_other(bigin: httpx.Client, crm: httpx.Client) -> None:
    own = {
        client: {
            name: one["field_label"]
            for module in client.get("settings/modules").json()["modules"]
            if module["api_supported"]
            for name, one in fields(client, module["api_name"]).items()
            if one["custom_field"]
        }
        for client in (bigin, crm)
    }
    assert own[bigin] == {"Order_Reference": "Order Reference"}
    assert own[crm] == {"Customer_Number_1": "Customer Number", "Delivery_Terms": "Delivery Terms"}


def test_views_are_listed_without_criteria_and_told_with_them(crm: httpx.Client) -> None:
    listed = crm.get("settings/custom_views", params={"module": "Contacts"}).json()
    mine = next(one for one in listed["custom_views"] if one["name"] == "From the web")
    assert "criteria" not in mine
    told = crm.get(f"settings/custom_views/{mine['id']}", params={"module": "Contacts"}).json()["custom_views"][0]
    assert told["criteria"]["field"]["api_name"] == "Lead_Source"
    assert listed["info"]["default"] == listed["custom_views"][0]["id"]


def test_crm_makes_unique_and_external_fields_and_they_bind_at_once(crm: httpx.Client) -> None:
    wishes = [
        {"field_label": "Sync Key", "data_type": "text", "length": 60, "unique": {"case_sensitive": False}},
        {"field_label": "Ext Key", "data_type": "text", "external": {"type": "org", "show": False}},
    ]
    answer = crm.post("settings/fields", params={"module": "Products"}, json={"fields": wishes})
    assert answer.status_code == 201
    assert [one["message"] for one in answer.json()["fields"]] == ["field created"] * 2
    made = fields(crm, "Products")
    assert (made["Sync_Key"]["unique"], made["Sync_Key"]["custom_field"]) == ({"casesensitive": "0"}, True)
    assert made["Ext_Key"]["external"] == {"type": "org", "show": False}
    record = {"Product_Name": "Rope", "Sync_Key": "a"}
    assert crm.post("Products", json={"data": [record]}).status_code == 201
    (again,) = crm.post("Products", json={"data": [{**record, "Product_Name": "Other"}]}).json()["data"]
    assert (again["code"], again["details"]["api_name"]) == ("DUPLICATE_DATA", "Sync_Key")
    third = {"field_label": "Third", "data_type": "text", "unique": {"case_sensitive": False}}
    refused = crm.post("settings/fields", params={"module": "Products"}, json={"fields": [third]})
    assert refused.json()["fields"][0]["code"] == "LIMIT_EXCEEDED"


def test_bigin_makes_no_fields(bigin: httpx.Client) -> None:
    wish = {"fields": [{"field_label": "Key", "data_type": "text"}]}
    answer = bigin.post("settings/fields", params={"module": "Contacts"}, json=wish)
    assert (answer.status_code, answer.json()["code"]) == (405, "INVALID_REQUEST_METHOD")


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("CurrentUser", {"Mara"}),
        ("ActiveUsers", {"Mara", "Jonas", "Aisha", "Priya"}),
        ("DeactiveUsers", {"Greta"}),
        ("AllUsers", {"Mara", "Jonas", "Aisha", "Priya", "Greta"}),
        ("AdminUsers", {"Mara"}),
    ],
)
def test_people_are_listed_by_their_state(crm: httpx.Client, kind: str, names: set[str]) -> None:
    assert {one["first_name"] for one in crm.get("users", params={"type": kind}).json()["users"]} == names


def test_most_people_work_on_both_sides_under_one_address(world: World) -> None:
    both = [{user.email for user in org.users.values()} for org in (world.bigin, world.crm)]
    assert len(both[0] & both[1]) == 4
    assert len(both[0] ^ both[1]) == 2


def test_the_org_of_either_product_has_its_own_zone_and_number(crm: httpx.Client, bigin: httpx.Client) -> None:
    (one,), (other,) = crm.get("org").json()["org"], bigin.get("org").json()["org"]
    assert one["time_zone"] != other["time_zone"]
    assert one["zgid"] != other["zgid"]
