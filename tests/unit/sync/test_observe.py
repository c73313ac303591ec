"""Observing: what is an edit, and what is only our own write coming back."""

from dataclasses import replace

import pytest

from bigin_sync.model.change import Moved
from bigin_sync.model.link import Copy, Unanswered, Written
from bigin_sync.model.side import Side
from bigin_sync.model.values import Values
from bigin_sync.sync.observe import differing, later, observe, unmoved
from tests.unit.sync.copies import OURS, moment, record

SEEN: Values = {"Last_Name": "Lind", "Title": "Buyer", "Phone": None}


def copy(*sent: str, at: int = 30, created: bool = False) -> Copy:
    """The right copy after we wrote these fields to it."""
    fields = None if created else frozenset(sent)
    return Copy("101", SEEN, moment(at), written=Written(moment(at), fields))


def test_a_record_that_holds_what_was_seen_did_not_move() -> None:
    found = observe(copy("Title"), record(Side.RIGHT, SEEN, at=50), own_user=OURS)
    assert (found.moved, found.fields) == (Moved.SAME, frozenset())


def test_a_field_that_differs_from_what_was_seen_is_an_edit() -> None:
    found = observe(copy("Title"), record(Side.RIGHT, {**SEEN, "Title": "Head buyer"}, at=50), own_user=OURS)
    assert (found.moved, found.fields) == (Moved.EDITED, frozenset({"Title"}))
    assert found.seen == SEEN


def test_an_emptied_field_is_an_edit() -> None:
    found = observe(copy("Phone"), record(Side.RIGHT, {**SEEN, "Title": None}, at=50), own_user=OURS)
    assert found.fields == {"Title"}


def test_a_field_that_was_never_seen_is_news_even_when_it_is_blank() -> None:
    assert differing({"Title": None}, {}) == {"Title"}
    assert differing({"Title": None}, {"Title": None}) == frozenset()


def test_what_the_side_made_of_our_write_is_seen_and_no_edit() -> None:
    stored = {**SEEN, "Title": "Buy"}
    found = observe(copy("Title"), record(Side.RIGHT, stored, at=30, by=OURS), own_user=OURS)
    assert found.moved is Moved.SAME
    assert found.seen == stored


def test_what_the_side_made_of_a_record_we_created_is_seen_whole() -> None:
    stored = {**SEEN, "Phone": "555 0100", "Title": None}
    found = observe(copy(created=True), record(Side.RIGHT, stored, at=30, by=OURS), own_user=OURS)
    assert (found.moved, found.seen) == (Moved.SAME, stored)


def test_an_edit_in_the_second_of_our_write_of_a_field_we_did_not_send_is_an_edit() -> None:
    stored = {**SEEN, "Title": "Buy", "Phone": "555 0100"}
    found = observe(copy("Title"), record(Side.RIGHT, stored, at=30, by=OURS), own_user=OURS)
    assert found.fields == {"Phone"}
    assert found.seen == {**SEEN, "Title": "Buy"}


@pytest.mark.parametrize(("at", "by"), [(30, "somebody"), (31, OURS), (29, OURS)])
def test_another_user_or_another_second_makes_it_an_edit_of_the_field_we_sent(at: int, by: str) -> None:
    found = observe(copy("Title"), record(Side.RIGHT, {**SEEN, "Title": "Boss"}, at=at, by=by), own_user=OURS)
    assert found.fields == {"Title"}


def test_without_knowing_our_own_user_nothing_passes_as_our_write() -> None:
    nobody = replace(record(Side.RIGHT, {**SEEN, "Title": "Boss"}, at=30), modified_by=None)
    assert observe(copy("Title"), nobody, own_user=None).fields == {"Title"}


def test_our_write_coming_back_forgets_nothing_seen_of_fields_that_were_not_read() -> None:
    partly = {"Title": "Buy"}
    found = observe(copy("Title"), record(Side.RIGHT, partly, at=30, by=OURS), own_user=OURS)
    assert found.seen == {**SEEN, "Title": "Buy"}


def test_a_record_that_was_gone_is_back_and_is_compared_as_ever() -> None:
    lost = replace(copy("Title"), gone=True)
    same = observe(lost, record(Side.RIGHT, SEEN, at=50), own_user=OURS)
    edited = observe(lost, record(Side.RIGHT, {**SEEN, "Phone": "555 0100"}, at=50), own_user=OURS)
    assert (same.moved, same.fields) == (Moved.BACK, frozenset())
    assert (edited.moved, edited.fields) == (Moved.BACK, frozenset({"Phone"}))


def test_a_side_nobody_touched_holds_what_was_seen_of_it() -> None:
    here, lost = unmoved(copy("Title")), unmoved(replace(copy("Title"), gone=True))
    assert (here.moved, here.now, here.fields) == (Moved.SAME, SEEN, frozenset())
    assert lost.moved is Moved.GONE


def test_times_are_compared_to_the_second() -> None:
    assert (later(moment(2), moment(1)), later(moment(1), moment(2)), later(moment(1), moment(1))) == (1, -1, 0)


@pytest.mark.parametrize(("at", "mine"), [(60, {"Title"}), (61, set())])
def test_what_an_unanswered_update_carried_is_ours_as_long_as_it_can_take_effect(at: int, mine: set[str]) -> None:
    sent = replace(copy("Phone"), unanswered=Unanswered(moment(60), {"Title": ("Boss", "Chief")}))
    found = observe(sent, record(Side.RIGHT, {**SEEN, "Title": "Boss", "Phone": "555 0100"}, at=at), own_user=OURS)
    assert found.fields == {"Title", "Phone"}
    assert found.ours == mine


def test_what_was_found_to_have_arrived_is_not_expected_any_more() -> None:
    sent = _sent({"Title": "Boss", "Phone": None}, {"Title": "Clerk", "Phone": "555 0100"}, at=40)
    sent = _sent({"Title": "Chief"}, {"Title": "Boss"}, at=50, after=sent)
    before = {"Title": "Boss", "Phone": "555 0100"}
    assert sent.unanswered == Unanswered(moment(70), {"Title": ("Boss", "Chief"), "Phone": (None,)}, before)
    some = sent.with_arrived({"Title": "Boss", "Phone": None})
    assert some.unanswered == Unanswered(moment(70), {"Title": ("Chief",)})
    assert some.with_arrived({"Title": "Chief"}).unanswered is None
    late = _sent({"Title": "Head"}, {"Title": "Clerk"}, at=71, after=sent)
    values, before = {"Title": ("Boss", "Chief", "Head"), "Phone": (None,)}, {"Title": "Clerk", "Phone": "555 0100"}
    assert late.unanswered == Unanswered(moment(91), values, before)
    assert late.without({"Title"}).unanswered == Unanswered(moment(91), {"Phone": (None,)}, {"Phone": "555 0100"})
    settled = _sent(
        {"Title": "Head"}, {"Title": "Clerk"}, at=71, after=sent.with_arrived({"Title": "Clerk", "Phone": ""})
    )
    assert settled.unanswered == Unanswered(moment(91), {"Title": ("Head",)}, {"Title": "Clerk"})


@pytest.mark.parametrize(
    ("title", "over"),
    [("Boss", {}), ("Clerk", {}), ("Head", {"Title": "Chief"}), ("Chief", {}), (None, {})],
    ids=["the first", "as before", "by a person", "the last", "blank"],
)
def test_what_was_typed_after_an_update_had_left_is_told_from_what_was_there_before(
    title: str | None, over: Values
) -> None:
    sent = _sent(
        {"Title": "Chief"}, {"Title": "Clerk"}, at=50, after=_sent({"Title": "Boss"}, {"Title": "Clerk"}, at=40)
    )
    found = record(Side.RIGHT, {**SEEN, "Title": title}, at=99)
    assert observe(sent, found, own_user=OURS).typed == over
    assert observe(sent, replace(found, modified_by=OURS), own_user=OURS).typed == {}


def _sent(values: Values, before: Values, *, at: int, after: Copy | None = None) -> Copy:
    """A copy after an update went unanswered that took twenty seconds at most."""
    return (after or copy("Phone")).with_unanswered(values, before=before, now=moment(at), until=moment(at + 20))
