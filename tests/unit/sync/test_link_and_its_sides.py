"""A link and its two sides: one test for each row of the table that says what becomes of them."""

from collections.abc import Mapping

import pytest

from bigin_sync.model import action
from bigin_sync.model.policy import Policy
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.pairing.carry import Carrier
from bigin_sync.sync.merge import Both, Merged
from bigin_sync.sync.plan import plan_linked
from tests.unit.sync.copies import carrier, gone, link_of, sides

SEEN = {"Last_Name": "Lind", "Title": "Buyer", "Phone": None}
POLICY = Policy()


def plan(
    both: Both,
    *,
    by: Carrier | None = None,
    policy: Policy = POLICY,
    resolved: Mapping[str, action.Verdict] | None = None,
) -> action.Update | action.Merge | action.Part:
    act, merged = plan_linked(
        link_of(both), both, policy=policy, carrier=by or carrier(), pairing=BIGIN_CRM, resolved=resolved or {}
    )
    assert isinstance(merged, Merged)
    assert act.link_id == 5
    return act


def test_nothing_happens_when_both_sides_are_the_same() -> None:
    act = plan(sides(SEEN))
    assert isinstance(act, action.Update)
    assert act.write.empty
    assert act.write.left_out == {}


def test_the_left_is_updated_with_what_changed_on_the_right() -> None:
    act = plan(sides(SEEN, right={"Title": "Head buyer"}))
    assert isinstance(act, action.Update)
    assert act.write == action.Write(Side.LEFT, {"Title": "Head buyer"}, before={"Title": "Buyer"})
    assert act.why == "changed in Zoho CRM"


def test_the_right_is_updated_with_what_changed_on_the_left() -> None:
    act = plan(sides(SEEN, left={"Phone": "555 0100"}))
    assert isinstance(act, action.Update)
    assert act.write == action.Write(Side.RIGHT, {"Phone": "555 0100"}, before={"Phone": None})
    assert act.why == "changed in Bigin"


def test_edits_on_both_sides_are_merged() -> None:
    act = plan(sides(SEEN, left={"Phone": "555 0100"}, right={"Title": "Head buyer"}))
    assert isinstance(act, action.Merge)
    assert (act.to_left.values, act.to_right.values) == ({"Title": "Head buyer"}, {"Phone": "555 0100"})
    assert act.contested == ()
    assert act.why == "changed on both sides"


def test_edits_of_one_field_to_different_values_are_a_merge_that_says_who_won() -> None:
    act = plan(sides(SEEN, left={"Title": "Clerk"}, right={"Title": "Head buyer"}))
    assert isinstance(act, action.Merge)
    assert act.contested == (action.Contested("Title", "Clerk", "Head buyer", Side.RIGHT, "the later change wins"),)
    assert act.to_left.before == {"Title": "Clerk"}
    assert act.to_right.empty


@pytest.mark.parametrize("lost", BOTH)
def test_a_link_is_parted_when_one_side_is_gone_and_the_other_the_same(lost: Side) -> None:
    act = plan(gone(sides(SEEN), lost))
    assert isinstance(act, action.Part)
    assert act.gone is lost


@pytest.mark.parametrize("lost", BOTH)
def test_a_link_is_parted_when_one_side_is_gone_and_the_other_edited_and_nothing_is_made_again(lost: Side) -> None:
    edit = {"Title": "Head buyer"}
    both = sides(SEEN, right=edit) if lost is Side.LEFT else sides(SEEN, left=edit)
    act = plan(gone(both, lost))
    assert isinstance(act, action.Part)
    assert act.gone is lost
    assert "a deletion is never carried over" in act.why


def test_a_link_is_parted_when_both_sides_are_gone() -> None:
    assert isinstance(plan(gone(sides(SEEN), *BOTH)), action.Part)


def test_edits_that_agree_write_nothing_and_say_that_both_sides_changed() -> None:
    act = plan(sides(SEEN, left={"Title": "Clerk"}, right={"Title": "Clerk"}))
    assert isinstance(act, action.Update)
    assert act.write.empty
    assert act.why == "changed on both sides"


def test_an_edit_that_cannot_cross_says_what_was_left_out_and_where_it_was_made() -> None:
    act = plan(sides({**SEEN, "Shirt_Size": None}, left={"Shirt_Size": "S"}))
    assert isinstance(act, action.Update)
    assert act.write.left_out == {"Shirt_Size": "Zoho CRM has no value 'S' in Shirt_Size"}
    assert act.why == "changed in Bigin"


def test_an_edit_that_a_master_undoes_says_whose_value_stands() -> None:
    act = plan(sides(SEEN, right={"Title": "Clerk"}), by=carrier(Title={"master": Side.LEFT}))
    assert isinstance(act, action.Update)
    assert act.write == action.Write(Side.RIGHT, {"Title": "Buyer"}, before={"Title": "Clerk"})
    assert act.why == "changed in Zoho CRM, but the value of Bigin stands"


def test_what_a_person_decided_is_planned() -> None:
    both = sides(SEEN, left={"Title": "Clerk"}, right={"Title": "Head buyer"})
    act = plan(both, resolved={"Title": action.Verdict(Side.LEFT, "Clerk", "Head buyer")})
    assert isinstance(act, action.Merge)
    assert act.to_right.values == {"Title": "Clerk"}
    assert act.to_left.empty


def test_no_action_deletes() -> None:
    actions = set(action.Action.__args__)
    writing = {action.Create, action.Update, action.Merge, action.Link}
    assert actions - writing == {action.Part, action.Hold, action.Skip, action.Wait, action.Problem}
    for silent in actions - writing:
        assert not {"write", "to_left", "to_right"} & set(silent.__dataclass_fields__)
