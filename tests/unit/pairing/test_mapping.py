"""Mappings: what is proposed for two orgs, what is found wrong with one, and how it is shown."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, COMPANY, CONTACT
from bigin_sync.pairing.catalog import Direction, FieldPair, FieldType
from bigin_sync.pairing.mapping import MOST_FIELDS, Mapping, Proposal, propose
from bigin_sync.pairing.mapping_check import Finding, explain, validate
from tests.unit.pairing.orgs import (
    LEFT_COMPANIES,
    LEFT_CONTACTS,
    RIGHT_COMPANIES,
    RIGHT_CONTACTS,
    SHUT,
    Row,
    field,
    metas,
    points_to,
)


def contacts(more_left: list[Row] | None = None, more_right: list[Row] | None = None) -> Proposal:
    left, right = metas(LEFT_CONTACTS + (more_left or [])), metas(RIGHT_CONTACTS + (more_right or []))
    return propose(BIGIN_CRM, CONTACT, left=left, right=right)


def proposed(name: str, proposal: Proposal | None = None) -> FieldPair:
    pair = (proposal or contacts()).mapping.pair(name)
    assert pair is not None
    return pair


def reason(field_name: str, side: Side, proposal: Proposal | None = None) -> str:
    found = [each.reason for each in (proposal or contacts()).unmapped if (each.side, each.field) == (side, field_name)]
    return found[0] if found else "it is mapped"


def check(mapping: Mapping) -> list[Finding]:
    return validate(BIGIN_CRM, mapping, left=metas(LEFT_CONTACTS), right=metas(RIGHT_CONTACTS))


def test_fields_that_both_orgs_have_are_proposed() -> None:
    names = {pair.name for pair in contacts().mapping.pairs}
    assert {"First_Name", "Last_Name", "Email", "Phone", "Account_Name", "Owner", "Mailing_Zip"} <= names


def test_custom_fields_of_the_same_name_are_proposed() -> None:
    assert proposed("Shirt_Size").type is FieldType.PICKLIST
    assert proposed("Hobbies").type is FieldType.MULTIPICKLIST


def test_a_field_only_one_org_has_is_left_over_with_the_reason() -> None:
    assert reason("Only_Here", Side.LEFT) == "Zoho CRM has no field of that name"
    assert reason("Lead_Source", Side.RIGHT) == "Bigin has no field of that name"


def test_fields_the_product_keeps_itself_are_left_over_with_the_reason() -> None:
    assert "every change" in reason("Modified_Time", Side.LEFT)
    assert "image" in reason("Record_Image", Side.LEFT)
    assert "never synced" in reason("Remind_At", Side.LEFT)


def test_every_field_is_either_mapped_or_left_over() -> None:
    found = contacts()
    for side, rows in ((Side.LEFT, LEFT_CONTACTS), (Side.RIGHT, RIGHT_CONTACTS)):
        spoken_of = {*found.mapping.apis(side), *(each.field for each in found.unmapped if each.side is side)}
        assert spoken_of == {row["api_name"] for row in rows}


def test_a_country_that_one_org_keeps_as_a_list_is_a_picklist() -> None:
    assert proposed("Mailing_Country").type is FieldType.PICKLIST
    assert proposed("Mailing_City").type is FieldType.TEXT


def test_two_sorts_of_number_make_a_number() -> None:
    assert proposed("Score").type is FieldType.NUMBER


def test_a_field_that_one_side_keeps_to_itself_only_flows_the_other_way() -> None:
    rows = [field("Code", custom_field=True)], [field("Code", custom_field=True, view_type=SHUT)]
    assert proposed("Code", contacts(*rows)).direction is Direction.TO_LEFT
    assert proposed("Code", contacts(*reversed(rows))).direction is Direction.TO_RIGHT


def test_a_field_that_nobody_may_write_is_not_proposed() -> None:
    row = field("Code", custom_field=True, view_type=SHUT)
    assert reason("Code", Side.LEFT, contacts([row], [row])) == "neither side lets it be written"


def test_fields_of_the_same_name_that_hold_different_things_are_not_proposed() -> None:
    found = contacts([field("Since", "date", custom_field=True)], [field("Since", "boolean", custom_field=True)])
    assert reason("Since", Side.RIGHT, found) == "one holds date, the other boolean"


def test_a_custom_lookup_to_a_kind_synced_before_is_proposed_and_one_to_a_later_kind_is_not() -> None:
    firm = field("Second_Firm", "lookup", custom_field=True, lookup=points_to("Accounts"))
    assert proposed("Second_Firm", contacts([firm], [firm])).to == COMPANY
    boss = field("Boss", "lookup", custom_field=True, lookup=points_to("Contacts"))
    companies = propose(BIGIN_CRM, COMPANY, left=metas([*LEFT_COMPANIES, boss]), right=metas([*RIGHT_COMPANIES, boss]))
    assert "not synced before" in reason("Boss", Side.LEFT, companies)


def test_lookups_to_different_modules_are_not_a_pair() -> None:
    here = field("Firm", "lookup", custom_field=True, lookup=points_to("Accounts"))
    there = field("Firm", "lookup", custom_field=True, lookup=points_to("Contacts"))
    assert reason("Firm", Side.LEFT, contacts([here], [there])) == "one points to Accounts, the other to Contacts"


def test_a_proposal_stays_within_what_one_call_can_read() -> None:
    many = [field(f"Extra_{number}", custom_field=True) for number in range(60)]
    found = contacts(many, many)
    assert len(found.mapping.pairs) == MOST_FIELDS
    assert "at most" in reason("Extra_59", Side.LEFT, found)


def test_a_proposal_is_never_blocked_by_its_own_findings() -> None:
    assert [each for each in check(contacts().mapping) if each.blocking] == []
    left, right = metas(LEFT_COMPANIES), metas(RIGHT_COMPANIES)
    companies = propose(BIGIN_CRM, COMPANY, left=left, right=right)
    assert validate(BIGIN_CRM, companies.mapping, left=left, right=right) == []


def test_what_is_lossy_is_said_without_blocking() -> None:
    lossy = {each.field: each.message for each in check(contacts().mapping)}
    assert set(lossy) == {"Title", "Shirt_Size", "Hobbies"}
    assert "20 characters" in lossy["Title"]
    assert "S" in lossy["Shirt_Size"]
    assert "Tea" in lossy["Hobbies"]


def with_pair(pair: FieldPair) -> Callable[[Mapping], Mapping]:
    return lambda mapping: Mapping(mapping.kind, (*mapping.pairs, pair))


def without(name: str) -> Callable[[Mapping], Mapping]:
    return lambda mapping: Mapping(mapping.kind, tuple(pair for pair in mapping.pairs if pair.name != name))


def with_changed(name: str, **changes: object) -> Callable[[Mapping], Mapping]:
    def change(mapping: Mapping) -> Mapping:
        pairs = (replace(pair, **changes) if pair.name == name else pair for pair in mapping.pairs)  # type: ignore[arg-type]  # -- each case names a field of FieldPair
        return Mapping(mapping.kind, tuple(pairs))

    return change


def text(name: str, left: str, right: str) -> FieldPair:
    return FieldPair(name=name, left=left, right=right, type=FieldType.TEXT)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (with_pair(text("Alarm", "Remind_At", "Title")), "never synced"),
        (with_pair(text("Gone", "Gone", "Title")), "Bigin has no field Gone"),
        (with_pair(text("Image", "Record_Image", "Title")), "image"),
        (with_pair(text("Size", "Score", "First_Name")), "one holds integer, the other text"),
        (with_pair(text("Again", "Title", "Description")), "part of two pairs"),
        (with_pair(text("Title", "Only_Here", "Lead_Source")), "mapped twice"),
        (without("Last_Name"), "can't be synced without it"),
        (without("Last_Name"), "needs Last_Name"),
        (with_changed("Last_Name", direction=Direction.TO_LEFT), "Zoho CRM needs Last_Name"),
        (with_changed("Shirt_Size", value_map=(("S", "Tiny"),)), "Zoho CRM has no value 'Tiny'"),
        (with_changed("Shirt_Size", default_left="XXL"), "Bigin has no value 'XXL'"),
    ],
)
def test_what_cannot_work_blocks_the_mapping(change: Callable[[Mapping], Mapping], message: str) -> None:
    found = [each.message for each in check(change(contacts().mapping)) if each.blocking]
    assert any(message in each for each in found), found


def test_more_fields_than_one_call_reads_block_the_mapping() -> None:
    many = tuple(text(f"F{number}", "Title", "Title") for number in range(MOST_FIELDS + 1))
    assert any("At most" in each.hint for each in check(Mapping(CONTACT, many)))


def test_a_mandatory_field_with_a_default_is_filled_although_nothing_flows_there() -> None:
    change = with_changed("Last_Name", direction=Direction.TO_LEFT, default_right="Unknown")
    assert not [each for each in check(change(contacts().mapping)) if each.blocking]


def test_writing_a_read_only_field_blocks_the_mapping_and_says_which_way_works() -> None:
    left, right = metas([*LEFT_CONTACTS, field("Code")]), metas([*RIGHT_CONTACTS, field("Code", view_type=SHUT)])
    mapping = with_pair(text("Code", "Code", "Code"))(contacts().mapping)
    found = [each for each in validate(BIGIN_CRM, mapping, left=left, right=right) if each.field == "Code"]
    assert [(each.blocking, each.hint) for each in found] == [(True, "Set its direction to to_bigin.")]


def test_a_field_only_a_layout_asks_for_does_not_block() -> None:
    right = metas([*RIGHT_CONTACTS, field("Region", required=True)])
    found = validate(BIGIN_CRM, contacts().mapping, left=metas(LEFT_CONTACTS), right=right)
    assert [(each.field, each.blocking) for each in found if "layout" in each.message] == [("Region", False)]


def test_a_mapping_is_explained_pair_by_pair() -> None:
    change = with_changed("Shirt_Size", master=Side.RIGHT, value_map=(("S", "M"),), default_left="L")
    shown = {each.name: each for each in explain(BIGIN_CRM, change(contacts().mapping))}
    assert shown["Account_Name"].holds == "lookup of company"
    assert (shown["Email"].arrow, shown["Email"].notes) == ("↔", ())
    assert shown["Shirt_Size"].notes == ("Zoho CRM always wins", "1 values mapped", "default in Bigin: L")
