"""Steps: actions as lines of the journal, plain enough to be stored and read."""

import json
from collections.abc import Iterable

from bigin_sync.model import action
from bigin_sync.model.outcome import Cause
from bigin_sync.model.policy import Policy, Strategy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import Side
from bigin_sync.model.step import Step, Verb
from bigin_sync.model.values import Values
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, COMPANY, CONTACT
from bigin_sync.sync.merge import Both
from bigin_sync.sync.plan import plan_link, plan_linked
from bigin_sync.sync.steps import step_for_record, steps_for_link, steps_for_linked
from tests.unit.sync.copies import carrier, gone, link_of, record, sides

HERE = Ref(Side.LEFT, CONTACT, "1")
SEEN: Values = {"Title": "Buyer", "Phone": None, "Mobile": "555 0199", "Account_Name": None}


def linked(both: Both, policy: Policy | None = None) -> list[Step]:
    link = link_of(both)
    act, _merged = plan_linked(link, both, policy=policy or Policy(), carrier=carrier(), pairing=BIGIN_CRM, resolved={})
    steps = steps_for_linked(act, link, "Ida Lind")
    for step in steps:
        assert (step.kind, step.link_id, step.left_id, step.right_id, step.label) == (
            CONTACT,
            5,
            "1",
            "101",
            "Ida Lind",
        )
    return steps


def shown(steps: Iterable[Step]) -> list[tuple[Verb, Side | None]]:
    return [(step.verb, step.target) for step in steps]


def test_a_creation_names_its_source_and_what_is_sent() -> None:
    pointed = Ref(Side.LEFT, COMPANY, "71")
    write = action.Write(Side.RIGHT, {"Title": "Buyer"}, pointers={"Account_Name": pointed}, left_out={"Owner": "gone"})
    step = step_for_record(action.Create(HERE, write, "new in Bigin"), "Ida Lind")
    assert (step.verb, step.target, step.left_id, step.right_id) == (Verb.CREATE, Side.RIGHT, "1", None)
    assert step.payload == {
        "values": {"Title": "Buyer"},
        "before": {},
        "pointers": {"Account_Name": ["left", "company", "71"]},
        "left_out": {"Owner": "gone"},
    }


def test_a_record_that_is_set_aside_says_why_and_what_it_needs() -> None:
    other = Ref(Side.RIGHT, CONTACT, "101")
    hold = step_for_record(action.Hold(HERE, (other,), "two of that name", action.HoldCause.AMBIGUOUS), "Ida Lind")
    wait = step_for_record(action.Wait(HERE, (other,), "its parent"), "Ida Lind")
    problem = step_for_record(action.Problem(HERE, Cause.MANDATORY, "no name"), "Ida Lind")
    skip = step_for_record(action.Skip(other, "outside"), "Ida Lind")
    assert (hold.verb, hold.why, hold.payload) == (
        Verb.HOLD,
        "two of that name",
        {"candidates": [["right", "contact", "101"]], "cause": "ambiguous"},
    )
    assert (wait.verb, wait.payload) == (
        Verb.WAIT,
        {"awaited": [["right", "contact", "101"]], "cause": "parent_not_synced"},
    )
    assert (problem.verb, problem.payload) == (Verb.PROBLEM, {"cause": "mandatory"})
    assert (skip.verb, skip.left_id, skip.right_id, skip.why) == (Verb.SKIP, None, "101", "outside")


def test_an_update_is_one_line_towards_its_target() -> None:
    (step,) = linked(sides(SEEN, left={"Title": "Clerk"}))
    assert (step.verb, step.target) == (Verb.UPDATE, Side.RIGHT)
    assert (step.payload["values"], step.payload["before"]) == ({"Title": "Clerk"}, {"Title": "Buyer"})


def test_a_merge_of_both_ways_is_two_lines_the_right_one_first() -> None:
    steps = linked(sides(SEEN, left={"Phone": "555 0100"}, right={"Mobile": None}))
    assert shown(steps) == [(Verb.MERGE, Side.RIGHT), (Verb.MERGE, Side.LEFT)]
    assert [step.payload["values"] for step in steps] == [{"Phone": "555 0100"}, {"Mobile": None}]


def test_a_merge_that_goes_one_way_is_an_update_that_says_how_the_conflict_was_settled() -> None:
    (step,) = linked(sides(SEEN, left={"Title": "Clerk"}, right={"Title": "Head buyer"}))
    assert (step.verb, step.target) == (Verb.UPDATE, Side.LEFT)
    assert step.payload["contested"] == [
        {"field": "Title", "left": "Clerk", "right": "Head buyer", "winner": "right", "rule": "the later change wins"}
    ]


def test_a_conflict_that_is_left_open_is_an_agreement_without_a_write() -> None:
    both = sides(SEEN, left={"Title": "Clerk"}, right={"Title": "Head buyer"})
    for strategy in (Strategy.SKIP, Strategy.ASK):
        (step,) = linked(both, Policy(strategy))
        assert (step.verb, step.target) == (Verb.AGREE, None)
        assert step.payload["contested"][0]["winner"] is None
        assert step.payload.get("cause") == ("conflict" if strategy is Strategy.ASK else None)


def test_edits_that_agree_are_a_line_without_a_target() -> None:
    (step,) = linked(sides(SEEN, left={"Title": "Clerk"}, right={"Title": "Clerk"}))
    assert (step.verb, step.target) == (Verb.AGREE, None)


def test_what_was_left_out_is_said_even_when_nothing_is_written() -> None:
    (step,) = linked(sides({"Shirt_Size": "M"}, left={"Shirt_Size": "S"}))
    assert (step.verb, step.payload) == (
        Verb.AGREE,
        {"left_out": {"Shirt_Size": "Zoho CRM has no value 'S' in Shirt_Size"}},
    )


def test_a_parting_is_a_line_without_a_target() -> None:
    (step,) = linked(gone(sides(SEEN), Side.LEFT))
    assert (step.verb, step.target) == (Verb.PART, None)
    assert step.why == "deleted in Bigin; a deletion is never carried over"


def test_two_records_found_to_be_the_same_are_linked_first_and_then_filled() -> None:
    left = record(Side.LEFT, {"Title": "Buyer", "Phone": None})
    right = record(Side.RIGHT, {"Title": None, "Phone": "555 0100"})
    act = plan_link(left, right, matched_by="e-mail", policy=Policy(), carrier=carrier())
    steps = steps_for_link(act, "Ida Lind")
    assert shown(steps) == [(Verb.LINK, None), (Verb.MERGE, Side.RIGHT), (Verb.MERGE, Side.LEFT)]
    assert steps[0].payload == {"matched_by": "e-mail", "contested": []}
    assert all((step.left_id, step.right_id) == ("1", "101") for step in steps)


def test_what_is_overwritten_at_a_first_meeting_is_told_with_the_write_that_overwrites_it() -> None:
    left = record(Side.LEFT, {"Title": "Buyer", "Phone": None, "Mobile": "555 0199"})
    right = record(Side.RIGHT, {"Title": "Head buyer", "Phone": "555 0100", "Mobile": None})
    act = plan_link(left, right, matched_by="e-mail", policy=Policy(strategy=Strategy.RIGHT), carrier=carrier())
    head, to_right, to_left = steps_for_link(act, "Ida Lind")
    assert (head.payload["contested"], to_right.payload["contested"]) == ([], [])
    assert [(one["field"], one["winner"]) for one in to_left.payload["contested"]] == [("Title", Side.RIGHT)]
    assert to_left.payload["before"] == {"Title": "Buyer", "Phone": None}
    assert (to_right.why, to_left.why) == (
        "filled in at their first meeting",
        "filled in and settled at their first meeting",
    )


def test_what_nobody_wins_at_a_first_meeting_is_told_with_the_link() -> None:
    left, right = record(Side.LEFT, {"Title": "Buyer"}), record(Side.RIGHT, {"Title": "Head buyer"})
    act = plan_link(left, right, matched_by="e-mail", policy=Policy(strategy=Strategy.SKIP), carrier=carrier())
    (head,) = steps_for_link(act, "Ida Lind")
    assert [(one["field"], one["winner"]) for one in head.payload["contested"]] == [("Title", None)]


def test_every_payload_is_plain_json() -> None:
    both = sides(SEEN, left={"Title": "Clerk", "Account_Name": "71"}, right={"Title": "Head buyer", "Mobile": None})
    for step in linked(both):
        assert json.loads(json.dumps(step.payload)) == step.payload
