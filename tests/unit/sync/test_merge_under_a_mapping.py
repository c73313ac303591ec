"""Merging under what a mapping says: one way, filling only, a master, owners, lookups, lossy fields, what is stuck."""

import pytest

from bigin_sync.model.outcome import Cause
from bigin_sync.model.policy import Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Values
from bigin_sync.pairing.bigin_crm import COMPANY
from bigin_sync.pairing.carry import Carrier
from bigin_sync.pairing.catalog import Direction, Unknown
from bigin_sync.pairing.crossings import LeftOut
from bigin_sync.sync.merge import Both, Merged, merge
from bigin_sync.sync.plan import first_meeting
from tests.unit.sync.copies import KNOWN_LINKS, carrier, record, sides

SEEN: Values = {"Last_Name": "Lind", "Title": "Buyer", "Phone": None}
ASK = Policy(Strategy.ASK)


def merged(both: Both, by: Carrier, policy: Policy | None = None) -> Merged:
    return merge(both, policy=policy or Policy(), carrier=by)


def edits(side: Side, **values: str | None) -> Both:
    return sides(SEEN, left=values) if side is Side.LEFT else sides(SEEN, right=values)


TO_RIGHT = carrier(Title={"direction": Direction.TO_RIGHT})
TO_LEFT = carrier(Title={"direction": Direction.TO_LEFT})
FILL = carrier(Title={"direction": Direction.FILL}, Phone={"direction": Direction.FILL})
CLASH = sides(SEEN, left={"Title": "Clerk"}, right={"Title": "Head buyer"})


@pytest.mark.parametrize(("by", "target"), [(TO_RIGHT, Side.RIGHT), (TO_LEFT, Side.LEFT)])
def test_a_one_way_field_goes_its_way(by: Carrier, target: Side) -> None:
    assert merged(edits(target.other, Title="Clerk"), by).write(target).values == {"Title": "Clerk"}


@pytest.mark.parametrize(("by", "target"), [(TO_RIGHT, Side.RIGHT), (TO_LEFT, Side.LEFT)])
def test_an_edit_against_the_way_stays_where_it_was_made(by: Carrier, target: Side) -> None:
    found = merged(edits(target, Title="Clerk"), by)
    assert not found.writes
    assert found.agreed == {"Title"}


@pytest.mark.parametrize("strategy", Strategy)
@pytest.mark.parametrize(("by", "target"), [(TO_RIGHT, Side.RIGHT), (TO_LEFT, Side.LEFT)])
def test_a_contested_one_way_field_comes_from_its_side_whatever_the_strategy(
    by: Carrier, target: Side, strategy: Strategy
) -> None:
    found = merged(CLASH, by, Policy(strategy))
    assert found.write(target).values == {"Title": CLASH.of(target.other).now["Title"]}
    assert found.write(target.other).empty
    assert not found.held


@pytest.mark.parametrize("side", BOTH)
def test_a_filling_field_goes_into_a_blank_one(side: Side) -> None:
    assert merged(edits(side, Phone="555 0100"), FILL).write(side.other).values == {"Phone": "555 0100"}


@pytest.mark.parametrize("value", ["Clerk", None])
@pytest.mark.parametrize("side", BOTH)
def test_a_filling_field_overwrites_and_empties_nothing(side: Side, value: str | None) -> None:
    found = merged(edits(side, Title=value), FILL)
    assert not found.writes
    assert found.agreed == {"Title"}


@pytest.mark.parametrize("strategy", Strategy)
def test_a_filling_field_that_is_filled_on_both_sides_is_nobodys_conflict(strategy: Strategy) -> None:
    found = merged(CLASH, FILL, Policy(strategy))
    assert not found.writes
    assert not found.contested
    assert not found.held
    assert found.agreed == {"Title"}


@pytest.mark.parametrize("strategy", Strategy)
@pytest.mark.parametrize("master", BOTH)
def test_a_masters_value_wins_a_contested_field_whatever_the_strategy(master: Side, strategy: Strategy) -> None:
    found = merged(CLASH, carrier(Title={"master": master}), Policy(strategy))
    assert found.write(master.other).values == {"Title": CLASH.of(master).now["Title"]}
    assert found.write(master).empty


@pytest.mark.parametrize("master", BOTH)
def test_a_masters_edit_crosses(master: Side) -> None:
    found = merged(edits(master, Title="Clerk"), carrier(Title={"master": master}))
    assert found.write(master.other).values == {"Title": "Clerk"}


@pytest.mark.parametrize("master", BOTH)
def test_an_edit_on_the_other_side_is_undone_by_the_masters_value(master: Side) -> None:
    found = merged(edits(master.other, Title="Clerk"), carrier(Title={"master": master}))
    assert found.write(master).empty
    assert found.write(master.other).values == {"Title": "Buyer"}
    assert found.write(master.other).before == {"Title": "Clerk"}


@pytest.mark.parametrize("master", BOTH)
def test_a_master_that_was_blank_all_along_empties_nothing(master: Side) -> None:
    found = merged(edits(master.other, Phone="555 0100"), carrier(Phone={"master": master}))
    assert not found.writes
    assert found.agreed == {"Phone"}


def test_a_master_that_was_emptied_empties_the_other_side() -> None:
    found = merged(edits(Side.LEFT, Title=None), carrier(Title={"master": Side.LEFT}))
    assert found.to_right.values == {"Title": None}


def test_an_owner_becomes_the_same_person_on_the_other_side() -> None:
    owners = {"Owner": "2"}, {"Owner": "13"}
    found = merged(sides(owners[0], right_seen=owners[1], left={"Owner": "1"}), carrier())
    assert found.to_right.values == {"Owner": "11"}


def test_an_owner_without_counterpart_is_left_out_and_never_becomes_the_fallback() -> None:
    both = sides(
        {"Owner": "1", "Title": None}, right_seen={"Owner": "11", "Title": None}, left={"Owner": "2", "Title": "Clerk"}
    )
    found = merged(both, carrier())
    assert found.to_right.values == {"Title": "Clerk"}
    assert found.to_right.left_out == {"Owner": "the owner has no active counterpart in Zoho CRM"}
    assert found.kept.keys() == {"Owner"}
    assert "Owner" not in found.agreed


def test_owners_of_whom_neither_has_a_counterpart_are_nobodys_conflict() -> None:
    both = sides({"Owner": "1"}, right_seen={"Owner": "11"}, left={"Owner": "2"}, right={"Owner": "13"})
    found = merged(both, carrier(), ASK)
    assert not found.writes
    assert not found.held
    assert not found.contested
    assert found.kept.keys() == {"Owner"}


def test_owners_who_are_the_same_person_agree() -> None:
    both = sides({"Owner": "2"}, right_seen={"Owner": "13"}, left={"Owner": "1"}, right={"Owner": "11"})
    assert merged(both, carrier()).agreed == {"Owner"}


LINKED: Values = {"Account_Name": "80"}
LINKED_THERE: Values = {"Account_Name": "180"}


def test_a_lookup_crosses_as_the_linked_record() -> None:
    both = sides(LINKED, right_seen=LINKED_THERE, left={"Account_Name": "70"})
    assert merged(both, carrier()).to_right.values == {"Account_Name": "170"}


def test_a_lookup_to_a_record_without_a_link_waits_for_it() -> None:
    both = sides(LINKED, right_seen=LINKED_THERE, right={"Account_Name": "171"})
    found = merged(both, carrier())
    awaited = Ref(Side.RIGHT, COMPANY, "171")
    assert found.to_left.pointers == {"Account_Name": awaited}
    assert found.to_left.values == {}
    assert found.waiting == {"Account_Name": (awaited,)}
    assert "Account_Name" not in found.agreed


def test_lookups_to_the_same_thing_agree() -> None:
    both = sides(LINKED, right_seen=LINKED_THERE, left={"Account_Name": "70"}, right={"Account_Name": "170"})
    found = merged(both, carrier())
    assert not found.writes
    assert found.agreed == {"Account_Name"}


@pytest.mark.parametrize("strategy", Strategy)
def test_lookups_to_two_records_without_a_link_wait_until_it_is_known_whether_they_are_the_same(
    strategy: Strategy,
) -> None:
    both = sides(LINKED, right_seen=LINKED_THERE, left={"Account_Name": "71"}, right={"Account_Name": "171"})
    found = merged(both, carrier(), Policy(strategy))
    assert found.waiting == {"Account_Name": (Ref(Side.LEFT, COMPANY, "71"), Ref(Side.RIGHT, COMPANY, "171"))}
    assert not found.contested
    assert not found.held
    assert not found.writes
    linked = merged(both, carrier([*KNOWN_LINKS, (COMPANY, "71", "171")]), Policy(strategy))
    assert linked.agreed == {"Account_Name"}


def test_lookups_of_which_one_is_linked_to_something_else_are_contested() -> None:
    both = sides(LINKED, right_seen=LINKED_THERE, left={"Account_Name": "70"}, right={"Account_Name": "171"})
    found = merged(both, carrier(), ASK)
    assert found.held == {"Account_Name"}


def test_emptying_a_lookup_empties_it_on_the_other_side() -> None:
    both = sides(LINKED, right_seen=LINKED_THERE, left={"Account_Name": None})
    assert merged(both, carrier()).to_right.values == {"Account_Name": None}


def test_a_value_the_other_side_cannot_hold_is_left_out_and_the_rest_is_written() -> None:
    both = sides({**SEEN, "Shirt_Size": "M"}, left={"Shirt_Size": "S", "Title": "Clerk"})
    found = merged(both, carrier())
    assert found.to_right.values == {"Title": "Clerk"}
    assert found.to_right.left_out == {"Shirt_Size": "Zoho CRM has no value 'S' in Shirt_Size"}
    assert found.kept.keys() == {"Shirt_Size"}
    assert not found.stuck


def test_a_value_that_is_left_out_at_a_first_meeting_is_settled_with_it() -> None:
    both = first_meeting(record(Side.LEFT, {"Shirt_Size": "S"}), record(Side.RIGHT, {"Shirt_Size": None}))
    found = merged(both, carrier())
    assert not found.kept
    assert found.agreed == {"Shirt_Size"}


def test_what_was_left_out_for_good_is_no_edit_that_waits() -> None:
    found = merged(sides(SEEN, left={"Last_Name": None}), carrier())
    assert found.to_right.left_out == {"Last_Name": "Zoho CRM needs Last_Name, which is blank"}
    assert not found.kept


def test_a_value_that_a_person_wants_to_settle_is_stuck_and_the_other_fields_wait_with_it() -> None:
    both = sides({**SEEN, "Shirt_Size": "M"}, left={"Shirt_Size": "S", "Title": "Clerk"})
    found = merged(both, carrier(Shirt_Size={"unknown": Unknown.PROBLEM}))
    assert found.to_right.values == {}
    assert found.detained == {"Title"}
    assert {"Title", "Shirt_Size"} <= found.open
    assert found.stuck == {"Shirt_Size": LeftOut("Zoho CRM has no value 'S' in Shirt_Size", Cause.UNMAPPED)}
    assert "Shirt_Size" not in found.agreed


def test_what_goes_the_other_way_does_not_wait_with_a_stuck_field() -> None:
    both = sides({**SEEN, "Shirt_Size": "M"}, left={"Shirt_Size": "S"}, right={"Title": "Clerk"})
    found = merged(both, carrier(Shirt_Size={"unknown": Unknown.PROBLEM}))
    assert found.to_left.values == {"Title": "Clerk"}
    assert not found.detained


def test_a_mandatory_field_that_was_emptied_keeps_its_value_on_the_other_side() -> None:
    found = merged(edits(Side.LEFT, Last_Name=None), carrier())
    assert not found.writes
    assert found.to_right.left_out == {"Last_Name": "Zoho CRM needs Last_Name, which is blank"}
    assert found.agreed == {"Last_Name"}


LONG = "Head of purchasing and of sales"


def test_a_text_is_cut_to_what_the_other_side_holds() -> None:
    assert merged(edits(Side.LEFT, Title=LONG), carrier()).to_right.values == {"Title": LONG[:20].rstrip()}


def test_a_text_that_was_cut_is_no_edit_of_the_side_that_holds_less() -> None:
    both = sides(
        {"Title": LONG, "Phone": None},
        right_seen={"Title": LONG[:20].rstrip(), "Phone": None},
        right={"Phone": "555 0100"},
    )
    found = merged(both, carrier())
    assert found.to_left.values == {"Phone": "555 0100"}
    assert found.to_right.empty


def test_an_edit_behind_the_cut_needs_no_write() -> None:
    both = sides({"Title": LONG}, right_seen={"Title": LONG[:20].rstrip()}, left={"Title": f"{LONG} too"})
    found = merged(both, carrier())
    assert not found.writes
    assert found.agreed == {"Title"}


def test_a_value_the_target_rounds_is_no_edit() -> None:
    both = sides({"Score": "2"}, right_seen={"Score": "2"}, right={"Score": "2.4"})
    found = merged(both, carrier())
    assert not found.writes
    assert found.agreed == {"Score"}


def test_a_box_never_ticked_is_the_same_as_one_that_is_not_ticked() -> None:
    both = sides({"Email_Opt_Out": True}, left={"Email_Opt_Out": None}, right={"Email_Opt_Out": False})
    assert merged(both, carrier()).agreed == {"Email_Opt_Out"}
