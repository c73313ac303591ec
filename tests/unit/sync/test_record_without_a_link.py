"""A record without a link: it is made on the other side, or waits, or is set aside with a reason."""

from dataclasses import replace

import pytest

from bigin_sync.model import action
from bigin_sync.model.kind import Kind
from bigin_sync.model.outcome import Cause
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Values
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, COMPANY, CONTACT, CONTACT_SPEC
from bigin_sync.pairing.carry import Carrier
from bigin_sync.pairing.catalog import Direction, FieldPair, FieldType, KindSide, KindSpec, Unknown
from bigin_sync.pairing.fields import FieldMeta
from bigin_sync.pairing.mapping import Mapping
from bigin_sync.sync.plan import BELONGS_TO_NONE, NO_PARENT, plan_create
from tests.unit.sync.copies import OWNERS, carrier, moment, record

NONE = action.SkipCause.NO_PARENT


def plan(values: Values, *, side: Side = Side.LEFT, by: Carrier | None = None) -> object:
    return plan_create(record(side, values), kind=CONTACT_SPEC, carrier=by or carrier(), pairing=BIGIN_CRM)


def made(values: Values, *, side: Side = Side.LEFT, by: Carrier | None = None) -> action.Create:
    act = plan(values, side=side, by=by)
    assert isinstance(act, action.Create)
    return act


def test_a_new_record_is_made_on_the_other_side_without_its_blanks() -> None:
    act = made({"Last_Name": "Lind", "Title": None, "Phone": "555 0100"})
    assert act.source == Ref(Side.LEFT, CONTACT, "1")
    assert act.write == action.Write(Side.RIGHT, {"Last_Name": "Lind", "Phone": "555 0100"})
    assert act.why == "new in Bigin"
    assert made({"Last_Name": "Lind"}, side=Side.RIGHT).why == "new in Zoho CRM"


@pytest.mark.parametrize(("owner", "there"), [("1", "11"), ("2", "13"), (None, "13")])
def test_a_new_record_goes_to_the_same_owner_or_else_to_the_fallback(owner: str | None, there: str) -> None:
    assert made({"Last_Name": "Lind", "Owner": owner}).write.values["Owner"] == there


def test_a_lookup_goes_along_as_the_linked_record() -> None:
    assert made({"Last_Name": "Lind", "Account_Name": "70"}).write.values["Account_Name"] == "170"


def test_a_lookup_to_a_record_without_a_link_goes_along_as_a_pointer() -> None:
    act = made({"Last_Name": "Lind", "Account_Name": "71"})
    assert "Account_Name" not in act.write.values
    assert act.write.pointers == {"Account_Name": Ref(Side.LEFT, COMPANY, "71")}


def test_a_record_that_lacks_a_mandatory_value_is_a_problem() -> None:
    act = plan({"Last_Name": None, "Phone": "555 0100"})
    assert act == action.Problem(
        Ref(Side.LEFT, CONTACT, "1"), Cause.MANDATORY, "Zoho CRM needs Last_Name, which is blank"
    )


def test_a_blank_mandatory_value_takes_the_mappings_default() -> None:
    by = carrier(Last_Name={"default_right": "(no name)"})
    assert made({"Last_Name": None}, by=by).write.values == {"Last_Name": "(no name)"}


def test_a_value_the_other_side_does_not_have_is_left_out_with_its_reason() -> None:
    act = made({"Last_Name": "Lind", "Shirt_Size": "S"})
    assert act.write.values == {"Last_Name": "Lind"}
    assert act.write.left_out == {"Shirt_Size": "Zoho CRM has no value 'S' in Shirt_Size"}


def test_a_blank_that_cannot_be_sent_is_not_worth_a_word() -> None:
    nobody = replace(OWNERS, fallbacks={})
    act = made({"Last_Name": "Lind", "Owner": None}, by=carrier(owners=nobody))
    assert act.write == action.Write(Side.RIGHT, {"Last_Name": "Lind"})
    owned = made({"Last_Name": "Lind", "Owner": "2"}, by=carrier(owners=nobody))
    assert owned.write.left_out == {"Owner": "the owner has no active counterpart in Zoho CRM"}


def test_a_value_that_a_person_wants_to_settle_keeps_the_record_from_being_made() -> None:
    act = plan({"Last_Name": "Lind", "Shirt_Size": "S"}, by=carrier(Shirt_Size={"unknown": Unknown.PROBLEM}))
    assert isinstance(act, action.Problem)
    assert act.cause is Cause.UNMAPPED


def test_a_field_that_only_comes_from_the_other_side_is_not_sent() -> None:
    by = carrier(Title={"direction": Direction.TO_LEFT}, Phone={"master": Side.RIGHT})
    assert made({"Last_Name": "Lind", "Title": "Buyer", "Phone": "1"}, by=by).write == action.Write(
        Side.RIGHT, {"Last_Name": "Lind"}, source={"Title": "Buyer", "Phone": "1"}
    )


def test_a_filling_field_fills_the_new_record() -> None:
    by = carrier(Title={"direction": Direction.FILL})
    assert made({"Last_Name": "Lind", "Title": "Buyer"}, by=by).write.values["Title"] == "Buyer"


def test_a_field_outside_the_mapping_is_not_sent() -> None:
    assert made({"Last_Name": "Lind", "Remind_At": "2031-05-06T12:00:00Z"}).write.values == {"Last_Name": "Lind"}


VISIT = Kind("visit")
VISIT_SPEC = KindSpec(
    kind=VISIT,
    left=KindSide("Visits", "Visit", "Visits"),
    right=KindSide("Visits", "Visit", "Visits"),
    module="contacts",
    fields=(
        FieldPair(name="Subject", left="Subject", right="Subject", type=FieldType.TEXT),
        FieldPair(name="Host", left="Host", right="Host", type=FieldType.LOOKUP, to=COMPANY),
        FieldPair(name="Guest", left="Guest", right="Guest", type=FieldType.LOOKUP, to=CONTACT),
        FieldPair(name="Follows", left="Follows", right="Follows", type=FieldType.LOOKUP, to=VISIT),
    ),
    label_fields=("Subject",),
    match=(),
    needs_parent=True,
)
LINKED = {(COMPANY, Side.LEFT, "70"): "170", (VISIT, Side.LEFT, "8"): "108"}


def plan_visit(**values: str) -> object:
    metas = {
        pair.name: FieldMeta(api_name=pair.name, label=pair.name, data_type=pair.type, type=pair.type)
        for pair in VISIT_SPEC.fields
    }
    by = Carrier(
        replace(BIGIN_CRM, kinds=(*BIGIN_CRM.kinds, VISIT_SPEC)),
        Mapping(VISIT, VISIT_SPEC.fields),
        left=metas,
        right=metas,
        owners=OWNERS,
        translate=lambda kind, side, record_id: LINKED.get((kind, side, record_id)),
    )
    visit = Record(Ref(Side.LEFT, VISIT, "9"), values, "Visit", moment(0))
    return plan_create(visit, kind=VISIT_SPEC, carrier=by, pairing=BIGIN_CRM)


def test_a_record_that_needs_a_parent_is_made_once_one_parent_is_linked() -> None:
    act = plan_visit(Subject="Fair", Host="70", Guest="1")
    assert isinstance(act, action.Create)
    assert act.write.values == {"Subject": "Fair", "Host": "170"}
    assert act.write.pointers == {"Guest": Ref(Side.LEFT, CONTACT, "1")}


def test_a_record_that_needs_a_parent_waits_for_any_of_those_it_points_to() -> None:
    act = plan_visit(Subject="Fair", Host="71", Guest="1", Follows="7")
    assert act == action.Wait(
        Ref(Side.LEFT, VISIT, "9"), (Ref(Side.LEFT, COMPANY, "71"), Ref(Side.LEFT, CONTACT, "1")), NO_PARENT
    )


def test_a_lookup_to_its_own_kind_is_no_parent() -> None:
    assert plan_visit(Subject="Fair", Follows="8") == action.Skip(Ref(Side.LEFT, VISIT, "9"), BELONGS_TO_NONE, NONE)


def test_what_belongs_to_nothing_is_skipped_and_does_not_wait() -> None:
    assert plan_visit(Subject="Fair") == action.Skip(Ref(Side.LEFT, VISIT, "9"), BELONGS_TO_NONE, NONE)


@pytest.mark.parametrize("side", BOTH)
def test_a_record_that_needs_no_parent_does_not_wait_for_one(side: Side) -> None:
    unlinked = "71" if side is Side.LEFT else "171"
    assert isinstance(plan({"Last_Name": "Lind", "Account_Name": unlinked}, side=side), action.Create)
