"""What becomes of a mapping when the fields of an org change behind its back."""

from dataclasses import replace

import pytest

from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, CONTACT
from bigin_sync.pairing.catalog import Direction, FieldPair
from bigin_sync.pairing.drift import Drift, drift, thawed
from bigin_sync.pairing.mapping import Mapping, propose
from tests.unit.pairing.orgs import LEFT_CONTACTS, RIGHT_CONTACTS, SHUT, Row, choices, field, metas

MAPPED = propose(BIGIN_CRM, CONTACT, left=metas(LEFT_CONTACTS), right=metas(RIGHT_CONTACTS)).mapping


def after(
    *changed: Row, without: tuple[str, ...] = (), mapping: Mapping = MAPPED, untold: frozenset[str] = frozenset()
) -> Drift:
    """The drift after the right org has changed, added or removed fields."""
    names = {row["api_name"] for row in changed}
    rows = [row for row in RIGHT_CONTACTS if row["api_name"] not in {*without, *names}]
    right = metas([*rows, *changed])
    return drift(BIGIN_CRM, mapping, left=metas(LEFT_CONTACTS), right=right, untold={Side.RIGHT: untold})


def with_pair(name: str, **changes: object) -> Mapping:
    def changed(pair: FieldPair) -> FieldPair:
        return replace(pair, **changes) if pair.name == name else pair  # type: ignore[arg-type]  # -- names are the fields'

    return replace(MAPPED, pairs=tuple(changed(pair) for pair in MAPPED.pairs))


def test_fields_that_are_as_they_were_move_freely() -> None:
    assert after() == Drift()


def test_a_field_that_is_gone_stands_still_and_takes_nothing_with_it() -> None:
    found = after(without=("Mobile",))
    assert found == Drift({"Mobile": "Zoho CRM no longer has the field Mobile."})
    assert {pair.name for pair in MAPPED.pairs} - {pair.name for pair in thawed(MAPPED, found.frozen).pairs} == {
        "Mobile"
    }


def test_a_field_that_was_renamed_is_a_field_that_is_gone() -> None:
    assert set(after(field("Cell", "phone"), without=("Mobile",)).frozen) == {"Mobile"}


def test_a_field_that_is_listed_and_not_answered_stands_still() -> None:
    assert after(untold=frozenset({"Mobile"})).frozen == {"Mobile": "Zoho CRM no longer answers the field Mobile."}


@pytest.mark.parametrize("data_type", ["integer", "datetime", "lookup", "formula", "boolean"])
def test_a_field_that_holds_something_else_now_stands_still(data_type: str) -> None:
    found = after(field("Title", data_type))
    assert set(found.frozen) == {"Title"}
    assert data_type in found.frozen["Title"]


@pytest.mark.parametrize("data_type", ["textarea", "email", "picklist"])
def test_another_sort_of_text_is_still_a_text(data_type: str) -> None:
    assert after(field("Title", data_type)) == Drift()


def test_a_mapped_value_that_is_no_longer_offered_stops_its_field_alone() -> None:
    mapping = with_pair("Shirt_Size", value_map=(("S", "M"),))
    assert after(mapping=mapping) == Drift()
    found = after(field("Shirt_Size", "picklist", pick_list_values=choices("L")), mapping=mapping)
    assert (set(found.frozen), found.blocked) == ({"Shirt_Size"}, ())


def test_a_field_nobody_mapped_and_no_record_can_do_without_stops_the_kind_with_the_way_out() -> None:
    found = after(field("Region", system_mandatory=True))
    assert found.frozen == {}
    assert [(each.field, "Map it" in each.hint) for each in found.blocked] == [("Region", True)]


def test_a_mapped_field_that_became_mandatory_stops_nothing_and_is_told() -> None:
    found = after(field("Title", system_mandatory=True))
    told = {Side.RIGHT: {"Title": "Zoho CRM takes no new contact without Title (Title)."}}
    assert (found.frozen, found.blocked, found.demanded) == ({}, (), told)


@pytest.mark.parametrize(
    "changes",
    [{"default_right": "Buyer"}, {"direction": Direction.TO_LEFT}],
    ids=["has a default", "is never written there"],
)
def test_a_mandatory_field_that_no_blank_can_reach_is_not_told(changes: dict[str, object]) -> None:
    assert after(field("Title", system_mandatory=True), mapping=with_pair("Title", **changes)).demanded == {}


def test_a_field_that_both_orgs_demand_is_never_blank() -> None:
    left = metas([*(row for row in LEFT_CONTACTS if row["api_name"] != "Title"), field("Title", system_mandatory=True)])
    right = metas(
        [*(row for row in RIGHT_CONTACTS if row["api_name"] != "Title"), field("Title", system_mandatory=True)]
    )
    assert drift(BIGIN_CRM, MAPPED, left=left, right=right).demanded == {}


def test_a_field_that_stands_still_and_is_needed_stops_the_kind() -> None:
    assert "Last_Name" in {each.field for each in after(without=("Last_Name",)).blocked}
    assert "Title" in {each.field for each in after(field("Title", "integer", system_mandatory=True)).blocked}


def test_a_field_that_can_only_be_read_now_stands_still() -> None:
    found = after(field("Title", view_type=SHUT))
    assert (set(found.frozen), found.blocked) == ({"Title"}, ())
