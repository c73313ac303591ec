"""What a pairing says about itself, and what the pairing of Bigin and Zoho CRM promises."""

from dataclasses import replace

import pytest

from bigin_sync.errors import Bug, UnknownModule
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, COMPANY, COMPANY_SPEC, CONTACT, CONTACT_SPEC
from bigin_sync.pairing.catalog import Direction, FieldPair, FieldType


def test_parents_come_before_the_kinds_that_point_to_them() -> None:
    order = BIGIN_CRM.parents_first()
    assert all(order.index(to) < order.index(spec.kind) for spec in BIGIN_CRM.kinds for to in spec.parents)
    turned = replace(BIGIN_CRM, kinds=(CONTACT_SPEC, COMPANY_SPEC))
    assert turned.parents_first() == (COMPANY, CONTACT)


def test_a_lookup_to_its_own_kind_makes_no_parent() -> None:
    assert COMPANY_SPEC.parents == frozenset()
    assert CONTACT_SPEC.parents == {COMPANY}


def test_the_kinds_of_a_module_come_parents_first() -> None:
    assert [spec.kind for spec in BIGIN_CRM.kinds_of("Contacts")] == [COMPANY, CONTACT]


def test_a_side_is_found_by_its_label_in_any_case() -> None:
    assert BIGIN_CRM.side_of("CRM") is Side.RIGHT
    assert BIGIN_CRM.side_of("bigin") is Side.LEFT
    assert BIGIN_CRM.side_of("erp") is None


def test_an_unknown_module_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(UnknownModule, match="contacts"):
        BIGIN_CRM.module("pipes")


def test_an_unknown_kind_is_a_bug() -> None:
    with pytest.raises(Bug):
        BIGIN_CRM.kind("spaceship")


@pytest.mark.parametrize(
    "name",
    [
        "Remind_At",
        "Reminder",
        "Remind_Participants",
        "Recurring_Activity",
        "Send_Notification_Email",
        "$send_notification",
        "send_notification",
        "event_reminder",
    ],
)
def test_what_rings_or_mails_is_forbidden(name: str) -> None:
    assert BIGIN_CRM.forbids(name)


def test_ordinary_fields_are_not_forbidden() -> None:
    assert not any(BIGIN_CRM.forbids(pair.left) for spec in BIGIN_CRM.kinds for pair in spec.fields)


def test_no_kind_names_a_field_twice_unless_orgs_differ_in_how_they_say_the_same() -> None:
    for spec in BIGIN_CRM.kinds:
        by_name: dict[str, list[FieldPair]] = {}
        for pair in spec.fields:
            by_name.setdefault(pair.name, []).append(pair)
        for pairs in by_name.values():
            assert len(pairs) == 1 or len({pair.to for pair in pairs}) == 1
            assert len({(pair.left, pair.right) for pair in pairs}) == len(pairs)


def test_every_match_rule_and_label_uses_fields_of_its_kind() -> None:
    for spec in BIGIN_CRM.kinds:
        parts = [name for rule in spec.match for part in rule.parts for name in part.fields]
        assert all(spec.field(name) for name in [*parts, *spec.label_fields])


def test_a_lookup_names_the_kind_it_points_to_and_nothing_else_does() -> None:
    with pytest.raises(Bug):
        FieldPair(name="x", left="x", right="x", type=FieldType.LOOKUP)
    with pytest.raises(Bug):
        FieldPair(name="x", left="x", right="x", type=FieldType.TEXT, to=Kind("company"))


@pytest.mark.parametrize(
    ("direction", "left", "right"),
    [
        (Direction.BOTH, True, True),
        (Direction.FILL, True, True),
        (Direction.TO_LEFT, True, False),
        (Direction.TO_RIGHT, False, True),
    ],
)
def test_a_direction_says_which_sides_are_written(direction: Direction, left: bool, right: bool) -> None:
    assert (direction.flows_to(Side.LEFT), direction.flows_to(Side.RIGHT)) == (left, right)
