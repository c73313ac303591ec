"""What every new record of one side gets in a field that the other side has no counterpart for."""

from typing import Any

import pytest

from bigin_sync.errors import InvalidMapping
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, CONTACT
from bigin_sync.pairing.bigin_crm.contacts import CONTACT_SPEC
from bigin_sync.pairing.convert import RecordReader, RecordWriter
from bigin_sync.pairing.drift import drift
from bigin_sync.pairing.mapping import Mapping, propose
from bigin_sync.pairing.mapping_check import explain, validate
from bigin_sync.pairing.mapping_file import changed, from_json, to_json
from tests.unit.pairing.orgs import LEFT_CONTACTS, RIGHT_CONTACTS, choices, field, metas, points_to

LEFT = metas(LEFT_CONTACTS)
RIGHT = metas(
    [
        *RIGHT_CONTACTS,
        field("Region", system_mandatory=True),
        field("Segment", "picklist", pick_list_values=choices(("Shown other", "other"), "big")),
        field("Visits", "integer"),
        field("Boss", "lookup", lookup=points_to("Contacts")),
    ]
)


def given(**values: Any) -> Mapping:  # noqa: ANN401 -- a case may give anything
    proposed = propose(BIGIN_CRM, CONTACT, left=LEFT, right=RIGHT).mapping
    return changed(BIGIN_CRM, proposed, {"contact": {"new": {"crm": values}}}, left=LEFT, right=RIGHT)


def test_a_mandatory_field_of_one_side_alone_is_satisfied_by_a_value_for_new_records() -> None:
    proposed = propose(BIGIN_CRM, CONTACT, left=LEFT, right=RIGHT).mapping
    (wrong,) = [each for each in validate(BIGIN_CRM, proposed, left=LEFT, right=RIGHT) if each.blocking]
    assert (wrong.field, "value for new records" in wrong.hint) == ("Region", True)
    mapping = given(Region="North")
    assert [each for each in validate(BIGIN_CRM, mapping, left=LEFT, right=RIGHT) if each.blocking] == []


def test_new_records_get_it_and_changed_ones_do_not() -> None:
    writer = RecordWriter(CONTACT_SPEC, given(Region="North", Visits="3"), side=Side.RIGHT)
    assert writer.begin({"Last_Name": "Ana"}) == {"Last_Name": "Ana", "Region": "North", "Visits": 3}
    assert writer.write({"Last_Name": "Ana"}) == {"Last_Name": "Ana"}
    assert RecordWriter(CONTACT_SPEC, given(Region="North"), side=Side.LEFT).begin({}) == {}


def test_it_is_never_read() -> None:
    assert "Region" not in RecordReader(CONTACT_SPEC, given(Region="North"), side=Side.RIGHT).fields


def test_it_is_stored_with_the_mapping_and_shown_with_it() -> None:
    mapping = given(Region="North", Segment="other")
    assert from_json(to_json(mapping)) == mapping
    shown = {each.name: (each.left, each.right, each.notes) for each in explain(BIGIN_CRM, mapping)}
    assert shown["Region"] == ("", "Region", ("new records get 'North'",))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"Nonsense": "x"}, "no field"),
        ({"Segment": "tiny"}, "offers big, other"),
        ({"Boss": "1"}, "points to a record"),
        ({"Created_Time": "2026-01-01"}, "set by the product"),
        ({"Owner": "1"}, "points to a record or a user"),
    ],
)
def test_a_value_that_can_not_be_in_every_new_record_is_refused(values: dict[str, str], says: str) -> None:
    with pytest.raises(InvalidMapping, match=says):
        given(**values)


def test_a_value_that_no_longer_fits_a_mandatory_field_stops_the_kind() -> None:
    mapping = given(Segment="other")
    without = metas([*RIGHT_CONTACTS, field("Segment", "picklist", pick_list_values=choices("big"))])
    assert drift(BIGIN_CRM, mapping, left=LEFT, right=without).blocked == ()
    demanding = field("Segment", "picklist", pick_list_values=choices("big"), system_mandatory=True)
    found = drift(BIGIN_CRM, mapping, left=LEFT, right=metas([*RIGHT_CONTACTS, demanding]))
    assert [each.field for each in found.blocked] == ["Segment"]
