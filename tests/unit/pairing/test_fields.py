"""Field metadata: read from either product, and judged."""

import json
from pathlib import Path
from typing import Any

import pytest

from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.pairing.fields import FieldMeta, Option, compatible, read_fields, unmappable
from tests.unit.pairing.orgs import OPEN, OWNER, SHUT, choices, field, points_to

RECORDED = Path(__file__).parents[4] / "shared" / "recordings" / "bigin-v2" / "get-module-fields.json"

UNSUPPORTED = (
    *("profileimage", "imageupload", "fileupload", "subform", "linetax", "formula", "rollup_summary", "autonumber"),
    *("userlookup", "multiuserlookup", "multiselectlookup", "multi_module_lookup", "consent_lookup", "time_range"),
    *("ALARM", "RRULE", "multireminder", "event_reminder"),
)
DATA_TYPES = (
    *("text", "textarea", "mediumtext", "website", "email", "phone", "integer", "boolean", "long", "bigint", "double"),
    *("percent", "currency", "date", "datetime", "lookup", "picklist", "multiselectpicklist", "ownerlookup"),
    *UNSUPPORTED,
)
"""Every data type of a field that the vendor's own SDK for Zoho CRM v8 knows."""


def meta(name: str, data_type: str = "text", **more: object) -> FieldMeta:
    return FieldMeta.from_row(field(name, data_type, **more))


def test_a_row_that_says_almost_nothing_is_still_a_field() -> None:
    bare = FieldMeta.from_row({"api_name": "Odd"})
    assert (bare.label, bare.type, bare.writable, bare.mandatory) == ("Odd", None, True, False)


def test_what_the_api_may_do_is_taken_from_operation_type_where_it_is_given() -> None:
    operations = {"api_create": True, "api_update": False, "web_create": True, "web_update": True}
    read = meta("Serial", operation_type=operations, view_type=SHUT)
    assert (read.creatable, read.updatable) == (True, False)


def test_without_operation_type_the_view_flags_decide() -> None:
    assert not meta("Modified_Time", "datetime", view_type=SHUT).writable
    assert not meta("Unsubscribed", read_only=True, view_type=OPEN).writable
    assert meta("Title").writable


def test_the_owner_is_writable_although_its_field_is_called_read_only() -> None:
    assert FieldMeta.from_row(OWNER).writable


def test_a_picklist_keeps_what_is_shown_and_what_is_stored() -> None:
    read = meta("Source", "picklist", pick_list_values=choices(("Online Store", "OnlineStore"), "Web"))
    assert read.options == (Option("Online Store", "OnlineStore"), Option("Web", "Web"))


def test_a_picklist_value_that_is_no_longer_used_is_no_choice() -> None:
    values = [{"display_value": "Old", "actual_value": "Old", "type": "unused"}]
    assert meta("Source", "picklist", pick_list_values=values).options == ()


def test_no_choice_is_no_choice() -> None:
    assert meta("Source", "picklist", pick_list_values=choices("-None-", "Web")).options == (Option("Web", "Web"),)


def test_a_list_that_calls_itself_text_is_no_text() -> None:
    assert meta("Labels", "text", json_type="jsonarray").type is None


@pytest.mark.parametrize("unique", [{"casesensitive": "0"}, {"case_sensitive": "false"}])
def test_a_unique_field_is_known_by_either_spelling(unique: dict[str, str]) -> None:
    assert meta("Email", "email", unique=unique).unique
    assert not meta("Title").unique


def test_a_layout_can_make_a_field_required() -> None:
    layout = {
        "sections": [{"fields": [{"api_name": "Title", "required": True}, {"api_name": "Gone", "required": True}]}]
    }
    read = read_fields([field("Title"), field("Phone", "phone")], [layout])
    assert (read["Title"].required, read["Phone"].required, read["Title"].mandatory) == (True, False, False)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (field("Modified_Time", "datetime"), "every change"),
        (field("Modified_By", "ownerlookup"), "every change"),
        (field("Created_By", "ownerlookup"), "when the record is made"),
        (field("Created_Time", "datetime"), "when the record is made"),
        (field("id", "bigint"), "own id"),
        (field("Record_Image", "profileimage"), "image"),
        (field("Photo", "imageupload"), "image"),
        (field("Contract", "fileupload"), "file"),
        (field("Lines", "subform"), "subform"),
        (field("Margin", "formula"), "formula"),
        (field("Total", "rollup_summary"), "roll-up"),
        (field("Number", "autonumber"), "automatic number"),
        (field("Helpers", "multiuserlookup"), "users"),
        (field("Helper", "userlookup"), "other than the owner"),
        (field("Partner", "multiselectlookup"), "records"),
        (field("Appointment_For", "multi_module_lookup"), "several modules"),
        (field("Consent", "consent_lookup"), "consent"),
        (field("Taxes", "linetax"), "taxes"),
        (field("Hours", "time_range"), "time range"),
        (field("Seller", "ownerlookup"), "other than the owner"),
        (field("Alarm", "ALARM"), "reminder"),
        (field("Alarms", "multireminder"), "reminder"),
        (field("Alarm_At", "event_reminder"), "reminder"),
        (field("Rhythm", "RRULE"), "recurrence"),
        (field("Remind_At", "datetime"), "never synced"),
        (field("Territories", "text"), "territory"),
        (field("Territory", "lookup", lookup=points_to("Territories")), "a territory of this org"),
        (field("Layout", "bigint"), "layout"),
        (field("Wizard", "lookup", lookup=points_to("Wizards")), "wizard"),
        (field("Tag", "text", json_type="jsonarray"), "tags"),
        (field("Vendor", "lookup", lookup=points_to("Vendors")), "Vendors"),
        (field("Mystery", "hologram"), "hologram"),
    ],
)
def test_what_cannot_be_mapped_says_why(row: dict[str, Any], reason: str) -> None:
    assert reason in (unmappable(BIGIN_CRM, FieldMeta.from_row(row), side=Side.RIGHT) or "")


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_every_type_that_the_vendor_knows_is_understood_or_refused_with_a_reason_of_its_own(data_type: str) -> None:
    read = meta("Anything", data_type)
    reason = unmappable(BIGIN_CRM, read, side=Side.RIGHT) or ""
    assert (read.type is None) is (data_type in UNSUPPORTED)
    assert "is not supported" not in reason
    assert reason or read.type is not None


def test_ordinary_fields_and_known_lookups_can_be_mapped() -> None:
    rows = [field("Title"), OWNER, field("Boss", "lookup", lookup=points_to("Contacts"))]
    assert [unmappable(BIGIN_CRM, FieldMeta.from_row(row), side=Side.LEFT) for row in rows] == [None, None, None]


@pytest.mark.parametrize(
    ("left", "right", "fits"),
    [
        ("text", "text", True),
        ("text", "textarea", True),
        ("picklist", "text", True),
        ("phone", "text", True),
        ("integer", "currency", True),
        ("date", "date", True),
        ("date", "datetime", False),
        ("boolean", "picklist", False),
        ("multiselectpicklist", "picklist", False),
        ("text", "double", False),
        ("subform", "subform", False),
    ],
)
def test_only_values_of_one_family_fit_each_other(left: str, right: str, fits: bool) -> None:
    assert (compatible(meta("A", left), meta("A", right)) is None) is fits


def test_recorded_metadata_is_understood() -> None:
    if not RECORDED.exists():
        pytest.skip("the recorded answers are not on this machine")
    rows = json.loads(RECORDED.read_text(encoding="utf-8"))["exchanges"][0]["response"]["fields"]
    read = read_fields(rows)
    usable = {name for name, each in read.items() if unmappable(BIGIN_CRM, each, side=Side.LEFT) is None}
    assert read["Last_Name"].mandatory
    assert read["Account_Name"].target == "Accounts"
    assert {"Owner", "Email", "Account_Name", "Mailing_City", "Email_Opt_Out"} <= usable
    assert not {"Tag", "Full_Name", "Created_Time", "Record_Image", "Last_Activity_Time"} & usable
    assert all(read[name].writable for name in usable)
