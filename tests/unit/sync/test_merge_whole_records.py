"""Merging record by record: as soon as both sides were edited, the whole record is contested."""

from dataclasses import replace

import pytest

from bigin_sync.model.action import Verdict
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Values
from bigin_sync.pairing.catalog import Direction
from bigin_sync.sync.merge import Both, Merged, merge
from tests.unit.sync.copies import carrier, sides

SEEN: Values = {"Last_Name": "Lind", "Title": "Buyer", "Phone": None, "Mobile": "555 0199", "Shirt_Size": "M"}
CARRIER = carrier()
CLASH = sides(SEEN, left={"Title": "Clerk", "Phone": "555 0100"}, right={"Title": "Head buyer", "Mobile": None})
APART = sides(SEEN, left={"Phone": "555 0100"}, right={"Mobile": None})


def whole(both: Both, strategy: Strategy = Strategy.LATEST, *, tie: Side = Side.RIGHT) -> Merged:
    return merge(both, policy=Policy(strategy, Granularity.RECORD, tie), carrier=CARRIER)


@pytest.mark.parametrize(
    ("strategy", "winner"), [(Strategy.LATEST, Side.RIGHT), (Strategy.LEFT, Side.LEFT), (Strategy.RIGHT, Side.RIGHT)]
)
def test_the_winner_takes_every_field_that_was_edited_on_either_side(strategy: Strategy, winner: Side) -> None:
    found = whole(CLASH, strategy)
    assert found.write(winner).empty
    assert found.write(winner.other).values == {
        name: CLASH.of(winner).now[name] for name in ("Mobile", "Phone", "Title")
    }
    assert {one.field for one in found.contested} == {"Mobile", "Phone", "Title"}
    assert {one.winner for one in found.contested} == {winner}


@pytest.mark.parametrize("winner", BOTH)
def test_edits_of_different_fields_on_both_sides_contest_the_record_too(winner: Side) -> None:
    found = whole(APART, Strategy.LEFT if winner is Side.LEFT else Strategy.RIGHT)
    assert found.write(winner).empty
    assert found.write(winner.other).values == {name: APART.of(winner).now[name] for name in ("Mobile", "Phone")}


def test_records_edited_in_the_same_second_go_to_the_preferred_side_as_a_whole() -> None:
    both = sides(SEEN, left={"Phone": "555 0100"}, right={"Mobile": None}, left_at=20, right_at=20)
    assert whole(both, tie=Side.LEFT).to_right.values == {"Phone": "555 0100", "Mobile": "555 0199"}
    assert whole(both, tie=Side.RIGHT).to_left.values == {"Phone": None, "Mobile": None}


def test_under_skip_the_whole_record_stays_as_it_is_on_both_sides() -> None:
    found = whole(CLASH, Strategy.SKIP)
    assert not found.writes
    assert found.agreed == {"Title", "Phone", "Mobile"}


def test_under_ask_the_whole_record_is_held() -> None:
    found = whole(CLASH, Strategy.ASK)
    assert not found.writes
    assert found.held == {"Title", "Phone", "Mobile"}


def test_a_record_that_only_one_side_edited_is_not_contested() -> None:
    found = whole(sides(SEEN, left={"Title": "Clerk", "Phone": None}), Strategy.RIGHT)
    assert found.to_right.values == {"Title": "Clerk"}
    assert not found.contested


def test_a_record_on_which_both_sides_agree_is_not_contested() -> None:
    found = whole(sides(SEEN, left={"Title": "Clerk", "Phone": "555 0100"}, right={"Title": "Clerk"}), Strategy.RIGHT)
    assert found.to_right.values == {"Phone": "555 0100"}
    assert found.agreed == {"Title"}
    assert not found.contested


def test_an_edit_that_may_not_cross_makes_no_conflict_of_another_sides_edit() -> None:
    one_way = carrier(Mobile={"direction": Direction.TO_RIGHT})
    policy = Policy(Strategy.LEFT, granularity=Granularity.RECORD)
    found = merge(APART, policy=policy, carrier=one_way)
    assert found.to_right.values == {"Phone": "555 0100"}
    assert found.to_left.empty
    assert found.agreed == {"Mobile"}


def test_an_edit_the_other_side_has_no_value_for_makes_no_conflict_and_says_why_it_stayed() -> None:
    found = whole(sides(SEEN, left={"Shirt_Size": "S"}, right={"Title": "Head buyer"}), Strategy.LEFT)
    assert found.to_left.values == {"Title": "Head buyer"}
    assert found.to_right.left_out == {"Shirt_Size": "Zoho CRM has no value 'S' in Shirt_Size"}
    assert not found.contested


def test_what_stays_out_of_a_contested_record_still_says_why() -> None:
    both = sides(SEEN, left={"Shirt_Size": "S", "Title": "Clerk"}, right={"Title": "Head buyer"})
    found = whole(both, Strategy.LEFT)
    assert found.to_right.values == {"Title": "Clerk"}
    assert found.to_right.left_out == {"Shirt_Size": "Zoho CRM has no value 'S' in Shirt_Size"}
    assert found.kept.keys() == {"Shirt_Size"}


def test_a_field_that_meets_for_the_first_time_is_filled_even_from_the_loser() -> None:
    found = whole(
        Both(
            sides(SEEN, left={"Title": "Clerk", "Description": "Prefers letters"}).left,
            sides(SEEN, right={"Title": "Head buyer", "Description": None}).right,
            CLASH.left_at,
            CLASH.right_at,
        ),
        Strategy.RIGHT,
    )
    assert found.to_right.values == {"Description": "Prefers letters"}
    assert found.to_left.values == {"Title": "Head buyer"}


def test_a_field_that_meets_for_the_first_time_makes_no_conflict_of_another_fields_edit() -> None:
    both = sides(SEEN, right={"Title": "Head buyer"})
    left = replace(both.left, now={**both.left.now, "Description": "Prefers letters"})
    right = replace(both.right, now={**both.right.now, "Description": "Prefers calls"})
    found = whole(replace(both, left=left, right=right), Strategy.LEFT)
    assert found.to_left.values == {"Title": "Head buyer"}
    assert found.to_right.values == {"Description": "Prefers letters"}
    assert [one.field for one in found.contested] == ["Description"]


def test_a_person_may_decide_a_held_record_field_by_field() -> None:
    policy = Policy(Strategy.ASK, granularity=Granularity.RECORD)
    decided = {"Title": Verdict(Side.LEFT, "Clerk", "Head buyer"), "Phone": Verdict(Side.LEFT, "555 0100", None)}
    found = merge(CLASH, policy=policy, carrier=CARRIER, resolved=decided)
    assert found.to_right.values == {"Title": "Clerk", "Phone": "555 0100"}
    assert found.held == {"Mobile"}


def test_a_masters_value_stands_whoever_wins_the_record() -> None:
    both = sides(SEEN, left={"Phone": "555 0100"}, right={"Mobile": None, "Title": "Head buyer"})
    found = merge(
        both,
        policy=Policy(Strategy.RIGHT, granularity=Granularity.RECORD),
        carrier=carrier(Title={"master": Side.LEFT}),
    )
    assert found.to_right.values == {"Title": "Buyer"}
    assert found.to_left.values == {"Mobile": None, "Phone": None}
