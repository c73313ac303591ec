"""Mappings as JSON: stored whole, changed by a person's file."""

import json
from typing import Any

import pytest

from bigin_sync.errors import InvalidMapping
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, COMPANY, CONTACT, CONTACT_SPEC
from bigin_sync.pairing.catalog import Direction, FieldPair, FieldType, Unknown, When
from bigin_sync.pairing.mapping import Mapping, propose
from bigin_sync.pairing.mapping_file import changed, from_json, to_json
from tests.unit.pairing.orgs import LEFT_CONTACTS, RIGHT_CONTACTS, metas

LEFT, RIGHT = metas(LEFT_CONTACTS), metas(RIGHT_CONTACTS)
PROPOSED = propose(BIGIN_CRM, CONTACT, left=LEFT, right=RIGHT).mapping


def after(document: dict[str, Any]) -> Mapping:
    return changed(BIGIN_CRM, PROPOSED, document, left=LEFT, right=RIGHT)


def pair(mapping: Mapping, name: str) -> FieldPair:
    found = mapping.pair(name)
    assert found is not None
    return found


def test_a_stored_mapping_comes_back_unchanged() -> None:
    odd = FieldPair(
        name="firm",
        left="What_Id",
        right="Firm",
        type=FieldType.LOOKUP,
        to=Kind("company"),
        direction=Direction.FILL,
        master=Side.RIGHT,
        value_map=(("a", "b"), ("c", "d")),
        unknown=Unknown.DEFAULT,
        default_left=["x"],
        default_right=False,
        when_left=When(key="$se_module", reads=frozenset({"Deals", "Pipelines"}), writes="Deals"),
        needed=True,
    )
    for mapping in (PROPOSED, Mapping(CONTACT, CONTACT_SPEC.fields), Mapping(CONTACT, (odd,))):
        assert from_json(json.loads(json.dumps(to_json(mapping)))) == mapping


def test_an_unreadable_stored_mapping_is_refused() -> None:
    with pytest.raises(InvalidMapping, match="fields"):
        from_json({"kind": "contact"})


def test_a_file_that_says_nothing_of_a_kind_changes_nothing() -> None:
    assert after({}) == PROPOSED
    assert after({"company": {"remove": ["Fax"]}}) == PROPOSED


def test_a_field_can_be_removed() -> None:
    assert after({"contact": {"remove": ["Title"]}}).pair("Title") is None


def test_a_pair_can_be_changed_in_every_respect() -> None:
    change = {
        "direction": "to_crm",
        "master": "bigin",
        "values": [["S", "M"]],
        "unknown": "default",
        "default": {"crm": "L", "bigin": "M"},
    }
    read = pair(after({"contact": {"change": {"Shirt_Size": change}}}), "Shirt_Size")
    assert (read.direction, read.master, read.unknown) == (Direction.TO_RIGHT, Side.LEFT, Unknown.DEFAULT)
    assert (read.value_map, read.default_left, read.default_right) == ((("S", "M"),), "M", "L")


def test_defaults_of_several_choices_are_kept_in_canonical_order() -> None:
    change = {"Hobbies": {"default": {"crm": ["Rowing", "Chess"]}}}
    assert pair(after({"contact": {"change": change}}), "Hobbies").default_right == ["Chess", "Rowing"]


def test_two_fields_of_different_names_can_be_added_as_a_pair() -> None:
    entry = {"bigin": "Only_Here", "crm": "Lead_Source", "direction": "fill"}
    read = pair(after({"contact": {"add": [entry]}}), "Only_Here=Lead_Source")
    assert (read.left, read.right, read.type) == ("Only_Here", "Lead_Source", FieldType.PICKLIST)
    assert read.direction is Direction.FILL


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"contacts": {}}, "no kind of record named 'contacts'"),
        ({"contact": {"drop": ["Title"]}}, "drop"),
        ({"contact": {"remove": ["Nope"]}}, "no field 'Nope'"),
        ({"contact": {"change": {"Nope": {}}}}, "no field 'Nope'"),
        ({"contact": {"change": {"Title": {"direction": "up"}}}}, "no direction named 'up'"),
        ({"contact": {"change": {"Title": {"master": "erp"}}}}, "no side named 'erp'"),
        ({"contact": {"change": {"Title": {"default": {"erp": "x"}}}}}, "no side named 'erp'"),
        ({"contact": {"add": [{"bigin": "Title"}]}}, "its name on both sides"),
        ({"contact": {"add": [{"bigin": "Nope", "crm": "Title"}]}}, "Bigin has no field 'Nope'"),
        ({"contact": {"add": [{"bigin": "Score", "crm": "Title"}]}}, "can't be mapped"),
        ({"contact": {"add": [{"bigin": "Remind_At", "crm": "Title"}]}}, "never synced"),
        ({"contact": {"add": [{"bigin": "Only_Here", "crm": "Title", "colour": "red"}]}}, "colour"),
    ],
)
def test_what_a_file_gets_wrong_is_said(document: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidMapping, match=message):
        after(document)


def test_a_change_of_one_kind_does_not_touch_another() -> None:
    companies = Mapping(COMPANY, BIGIN_CRM.kind("company").fields)
    document = {"contact": {"remove": ["Title"]}}
    assert changed(BIGIN_CRM, companies, document, left={}, right={}) == companies
