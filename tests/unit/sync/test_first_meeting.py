"""The first meeting: two records that have never been compared, and single fields that have never been settled."""

import pytest

from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Value, Values
from bigin_sync.pairing.catalog import Direction
from bigin_sync.sync.merge import Both, Merged, merge
from bigin_sync.sync.plan import first_meeting, plan_link
from tests.unit.sync.copies import carrier, change, moment, record

CARRIER = carrier()


def meet(left: Values, right: Values, *, left_at: int = 10, right_at: int = 20) -> Both:
    return first_meeting(record(Side.LEFT, left, at=left_at), record(Side.RIGHT, right, at=right_at))


def merged(both: Both, policy: Policy | None = None) -> Merged:
    return merge(both, policy=policy or Policy(), carrier=CARRIER)


def test_equal_values_are_agreed() -> None:
    found = merged(meet({"Title": "Buyer", "Phone": None}, {"Title": "Buyer", "Phone": None}))
    assert not found.writes
    assert found.agreed == {"Title", "Phone"}


@pytest.mark.parametrize("strategy", Strategy)
@pytest.mark.parametrize("granularity", Granularity)
@pytest.mark.parametrize("blanks", [True, False])
def test_a_blank_is_filled_from_the_other_side_whatever_the_policy(
    strategy: Strategy, granularity: Granularity, blanks: bool
) -> None:
    policy = Policy(strategy, granularity=granularity, blanks=blanks)
    found = merged(meet({"Title": "Buyer", "Phone": None}, {"Title": None, "Phone": "555 0100"}), policy)
    assert found.to_left.values == {"Phone": "555 0100"}
    assert found.to_right.values == {"Title": "Buyer"}
    assert not found.contested


@pytest.mark.parametrize(
    ("strategy", "winner"),
    [(Strategy.LATEST, Side.RIGHT), (Strategy.LEFT, Side.LEFT), (Strategy.RIGHT, Side.RIGHT)],
)
def test_a_field_filled_differently_goes_to_the_strategys_winner(strategy: Strategy, winner: Side) -> None:
    both = meet({"Title": "Buyer"}, {"Title": "Clerk"})
    found = merged(both, Policy(strategy))
    assert found.write(winner.other).values == {"Title": both.of(winner).now["Title"]}
    assert found.write(winner).empty


def test_a_field_filled_differently_stays_under_skip_and_is_held_under_ask() -> None:
    both = meet({"Title": "Buyer"}, {"Title": "Clerk"})
    assert merged(both, Policy(Strategy.SKIP)).agreed == {"Title"}
    assert merged(both, Policy(Strategy.ASK)).held == {"Title"}
    assert not merged(both, Policy(Strategy.SKIP)).writes
    assert not merged(both, Policy(Strategy.ASK)).writes


def test_a_contested_field_takes_no_filled_one_with_it_even_record_by_record() -> None:
    policy = Policy(Strategy.LEFT, granularity=Granularity.RECORD)
    found = merged(meet({"Title": "Buyer", "Phone": None}, {"Title": "Clerk", "Phone": "555 0100"}), policy)
    assert found.to_right.values == {"Title": "Buyer"}
    assert found.to_left.values == {"Phone": "555 0100"}


@pytest.mark.parametrize("side", BOTH)
def test_a_filling_field_is_filled_and_never_overwritten(side: Side) -> None:
    filling = carrier(Title={"direction": Direction.FILL}, Phone={"direction": Direction.FILL})
    values: dict[Side, Values] = {
        side: {"Title": "Buyer", "Phone": "555 0100"},
        side.other: {"Title": "Clerk", "Phone": None},
    }
    found = merge(meet(values[Side.LEFT], values[Side.RIGHT]), policy=Policy(), carrier=filling)
    assert found.write(side.other).values == {"Phone": "555 0100"}
    assert found.write(side).empty


def test_a_blank_master_is_not_filled_and_empties_nothing() -> None:
    by = carrier(Title={"master": Side.LEFT})
    found = merge(meet({"Title": None}, {"Title": "Clerk"}), policy=Policy(), carrier=by)
    assert not found.writes
    assert found.agreed == {"Title"}


@pytest.mark.parametrize(
    ("seen_left", "seen_right"),
    [({}, {}), ({"Title": "Buyer"}, {}), ({}, {"Title": None})],
    ids=["on neither side", "on the left alone", "on the right alone"],
)
def test_a_field_that_was_never_settled_meets_as_if_for_the_first_time(seen_left: Values, seen_right: Values) -> None:
    known: dict[str, Value] = {"Last_Name": "Lind"}
    both = Both(
        change({**known, "Title": "Buyer"}, {**known, **seen_left}),
        change({**known, "Title": None}, {**known, **seen_right}),
        moment(10),
        moment(20),
    )
    found = merged(both, Policy(blanks=True))
    assert found.to_right.values == {"Title": "Buyer"}
    assert found.to_left.empty


def test_a_link_between_two_records_says_how_they_were_known_and_what_is_filled() -> None:
    left = record(Side.LEFT, {"Title": "Buyer", "Phone": None, "Mobile": "1"}, at=20)
    right = record(Side.RIGHT, {"Title": None, "Phone": "555 0100", "Mobile": "2"}, at=10)
    act = plan_link(left, right, matched_by="e-mail", policy=Policy(), carrier=CARRIER)
    assert (act.left, act.right, act.matched_by) == (left.ref, right.ref, "e-mail")
    assert act.to_left.values == {"Phone": "555 0100"}
    assert act.to_right.values == {"Title": "Buyer", "Mobile": "1"}
    assert [(one.field, one.winner) for one in act.contested] == [("Mobile", Side.LEFT)]
    assert act.why == "the same contact on both sides, known by e-mail"
