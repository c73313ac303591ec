"""Settling: what is seen, which vectors stand and what is left to do once writes have been answered."""

from dataclasses import replace

import pytest

from bigin_sync.model.action import SkipCause, Verdict, Write
from bigin_sync.model.link import Link, Written
from bigin_sync.model.outcome import Cause, Stored
from bigin_sync.model.policy import Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Values
from bigin_sync.model.vector import Order, Vector
from bigin_sync.pairing.bigin_crm import COMPANY
from bigin_sync.pairing.carry import Carrier
from bigin_sync.pairing.catalog import Unknown
from bigin_sync.sync.merge import Both, Merged, merge
from bigin_sync.sync.plan import first_meeting
from bigin_sync.sync.settled import After, Left, Rest, as_sent, created, settled
from tests.unit.sync.copies import carrier, link_of, moment, record, sides

SEEN: Values = {"Last_Name": "Lind", "Title": "Buyer", "Phone": None, "Mobile": "555 0199"}


def merged(both: Both, *, policy: Policy | None = None, by: Carrier | None = None) -> Merged:
    return merge(both, policy=policy or Policy(), carrier=by or carrier())


def moved(both: Both) -> Link:
    """The link after the edits of both sides were observed."""
    link = link_of(both)
    for side in BOTH:
        copy = link.copy(side)
        if both.of(side).fields:
            link = link.with_copy(side, replace(copy, vector=copy.vector.bumped(side)))
    return link


def after(
    both: Both, *stored: Side, link: Link | None = None, policy: Policy | None = None, by: Carrier | None = None
) -> After:
    """What holds after the writes to these sides were stored at second 60."""
    found = merged(both, policy=policy, by=by)
    answers = {side: (Stored(f"{side}", moment(60)), found.write(side).values) for side in stored}
    return settled(link or moved(both), both, found, stored=answers)


def lefts(found: After) -> dict[Side, Left]:
    return {side: rest.left for side, rest in found.rests.items()}


def test_a_stored_write_is_seen_on_both_sides_and_nothing_is_left() -> None:
    found = after(sides(SEEN, left={"Title": "Clerk"}), Side.RIGHT)
    assert found.link.left.seen == {**SEEN, "Title": "Clerk"}
    assert found.link.right.seen == {**SEEN, "Title": "Clerk"}
    assert lefts(found) == {Side.LEFT: Left.DONE, Side.RIGHT: Left.DONE}


def test_what_was_sent_is_seen_per_side_so_that_a_cut_text_does_not_bounce() -> None:
    long = "Head of purchasing and of sales"
    found = after(sides(SEEN, left={"Title": long}), Side.RIGHT)
    assert found.link.left.seen["Title"] == long
    assert found.link.right.seen["Title"] == "Head of purchasing a"


def test_the_written_copy_remembers_the_answers_time_and_the_fields_it_carried() -> None:
    found = after(sides(SEEN, left={"Title": "Clerk", "Phone": "555 0100"}), Side.RIGHT)
    assert found.link.right.written == Written(moment(60), frozenset({"Title", "Phone"}))
    assert found.link.right.modified_at == moment(60)
    assert found.link.left.written is None
    assert found.link.left.modified_at == moment(10)


def test_a_written_copy_gets_the_merge_of_both_vectors() -> None:
    both = sides(SEEN, left={"Title": "Clerk"})
    link = moved(both)
    assert link.left.vector.compared(link.right.vector) is Order.AFTER
    found = after(both, Side.RIGHT)
    assert found.link.left.vector == found.link.right.vector == Vector(1, 0)


def test_before_a_write_is_stored_nothing_of_it_is_seen_and_the_edit_is_still_new() -> None:
    found = after(sides(SEEN, left={"Title": "Clerk"}))
    assert found.link.left.seen == found.link.right.seen == SEEN
    assert lefts(found) == {Side.LEFT: Left.NEW, Side.RIGHT: Left.DONE}
    assert found.link.left.vector != found.link.right.vector


def test_what_both_sides_agree_on_is_seen_without_a_write_and_their_vectors_join() -> None:
    found = after(sides(SEEN, left={"Title": "Clerk"}, right={"Title": "Clerk"}))
    assert found.link.left.seen == found.link.right.seen == {**SEEN, "Title": "Clerk"}
    assert found.link.left.vector == found.link.right.vector == Vector(1, 1)
    assert lefts(found) == {Side.LEFT: Left.DONE, Side.RIGHT: Left.DONE}


def test_agreeing_to_differ_keeps_each_sides_own_value_as_seen() -> None:
    both = sides(SEEN, left={"Title": "Clerk"}, right={"Title": "Head buyer"})
    found = after(both, policy=Policy(Strategy.SKIP))
    assert (found.link.left.seen["Title"], found.link.right.seen["Title"]) == ("Clerk", "Head buyer")
    assert found.link.left.vector == found.link.right.vector
    assert lefts(found) == {Side.LEFT: Left.DONE, Side.RIGHT: Left.DONE}


TWO_WAYS = sides(SEEN, left={"Phone": "555 0100"}, right={"Mobile": None})


def test_a_merge_of_both_ways_is_settled_one_write_at_a_time() -> None:
    half = after(TWO_WAYS, Side.RIGHT)
    assert half.link.left.seen == half.link.right.seen == {**SEEN, "Phone": "555 0100"}
    assert lefts(half) == {Side.LEFT: Left.DONE, Side.RIGHT: Left.NEW}
    assert half.link.right.vector == Vector(1, 1)
    assert half.link.left.vector == Vector(1, 0)

    now = {**SEEN, "Phone": "555 0100", "Mobile": None}
    rest = sides(half.link.left.seen, right={"Mobile": None}, left_at=10, right_at=60)
    assert rest.right.now == now
    whole = after(rest, Side.LEFT, link=half.link)
    assert whole.link.left.seen == whole.link.right.seen == now
    assert whole.link.left.vector == whole.link.right.vector == Vector(1, 1)
    assert lefts(whole) == {Side.LEFT: Left.DONE, Side.RIGHT: Left.DONE}


def test_the_losers_overwritten_edit_is_settled_by_the_write() -> None:
    both = sides(SEEN, left={"Title": "Clerk"}, right={"Title": "Head buyer"})
    found = after(both, Side.LEFT)
    assert found.link.left.seen["Title"] == found.link.right.seen["Title"] == "Head buyer"
    assert lefts(found) == {Side.LEFT: Left.DONE, Side.RIGHT: Left.DONE}


CLASH = sides(SEEN, left={"Title": "Clerk", "Phone": "555 0100"}, right={"Title": "Head buyer"})


def test_a_held_field_is_seen_on_neither_side_and_holds_both_once_the_rest_is_written() -> None:
    found = after(CLASH, Side.RIGHT, policy=Policy(Strategy.ASK))
    assert found.link.held == {"Title"}
    assert found.link.left.seen == found.link.right.seen == {**SEEN, "Phone": "555 0100"}
    why = "changed on both sides: Title; a person decides"
    assert found.rests == {side: Rest(Left.HELD, why) for side in BOTH}


def test_a_side_with_a_held_field_is_not_parked_while_another_edit_can_still_be_written() -> None:
    found = after(CLASH, policy=Policy(Strategy.ASK))
    assert lefts(found) == {Side.LEFT: Left.NEW, Side.RIGHT: Left.HELD}


def test_nothing_stays_held_once_a_person_has_decided() -> None:
    decided = {"Title": Verdict(Side.LEFT, "Clerk", "Head buyer")}
    found = merge(CLASH, policy=Policy(Strategy.ASK), carrier=carrier(), resolved=decided)
    sent = (Stored("101", moment(60)), found.to_right.values)
    done = settled(replace(moved(CLASH), held=frozenset({"Title"})), CLASH, found, stored={Side.RIGHT: sent})
    assert done.link.held == frozenset()
    assert lefts(done) == {Side.LEFT: Left.DONE, Side.RIGHT: Left.DONE}


POINTS = sides({"Account_Name": "80", "Title": None}, right_seen={"Account_Name": "180", "Title": None})


def test_a_lookup_that_waits_is_not_seen_and_names_what_it_waits_for() -> None:
    both = sides(POINTS.left.seen, right_seen=POINTS.right.seen, left={"Account_Name": "71"})
    found = after(both)
    assert found.link.left.seen["Account_Name"] == "80"
    awaited = (Ref(Side.LEFT, COMPANY, "71"),)
    why = "Account_Name points to a record that is not synced"
    assert found.rests == {Side.LEFT: Rest(Left.WAITING, why, awaited), Side.RIGHT: Rest(Left.DONE)}


def test_a_side_waits_only_when_everything_else_is_written() -> None:
    both = sides(POINTS.left.seen, right_seen=POINTS.right.seen, left={"Account_Name": "71", "Title": "Clerk"})
    assert lefts(after(both))[Side.LEFT] is Left.NEW
    written = after(both, Side.RIGHT)
    assert lefts(written)[Side.LEFT] is Left.WAITING
    assert written.link.right.seen == {"Account_Name": "180", "Title": "Clerk"}


def test_two_lookups_without_a_link_make_both_sides_wait_for_either() -> None:
    both = sides(
        POINTS.left.seen,
        right_seen=POINTS.right.seen,
        left={"Account_Name": "71"},
        right={"Account_Name": "171"},
    )
    awaited = (Ref(Side.LEFT, COMPANY, "71"), Ref(Side.RIGHT, COMPANY, "171"))
    assert {side: rest.awaited for side, rest in after(both).rests.items()} == {Side.LEFT: awaited, Side.RIGHT: awaited}


def test_nothing_stays_held_that_only_one_side_still_differs_in_though_it_is_not_written_yet() -> None:
    alone = sides(SEEN, left={"Title": "Clerk"})
    done = settled(replace(moved(alone), held=frozenset({"Title"})), alone, merged(alone), stored={})
    assert (done.link.held, done.decided) == (frozenset(), frozenset({"Title"}))


def test_what_a_person_has_decided_stays_held_until_it_is_written() -> None:
    won = {"Title": Verdict(Side.LEFT, CLASH.left.now["Title"], CLASH.right.now["Title"])}
    found = merge(CLASH, policy=Policy(Strategy.ASK), carrier=carrier(), resolved=won)
    done = settled(replace(moved(CLASH), held=frozenset({"Title"})), CLASH, found, stored={})
    assert (done.link.held, done.decided) == (frozenset({"Title"}), frozenset())


def test_a_held_side_still_wakes_for_the_record_its_lookup_waits_for() -> None:
    both = sides(
        POINTS.left.seen,
        right_seen=POINTS.right.seen,
        left={"Account_Name": "71", "Title": "Clerk"},
        right={"Title": "Head buyer"},
    )
    rest = after(both, policy=Policy(Strategy.ASK)).rests[Side.LEFT]
    assert rest.left is Left.HELD
    assert rest.awaited == (Ref(Side.LEFT, COMPANY, "71"),)


def test_a_side_that_holds_an_edit_already_has_taken_it_in_though_another_one_waits() -> None:
    """So it is when the answer to our write was lost: as if it had been stored."""
    both = sides({**SEEN, "Shirt_Size": "M"}, left={"Title": "Clerk", "Shirt_Size": "S"}, right={"Title": "Clerk"})
    found = after(both)
    assert lefts(found) == {Side.LEFT: Left.WAITING, Side.RIGHT: Left.DONE}
    assert found.link.left.vector == found.link.right.vector


def test_a_stuck_field_is_a_problem_of_the_side_it_comes_from() -> None:
    both = sides({"Shirt_Size": "M"}, left={"Shirt_Size": "S"})
    found = after(both, by=carrier(Shirt_Size={"unknown": Unknown.PROBLEM}))
    why = "Shirt_Size: Zoho CRM has no value 'S' in Shirt_Size"
    assert found.rests == {Side.LEFT: Rest(Left.PROBLEM, why, cause=Cause.UNMAPPED), Side.RIGHT: Rest(Left.DONE)}
    assert found.link.left.seen["Shirt_Size"] == "M"


def test_an_edit_that_was_left_out_is_not_seen_and_waits_for_its_cause_to_go() -> None:
    found = after(sides({"Shirt_Size": "M", "Title": None}, left={"Shirt_Size": "S", "Title": "Clerk"}), Side.RIGHT)
    assert found.link.left.seen == {"Shirt_Size": "M", "Title": "Clerk"}
    why = "Shirt_Size is left out: Zoho CRM has no value 'S' in Shirt_Size"
    assert found.rests == {Side.LEFT: Rest(Left.WAITING, why, (), SkipCause.LEFT_OUT), Side.RIGHT: Rest(Left.DONE)}


def test_a_value_that_is_left_out_at_a_first_meeting_keeps_nobody_busy() -> None:
    both = first_meeting(record(Side.LEFT, {"Shirt_Size": "S"}), record(Side.RIGHT, {"Shirt_Size": None}))
    found = after(both)
    assert (found.link.left.seen["Shirt_Size"], found.link.right.seen["Shirt_Size"]) == ("S", None)
    assert lefts(found) == {Side.LEFT: Left.DONE, Side.RIGHT: Left.DONE}


def test_a_field_outside_the_mapping_keeps_nobody_busy() -> None:
    both = sides({"Title": "Buyer", "Old_Field": "a"}, left={"Title": "Clerk", "Old_Field": "b"})
    found = after(both, Side.RIGHT)
    assert lefts(found)[Side.LEFT] is Left.DONE
    assert found.link.left.seen["Old_Field"] == "a"


def test_at_a_first_meeting_only_what_is_settled_is_seen() -> None:
    left, right = {"Last_Name": "Lind", "Title": "Buyer"}, {"Last_Name": "Lind", "Title": None}
    both = first_meeting(record(Side.LEFT, left), record(Side.RIGHT, right))
    link = link_of(both)
    found = after(both, link=link)
    assert found.link.left.seen == found.link.right.seen == {"Last_Name": "Lind"}
    assert lefts(found) == {Side.LEFT: Left.NEW, Side.RIGHT: Left.NEW}
    filled = after(both, Side.RIGHT, link=link)
    assert filled.link.left.seen == filled.link.right.seen == left
    assert lefts(filled) == {Side.LEFT: Left.DONE, Side.RIGHT: Left.DONE}


@pytest.mark.parametrize("side", BOTH)
def test_a_created_record_is_seen_as_it_was_sent_and_its_source_as_it_was(side: Side) -> None:
    source = record(side, {"Last_Name": "Lind", "Title": "Head of purchasing", "Phone": None}, at=30)
    write = Write(side.other, {"Last_Name": "Lind", "Title": "Head of"}, left_out={})
    here, there = created(source, write, Stored("900", moment(60)))
    assert (here.id, here.seen, here.modified_at, here.written) == (source.ref.id, source.values, moment(30), None)
    assert there.seen == {"Last_Name": "Lind", "Title": "Head of", "Phone": None}
    assert (there.id, there.modified_at, there.written) == ("900", moment(60), Written(moment(60), None))
    assert here.vector == there.vector


def test_a_lookup_that_was_not_known_at_the_creation_is_still_owed() -> None:
    source = record(Side.LEFT, {"Last_Name": "Lind", "Account_Name": "71"})
    write = Write(Side.RIGHT, {"Last_Name": "Lind"}, pointers={"Account_Name": Ref(Side.LEFT, COMPANY, "71")})
    here, there = created(source, write, Stored("101", moment(60)))
    assert here.seen == there.seen == {"Last_Name": "Lind"}


def test_what_a_create_was_made_of_is_known_however_its_source_was_edited_since() -> None:
    write = Write(Side.RIGHT, {"Last_Name": "Lind", "Account_Name": "170"}, source={"Account_Name": "70", "Owner": "1"})
    now = {"Last_Name": "Berg", "Account_Name": None, "Owner": "2", "Phone": "555 0100"}
    then = {"Last_Name": "Lind", "Account_Name": "70", "Owner": "1", "Phone": None}
    assert as_sent(record(Side.LEFT, now), write).values == then
