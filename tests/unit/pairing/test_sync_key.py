"""Sync keys: what they say, and which fields can hold them."""

from dataclasses import replace

import pytest

from bigin_sync.model.side import BOTH
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, CONTACT
from bigin_sync.pairing.fields import FieldMeta, unmappable
from bigin_sync.pairing.mapping import propose
from bigin_sync.pairing.sync_key import NEEDED, key_field, key_of, named_by, org_of, origin, read_key, unfit

ROW = {
    "api_name": "Bigin_Sync_Key",
    "field_label": "Bigin Sync Key",
    "data_type": "text",
    "custom_field": True,
    "length": 100,
    "unique": {"casesensitive": "0"},
}
LONGEST = "9" * 19


def meta(**other: object) -> FieldMeta:
    return FieldMeta.from_row({**ROW, **other})


def test_a_key_names_the_record_it_was_made_of_and_no_record_of_another_org() -> None:
    key = key_of(origin("bigin", "20071"), "4876")
    assert named_by(key, origin("bigin", "20071")) == "4876"
    assert [named_by(key, origin(label, org)) for label, org in (("crm", "20071"), ("bigin", "2007"))] == [None, None]


def test_the_longest_key_fits_into_what_is_asked_of_a_field() -> None:
    assert len(key_of(origin("bigin", LONGEST), LONGEST)) <= NEEDED


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("bigin:1:2", "bigin:1:2"),
        (" BIGIN:1:2 ", "bigin:1:2"),
        ("", None),
        (None, None),
        (12, None),
        ("A-1001", None),
        ("bigin:1:2'", None),
    ],
)
def test_what_somebody_else_wrote_into_the_field_is_no_key(raw: object, key: str | None) -> None:
    assert read_key(raw) == key


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({}, None),
        ({"unique": {}, "external": {"type": "org", "show": False}}, None),
        ({"unique": {"case_sensitive": "false"}, "length": None}, None),
        ({"unique": {}}, "the same value twice"),
        ({"unique": {}, "external": {"type": "user", "show": False}}, "the same value twice"),
        ({"data_type": "textarea"}, "no custom field of one line"),
        ({"custom_field": False}, "no custom field of one line"),
        ({"length": 40}, "holds 40 characters"),
        ({"operation_type": {"api_create": False, "api_update": True}}, "can't be given a value"),
    ],
)
def test_a_field_holds_keys_if_it_is_a_text_that_no_two_records_may_share(
    other: dict[str, object], why: str | None
) -> None:
    said = unfit(meta(**other))
    assert said is None if why is None else why in (said or "")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ({"api_name": "Bigin_Sync_Key1"}, True),
        ({"field_label": "Clave"}, True),
        ({"api_name": "Sync_Key", "field_label": "Sync Key"}, False),
    ],
)
def test_the_field_is_known_by_its_label_or_by_its_api_name(names: dict[str, str], found: bool) -> None:
    one = meta(**names)
    assert key_field(BIGIN_CRM, {one.api_name: one}) == (one if found else None)


def test_the_field_may_have_another_name_by_setting() -> None:
    renamed = replace(BIGIN_CRM, key_label="Ours")
    one = meta(api_name="Ours", field_label="Ours")
    assert key_field(renamed, {"Ours": one}) == one
    assert key_field(BIGIN_CRM, {"Ours": one}) is None


@pytest.mark.parametrize(
    ("text", "org"), [("crm:12:34", "12"), ("CRM:12:34", "12"), ("bigin:12:34", None), ("crm:12", None), (None, None)]
)
def test_a_key_tells_the_org_that_it_comes_from(text: object, org: str | None) -> None:
    assert org_of(text, "crm") == org


def test_the_field_is_never_mapped_though_both_orgs_have_it() -> None:
    name = FieldMeta.from_row({"api_name": "Last_Name", "data_type": "text"})
    fields = {"Last_Name": name, "Bigin_Sync_Key": meta()}
    proposed = propose(BIGIN_CRM, CONTACT, left=fields, right=fields)
    assert all("Bigin_Sync_Key" not in proposed.mapping.apis(side) for side in BOTH)
    assert {each.reason for each in proposed.unmapped if each.field == "Bigin_Sync_Key"} == {
        "it holds the sync's own keys"
    }
    assert all(unmappable(BIGIN_CRM, meta(unique={}), side=side) for side in BOTH)
