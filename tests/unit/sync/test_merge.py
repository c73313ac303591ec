"""Merging field by field: who wins what was changed on both sides, and what goes through untouched."""

from dataclasses import replace

import pytest

from bigin_sync.model.action import Contested, Verdict
from bigin_sync.model.policy import Granularity, Policy, Strategy
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Values
from bigin_sync.sync.merge import Both, Merged, merge
from tests.unit.sync.copies import carrier, sides

SEEN: Values = {
    "Last_Name": "Lind",
    "Title": "Buyer",
    "Phone": None,
    "Mobile": "555 0199",
    "Email": "ida@larch.example",
}
CARRIER = carrier()

CLASH = sides(
    SEEN,
    left={"Title": "Clerk", "Phone": "555 0100"},
    right={"Title": "Head buyer", "Mobile": None},
)
"""The title is contested, the right is later; each side holds an edit of its own besides."""


def merged(both: Both, policy: Policy | None = None) -> Merged:
    return merge(both, policy=policy or Policy(), carrier=CARRIER)


def written(found: Merged) -> dict[Side, Values]:
    return {side: found.write(side).values for side in BOTH}


def test_nothing_that_is_unchanged_is_touched() -> None:
    found = merged(sides(SEEN))
    assert not found.writes
    assert not found.agreed
    assert not found.open


def test_only_changed_fields_are_sent() -> None:
    found = merged(sides(SEEN, left={"Phone": "555 0100"}))
    assert written(found) == {Side.LEFT: {}, Side.RIGHT: {"Phone": "555 0100"}}


def test_the_overwritten_value_is_kept_beside_the_new_one() -> None:
    assert merged(sides(SEEN, left={"Title": "Clerk"})).to_right.before == {"Title": "Buyer"}


def test_the_same_edit_on_both_sides_is_agreed_and_not_written() -> None:
    found = merged(sides(SEEN, left={"Title": "Clerk"}, right={"Title": "Clerk"}))
    assert not found.writes
    assert found.agreed == {"Title"}
    assert not found.contested


def test_addresses_that_differ_in_case_alone_are_the_same() -> None:
    found = merged(sides(SEEN, left={"Email": "Ida@Larch.example"}))
    assert not found.writes
    assert found.agreed == {"Email"}


@pytest.mark.parametrize(
    ("strategy", "left_at", "right_at", "winner"),
    [
        (Strategy.LATEST, 10, 20, Side.RIGHT),
        (Strategy.LATEST, 20, 10, Side.LEFT),
        (Strategy.LEFT, 10, 20, Side.LEFT),
        (Strategy.RIGHT, 20, 10, Side.RIGHT),
    ],
)
def test_a_contested_field_goes_to_the_winner_and_other_edits_cross_both_ways(
    strategy: Strategy, left_at: int, right_at: int, winner: Side
) -> None:
    found = merged(
        sides(
            SEEN,
            left={"Title": "Clerk", "Phone": "555 0100"},
            right={"Title": "Head buyer", "Mobile": None},
            left_at=left_at,
            right_at=right_at,
        ),
        Policy(strategy),
    )
    title = {"Title": "Clerk" if winner is Side.LEFT else "Head buyer"}
    assert written(found)[winner] == ({"Mobile": None} if winner is Side.LEFT else {"Phone": "555 0100"})
    others = {"Phone": "555 0100"} if winner is Side.LEFT else {"Mobile": None}
    assert written(found)[winner.other] == title | others
    assert [(one.field, one.winner) for one in found.contested] == [("Title", winner)]


def test_the_later_edit_wins_unless_something_else_is_asked_for() -> None:
    assert Policy() == Policy(strategy=Strategy.LATEST, granularity=Granularity.FIELDS, tie=Side.RIGHT, blanks=True)


@pytest.mark.parametrize("preferred", BOTH)
def test_edits_in_the_same_second_go_to_the_preferred_side_and_the_rule_says_so(preferred: Side) -> None:
    both = sides(SEEN, left={"Title": "Clerk"}, right={"Title": "Head buyer"}, left_at=20, right_at=20)
    found = merged(both, Policy(tie=preferred))
    (contested,) = found.contested
    assert contested.winner is preferred
    assert "same second" in contested.rule
    assert found.write(preferred.other).values == {"Title": "Clerk" if preferred is Side.LEFT else "Head buyer"}


def test_under_skip_both_versions_stay_and_count_as_agreed_to_differ() -> None:
    found = merged(CLASH, Policy(Strategy.SKIP))
    assert written(found) == {Side.LEFT: {"Mobile": None}, Side.RIGHT: {"Phone": "555 0100"}}
    assert found.agreed == {"Title"}
    assert found.contested[0].winner is None
    assert not found.held


def test_under_ask_the_contested_field_is_held_and_the_rest_goes_on() -> None:
    found = merged(CLASH, Policy(Strategy.ASK))
    assert written(found) == {Side.LEFT: {"Mobile": None}, Side.RIGHT: {"Phone": "555 0100"}}
    assert found.held == {"Title"}
    assert not found.agreed
    assert found.contested == (Contested("Title", "Clerk", "Head buyer", None, "a person decides", held=True),)


@pytest.mark.parametrize("strategy", Strategy)
@pytest.mark.parametrize("decided", BOTH)
def test_what_a_person_decided_stands_above_every_strategy(strategy: Strategy, decided: Side) -> None:
    found = merge(
        CLASH, policy=Policy(strategy), carrier=CARRIER, resolved={"Title": Verdict(decided, "Clerk", "Head buyer")}
    )
    assert found.write(decided.other).values["Title"] == ("Clerk" if decided is Side.LEFT else "Head buyer")
    assert "Title" not in found.write(decided).values
    assert not found.held
    assert found.contested[0].rule == "decided by a person"


@pytest.mark.parametrize(("left", "right"), [("Clerk", "Director"), ("Intern", "Head buyer")])
def test_a_decision_counts_for_nothing_once_a_side_holds_another_value_than_the_person_saw(
    left: str, right: str
) -> None:
    decided = {"Title": Verdict(Side.LEFT, left, right)}
    found = merge(CLASH, policy=Policy(Strategy.ASK), carrier=CARRIER, resolved=decided)
    assert found.held == {"Title"}
    assert "Title" not in found.to_right.values


def test_a_decision_about_a_field_that_is_no_longer_contested_changes_nothing() -> None:
    both = sides(SEEN, right={"Title": "Head buyer"})
    decided = {"Title": Verdict(Side.LEFT, "Buyer", "Head buyer")}
    found = merge(both, policy=Policy(Strategy.ASK), carrier=CARRIER, resolved=decided)
    assert written(found) == {Side.LEFT: {"Title": "Head buyer"}, Side.RIGHT: {}}


def test_emptying_a_field_empties_it_on_the_other_side() -> None:
    assert written(merged(sides(SEEN, left={"Title": None})))[Side.RIGHT] == {"Title": None}


def test_with_blanks_off_emptying_a_field_stays_where_it_was_done() -> None:
    found = merged(sides(SEEN, left={"Title": None, "Phone": "555 0100"}), Policy(blanks=False))
    assert written(found) == {Side.LEFT: {}, Side.RIGHT: {"Phone": "555 0100"}}
    assert found.agreed == {"Title"}


def test_with_blanks_off_a_winning_blank_empties_nothing() -> None:
    both = sides(SEEN, left={"Title": None}, right={"Title": "Head buyer"})
    found = merged(both, Policy(Strategy.LEFT, blanks=False))
    assert not found.writes
    assert found.agreed == {"Title"}


def test_fields_outside_the_mapping_are_left_alone() -> None:
    both = sides({**SEEN, "Remind_At": None}, left={"Remind_At": "2031-05-06T12:00:00Z"})
    found = merged(both)
    assert not found.writes
    assert "Remind_At" not in found.agreed | found.open


@pytest.mark.parametrize("policy", [Policy(), Policy(Strategy.RIGHT), Policy(Strategy.ASK)])
def test_what_was_typed_over_an_update_is_no_conflict_with_what_that_carried(policy: Policy) -> None:
    found = merged(replace(CLASH, left=replace(CLASH.left, typed={"Title": "Head buyer"})), policy)
    assert found.to_right.values.get("Title") == "Clerk"
    assert not found.contested


@pytest.mark.parametrize("right", [{}, {"Title": "Boss"}], ids=["taken back", "changed"])
def test_what_was_typed_over_an_update_is_contested_by_what_became_of_its_source_since(right: Values) -> None:
    both = sides(SEEN, left={"Title": "Clerk"}, right=right)
    left = replace(both.left, typed={"Title": "Head buyer"}, coming=True)
    (contested,) = merged(replace(both, left=left)).contested
    assert contested.winner is Side.RIGHT


def test_what_was_typed_long_after_an_update_that_was_taken_back_is_an_edit_like_any_other() -> None:
    both = sides(SEEN, left={"Title": "Clerk"})
    found = merged(replace(both, left=replace(both.left, typed={"Title": "Head buyer"})), Policy(Strategy.RIGHT))
    assert found.to_right.values == {"Title": "Clerk"}
    assert not found.contested


def test_what_was_typed_on_both_sides_over_updates_goes_where_the_last_of_them_came_from() -> None:
    left = replace(CLASH.left, typed={"Title": "Head buyer"})
    both = replace(CLASH, left=left, right=replace(CLASH.right, typed={"Title": "Boss"}))
    found = merged(both, Policy(Strategy.RIGHT))
    assert found.to_right.values.get("Title") == "Clerk"
    assert not found.contested
