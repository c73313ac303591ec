"""Version vectors obey the laws of a partial order and of a least upper bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.vector import Order, Vector

counters = some.integers(min_value=0, max_value=4)
vectors = some.builds(Vector, counters, counters)
sides = some.sampled_from(BOTH)


def at_most(one: Vector, other: Vector) -> bool:
    return one.compared(other) in (Order.EQUAL, Order.BEFORE)


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        (Vector(1, 2), Vector(1, 2), Order.EQUAL),
        (Vector(1, 2), Vector(1, 3), Order.BEFORE),
        (Vector(2, 2), Vector(1, 2), Order.AFTER),
        (Vector(2, 2), Vector(1, 3), Order.CONCURRENT),
    ],
)
def test_two_vectors_stand_to_each_other_in_one_of_four_ways(one: Vector, other: Vector, order: Order) -> None:
    assert one.compared(other) is order


@given(vectors)
def test_a_vector_is_at_most_itself(one: Vector) -> None:
    assert one.compared(one) is Order.EQUAL


@given(vectors, vectors)
def test_two_vectors_that_are_at_most_each_other_are_equal(one: Vector, other: Vector) -> None:
    assert (at_most(one, other) and at_most(other, one)) == (one == other)


@given(vectors, vectors, vectors)
def test_being_at_most_passes_on(one: Vector, other: Vector, third: Vector) -> None:
    if at_most(one, other) and at_most(other, third):
        assert at_most(one, third)


@given(vectors, vectors)
def test_comparing_the_other_way_round_says_the_opposite(one: Vector, other: Vector) -> None:
    opposite = {Order.BEFORE: Order.AFTER, Order.AFTER: Order.BEFORE}
    there = one.compared(other)
    assert other.compared(one) is opposite.get(there, there)


@given(vectors, vectors)
def test_merging_does_not_depend_on_the_order(one: Vector, other: Vector) -> None:
    assert one.merged(other) == other.merged(one)


@given(vectors, vectors, vectors)
def test_merging_does_not_depend_on_the_grouping(one: Vector, other: Vector, third: Vector) -> None:
    assert one.merged(other).merged(third) == one.merged(other.merged(third))


@given(vectors)
def test_merging_with_itself_changes_nothing(one: Vector) -> None:
    assert one.merged(one) == one


@given(vectors, vectors, vectors)
def test_a_merge_is_the_least_of_all_that_both_are_at_most(one: Vector, other: Vector, third: Vector) -> None:
    merged = one.merged(other)
    assert at_most(one, merged)
    assert at_most(other, merged)
    if at_most(one, third) and at_most(other, third):
        assert at_most(merged, third)


@given(vectors, sides)
def test_an_edit_comes_after_what_it_was_made_on(one: Vector, side: Side) -> None:
    assert one.compared(one.bumped(side)) is Order.BEFORE
    assert one.bumped(side).of(side) == one.of(side) + 1
    assert one.bumped(side).of(side.other) == one.of(side.other)


@given(vectors)
def test_edits_of_both_sides_on_the_same_state_are_concurrent(one: Vector) -> None:
    assert one.bumped(Side.LEFT).compared(one.bumped(Side.RIGHT)) is Order.CONCURRENT
