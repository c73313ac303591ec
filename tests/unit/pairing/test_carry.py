"""Carrying: what a value becomes on the other side, and when two values are the same."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bigin_sync.model.kind import Kind
from bigin_sync.model.outcome import Cause
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Value
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, COMPANY, CONTACT
from bigin_sync.pairing.carry import Carrier
from bigin_sync.pairing.catalog import Direction, FieldPair, Unknown
from bigin_sync.pairing.crossings import Carried, Crossing, LeftOut, Pointer, cut_to
from bigin_sync.pairing.mapping import Mapping, propose
from bigin_sync.pairing.owners import User, pair_users
from tests.unit.pairing.orgs import LEFT_CONTACTS, RIGHT_CONTACTS, SHUT, Row, field, metas

OWNERS = pair_users(
    [User("1", "Ana", "ana@example.org"), User("2", "Ben", "ben@example.org")],
    [User("11", "Ana", "ana@example.org"), User("12", "Cai", "cai@example.org")],
    fallbacks={Side.LEFT: "2", Side.RIGHT: "12"},
)
LINKS = {(COMPANY, Side.LEFT, "70"): "170", (COMPANY, Side.RIGHT, "170"): "70"}
MORE = [field("Flat_Text", length=10, custom_field=True), field("Mail", "email", length=20, custom_field=True)]
MORE_RIGHT = [field("Flat_Text", length=6, custom_field=True), field("Mail", "email", length=12, custom_field=True)]


def linked(kind: Kind, side: Side, record_id: str) -> str | None:
    return LINKS.get((kind, side, record_id))


def carrier(change: Callable[[FieldPair], FieldPair] = lambda pair: pair, more: list[Row] | None = None) -> Carrier:
    left, right = metas([*LEFT_CONTACTS, *MORE]), metas([*RIGHT_CONTACTS, *MORE_RIGHT, *(more or [])])
    mapping = propose(BIGIN_CRM, CONTACT, left=left, right=right).mapping
    changed = Mapping(CONTACT, tuple(change(pair) for pair in mapping.pairs))
    return Carrier(BIGIN_CRM, changed, left=left, right=right, owners=OWNERS, translate=linked)


CARRIER = carrier()


@pytest.mark.parametrize(
    ("name", "value", "from_side", "carried"),
    [
        ("First_Name", "Ada", Side.LEFT, Carried("Ada")),
        ("First_Name", None, Side.LEFT, Carried(None)),
        ("Email_Opt_Out", True, Side.RIGHT, Carried(True)),
        ("Email_Opt_Out", None, Side.RIGHT, Carried(False)),
        ("Flat_Text", "too long", Side.LEFT, Carried("too lo", "cut to 6 characters")),
        ("Flat_Text", "three four", Side.LEFT, Carried("three", "cut to 6 characters")),
        ("Flat_Text", "too lo", Side.RIGHT, Carried("too lo")),
        ("Mail", "ada@a.example", Side.LEFT, LeftOut("longer than the 12 characters the other side holds", kept=True)),
        ("Score", "2.125", Side.LEFT, Carried("2.13", "rounded from 2.125")),
        ("Score", "2.5", Side.RIGHT, Carried("3", "rounded from 2.5")),
        ("Score", "-2.5", Side.RIGHT, Carried("-3", "rounded from -2.5")),
        ("Score", "12", Side.RIGHT, Carried("12")),
        ("Score", "a dozen", Side.RIGHT, Carried("a dozen")),
        ("Shirt_Size", "M", Side.LEFT, Carried("M")),
        ("Shirt_Size", "large", Side.LEFT, Carried("L")),
        ("Shirt_Size", "S", Side.LEFT, LeftOut("Zoho CRM has no value 'S' in Shirt_Size", kept=True)),
        ("Hobbies", ["Chess", "Rowing"], Side.LEFT, Carried(["Chess", "Rowing"])),
        ("Hobbies", ["Tea"], Side.LEFT, LeftOut("Zoho CRM has no value ['Tea'] in Hobbies", kept=True)),
        ("Mailing_Country", "germany", Side.LEFT, Carried("DE")),
        ("Mailing_Country", "DE", Side.LEFT, Carried("DE")),
        ("Mailing_Country", "PE", Side.RIGHT, Carried("Peru")),
        ("Mailing_Country", "Atlantis", Side.RIGHT, Carried("Atlantis")),
        ("Account_Name", "70", Side.LEFT, Carried("170")),
        ("Account_Name", "170", Side.RIGHT, Carried("70")),
        ("Account_Name", "71", Side.LEFT, Pointer(Ref(Side.LEFT, COMPANY, "71"))),
        ("Account_Name", None, Side.LEFT, Carried(None)),
        ("Owner", "1", Side.LEFT, Carried("11")),
        ("Owner", "2", Side.LEFT, LeftOut("the owner has no active counterpart in Zoho CRM", kept=True)),
        ("Owner", None, Side.LEFT, LeftOut("the record has no owner")),
    ],
)
def test_a_value_becomes_what_the_other_side_can_hold(
    name: str, value: Value, from_side: Side, carried: Crossing
) -> None:
    assert CARRIER.carry(name, value, from_side) == carried


def test_an_owner_without_counterpart_becomes_the_fallback_only_where_a_record_is_made() -> None:
    made = CARRIER.carry("Owner", "2", Side.LEFT, creating=True)
    assert isinstance(made, Carried)
    assert (made.value, made.note is None) == ("12", False)
    assert CARRIER.carry("Owner", "1", Side.LEFT, creating=True) == Carried("11")
    assert isinstance(CARRIER.carry("Owner", "2", Side.LEFT), LeftOut)


def test_a_record_without_owner_goes_to_the_fallback_where_it_is_made() -> None:
    assert CARRIER.carry("Owner", None, Side.RIGHT, creating=True) == Carried("2", _note(CARRIER))


def _note(made_by: Carrier) -> str | None:
    crossing = made_by.carry("Owner", "12", Side.RIGHT, creating=True)
    assert isinstance(crossing, Carried)
    return crossing.note


def test_a_blank_mandatory_field_is_a_problem_for_a_new_record_and_left_alone_on_an_old_one() -> None:
    made = CARRIER.carry("Last_Name", None, Side.LEFT, creating=True)
    kept = CARRIER.carry("Last_Name", None, Side.LEFT)
    assert made == LeftOut("Zoho CRM needs Last_Name, which is blank", Cause.MANDATORY)
    assert kept == LeftOut("Zoho CRM needs Last_Name, which is blank")


def test_a_blank_mandatory_field_takes_the_default_where_there_is_one() -> None:
    filled = carrier(lambda pair: replace(pair, default_right="Unknown") if pair.name == "Last_Name" else pair)
    crossing = filled.carry("Last_Name", None, Side.LEFT, creating=True)
    assert isinstance(crossing, Carried)
    assert crossing.value == "Unknown"


def sized(**changes: object) -> Carrier:
    return carrier(lambda pair: replace(pair, **changes) if pair.name == "Shirt_Size" else pair)  # type: ignore[arg-type]  # -- each case names a field of FieldPair


def test_the_value_map_comes_before_equal_values() -> None:
    mapped = sized(value_map=(("S", "M"), ("M", "L")))
    assert mapped.carry("Shirt_Size", "S", Side.LEFT) == Carried("M")
    assert mapped.carry("Shirt_Size", "M", Side.LEFT) == Carried("L")
    assert mapped.carry("Shirt_Size", "M", Side.RIGHT) == Carried("S")


def test_an_unknown_choice_takes_the_default_if_the_pair_says_so() -> None:
    crossing = sized(unknown=Unknown.DEFAULT, default_right="L").carry("Shirt_Size", "S", Side.LEFT)
    assert isinstance(crossing, Carried)
    assert crossing.value == "L"
    assert "'S'" in (crossing.note or "")


def test_an_unknown_choice_stops_the_record_if_the_pair_says_so() -> None:
    crossing = sized(unknown=Unknown.PROBLEM).carry("Shirt_Size", "S", Side.LEFT)
    assert isinstance(crossing, LeftOut)
    assert crossing.cause is Cause.UNMAPPED


def test_nothing_crosses_against_the_direction_of_a_pair() -> None:
    one_way = sized(direction=Direction.TO_LEFT)
    assert isinstance(one_way.carry("Shirt_Size", "M", Side.LEFT), LeftOut)
    assert one_way.carry("Shirt_Size", "M", Side.RIGHT) == Carried("M")
    assert one_way.same("Shirt_Size", "M", "M")


def test_a_field_with_a_master_is_written_on_the_other_side_only() -> None:
    mastered = sized(master=Side.RIGHT)
    assert mastered.standing("Shirt_Size") is Side.RIGHT
    assert mastered.may_write("Shirt_Size", Side.LEFT, present="M")
    assert not mastered.may_write("Shirt_Size", Side.RIGHT, present=None)


def test_the_side_a_one_way_field_comes_from_stands() -> None:
    assert sized(direction=Direction.TO_RIGHT).standing("Shirt_Size") is Side.LEFT
    assert CARRIER.standing("Shirt_Size") is None


def test_a_field_that_only_fills_is_written_where_it_is_blank() -> None:
    filling = sized(direction=Direction.FILL)
    assert filling.may_write("Shirt_Size", Side.LEFT, present=None)
    assert not filling.may_write("Shirt_Size", Side.LEFT, present="M")
    assert CARRIER.may_write("Shirt_Size", Side.LEFT, present="M")


def test_a_carrier_knows_the_fields_of_its_mapping() -> None:
    assert (CARRIER.knows("Title"), CARRIER.knows("Remind_At")) == (True, False)


def test_a_field_that_is_gone_is_left_out_instead_of_failing() -> None:
    full = propose(BIGIN_CRM, CONTACT, left=metas(LEFT_CONTACTS), right=metas(RIGHT_CONTACTS)).mapping
    fewer = {name: meta for name, meta in metas(RIGHT_CONTACTS).items() if name != "Title"}
    poor = Carrier(BIGIN_CRM, full, left=metas(LEFT_CONTACTS), right=fewer, owners=OWNERS, translate=linked)
    assert poor.carry("Title", "Chief", Side.LEFT) == LeftOut("Zoho CRM no longer has the field Title")


def test_a_field_that_can_only_be_set_once_is_left_out_of_later_writes() -> None:
    once = field("Only_Here", custom_field=True, operation_type={"api_create": True, "api_update": False})
    made = carrier(more=[once])
    assert made.carry("Only_Here", "x", Side.LEFT, creating=True) == Carried("x")
    assert made.carry("Only_Here", "x", Side.LEFT) == LeftOut("Zoho CRM does not let Only_Here be changed")


def test_a_field_the_product_keeps_to_itself_is_never_written() -> None:
    shut = carrier(more=[field("Only_Here", custom_field=True, view_type=SHUT)])
    assert isinstance(shut.carry("Only_Here", "x", Side.LEFT, creating=True), LeftOut)


@pytest.mark.parametrize(
    ("name", "left", "right", "same"),
    [
        ("First_Name", "Ada", "Ada", True),
        ("First_Name", "Ada", "ada", False),
        ("First_Name", None, None, True),
        ("First_Name", "Ada", None, False),
        ("Email", "Ada@Example.org", "ada@example.ORG", True),
        ("Email", "ada@example.org", None, False),
        ("Phone", "030 901820", "030901820", False),
        ("Email_Opt_Out", None, False, True),
        ("Email_Opt_Out", True, None, False),
        ("Flat_Text", "too long", "too lo", True),
        ("Flat_Text", "too lo", "too long", False),
        ("Score", "3", "2.5", True),
        ("Score", "2", "2.5", False),
        ("Mailing_Country", "GERMANY", "DE", True),
        ("Mailing_Country", "Peru", "DE", False),
        ("Shirt_Size", "S", "S", True),
        ("Hobbies", ["Chess"], ["Chess"], True),
        ("Account_Name", "70", "170", True),
        ("Account_Name", "71", "171", False),
        ("Account_Name", "71", "71", False),
        ("Account_Name", "71", None, False),
        ("Account_Name", None, None, True),
        ("Owner", "1", "11", True),
        ("Owner", "2", "12", False),
        ("Owner", "2", None, False),
    ],
)
def test_values_are_the_same_when_one_is_what_the_other_becomes(
    name: str, left: Value, right: Value, same: bool
) -> None:
    assert CARRIER.same(name, left, right) is same


NAMES = some.sampled_from(["First_Name", "Flat_Text", "Description", "Mailing_Country", "Shirt_Size", "Phone"])


@given(name=NAMES, value=some.none() | some.text(min_size=1), side=some.sampled_from(BOTH))
def test_what_has_crossed_is_the_same_as_what_it_came_from(name: str, value: Value, side: Side) -> None:
    crossing = CARRIER.carry(name, value, side)
    if isinstance(crossing, Carried):
        values = (value, crossing.value) if side is Side.LEFT else (crossing.value, value)
        assert CARRIER.same(name, *values) or not crossing.value


@given(name=NAMES, value=some.text(min_size=1))
def test_carrying_back_and_forth_settles_at_once(name: str, value: str) -> None:
    there = CARRIER.carry(name, value, Side.LEFT)
    if not isinstance(there, Carried):
        return
    back = CARRIER.carry(name, there.value, Side.RIGHT)
    if isinstance(back, Carried) and back.value is not None:
        again = CARRIER.carry(name, back.value, Side.LEFT)
        assert isinstance(again, Carried)
        assert again.value == there.value


@given(text=some.text(), limit=some.integers(0, 30))
def test_a_cut_text_is_a_beginning_that_fits_as_the_products_count(text: str, limit: int) -> None:
    cut = cut_to(text, limit)
    assert text.startswith(cut)
    assert len(cut.encode("utf-16-le")) <= limit * 2


def test_an_emoji_counts_as_two_and_is_never_halved() -> None:
    assert cut_to("ab🎈", 4) == "ab🎈"
    assert cut_to("abc🎈", 4) == "abc"
