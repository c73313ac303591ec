"""A field that a side leaves out of its answer is not blank: nothing is concluded from it."""

from dataclasses import replace

import pytest

from bigin_sync.model.policy import Policy, Strategy
from bigin_sync.model.side import BOTH, Side
from bigin_sync.sync.merge import Both, merge
from bigin_sync.sync.observe import observe
from bigin_sync.sync.plan import plan_link
from bigin_sync.sync.settled import settled
from tests.unit.sync.copies import carrier, link_of, record, sides

SEEN = {"Last_Name": "Ruiz", "Title": "Buyer", "Phone": "1"}


def untold(both: Both, name: str, *, on: Side) -> Both:
    """The same, but a side told nothing of a field."""
    change = both.of(on)
    now = {each: value for each, value in change.now.items() if each != name}
    change = replace(change, now=now, fields=change.fields - {name}, read=True)
    return replace(both, left=change) if on is Side.LEFT else replace(both, right=change)


@pytest.mark.parametrize("side", BOTH)
def test_a_field_that_is_not_told_is_not_emptied_on_the_other_side(side: Side) -> None:
    merged = merge(untold(sides(SEEN), "Title", on=side), policy=Policy(), carrier=carrier())
    assert (merged.writes, merged.open) == (False, frozenset())


@pytest.mark.parametrize("side", BOTH)
def test_an_edit_is_not_written_into_a_field_that_is_not_told_and_others_cross(side: Side) -> None:
    edits = {"Title": "Head", "Phone": "2"}
    both = sides(SEEN, left=edits) if side is Side.RIGHT else sides(SEEN, right=edits)
    merged = merge(untold(both, "Title", on=side), policy=Policy(), carrier=carrier())
    assert merged.write(side).values == {"Phone": "2"}


@pytest.mark.parametrize("side", BOTH)
def test_a_field_met_for_the_first_time_is_not_filled_where_it_is_not_told(side: Side) -> None:
    left, right = (
        record(each, {"Last_Name": "Ruiz"} | ({} if each is side else {"Title": "Buyer"}), id=id)
        for each, id in zip(BOTH, ("1", "101"), strict=True)
    )
    act = plan_link(left, right, matched_by="name", policy=Policy(), carrier=carrier())
    assert (act.to_left.values, act.to_right.values) == ({}, {})


def test_what_was_seen_of_a_field_that_is_not_told_is_kept_for_when_it_is_told_again() -> None:
    both = untold(sides(SEEN, left={"Phone": "2"}), "Title", on=Side.RIGHT)
    merged = merge(both, policy=Policy(), carrier=carrier())
    after = settled(link_of(both), both, merged, stored={})
    assert after.link.right.seen["Title"] == "Buyer"


def test_a_record_that_tells_less_than_was_seen_has_not_been_edited() -> None:
    link = link_of(sides(SEEN))
    told = {name: value for name, value in SEEN.items() if name != "Title"}
    change = observe(link.left, record(Side.LEFT, told), own_user=None)
    assert change.fields == frozenset()
    assert not change.told("Title")


@pytest.mark.parametrize(
    ("met", "winner"), [(True, Side.LEFT), (False, Side.RIGHT)], ids=["met for the first time", "known before"]
)
def test_a_strategy_for_one_run_leaves_first_meetings_to_the_standing_one(met: bool, winner: Side) -> None:
    both = sides(
        {"Last_Name": "Ruiz"} if met else SEEN,
        left={"Title": "Head"},
        right={"Title": "Chief"},
    )
    policy = Policy(strategy=Strategy.RIGHT, meeting=Strategy.LEFT)
    merged = merge(both, policy=policy, carrier=carrier())
    assert [each.winner for each in merged.contested] == [winner]
