"""Merging what activities belong to, where one side has room for one link and the other for two."""

from bigin_sync.model import action
from bigin_sync.model.policy import Policy
from bigin_sync.model.record import Ref
from bigin_sync.model.side import Side
from bigin_sync.model.values import Values
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, DEAL, TASK, TASK_SPEC
from bigin_sync.pairing.carry import Carrier
from bigin_sync.pairing.mapping import propose
from bigin_sync.sync.merge import Merged, merge
from bigin_sync.sync.plan import plan_create
from tests.unit.pairing.activities import tasks
from tests.unit.sync.copies import OWNERS, record, sides

LEFT, RIGHT = tasks("related_to"), tasks("what_who")
MAPPING = propose(BIGIN_CRM, TASK, left=LEFT, right=RIGHT).mapping
# On the left ids begin with a letter; deal 9 of the right has no counterpart.
TO_LEFT = {"1": "d1", "2": "d2", "5": "p5", "6": "p6"}
TO_RIGHT = {left: right for right, left in TO_LEFT.items()}


def carrier() -> Carrier:
    return Carrier(
        BIGIN_CRM,
        MAPPING,
        left=LEFT,
        right=RIGHT,
        owners=OWNERS,
        translate=lambda _to, side, id: (TO_RIGHT if side is Side.LEFT else TO_LEFT).get(id),
    )


def merged(*, left_seen: Values, right_seen: Values, left: Values | None = None, right: Values | None = None) -> Merged:
    both = sides({"Subject": "Ring", **left_seen}, left=left, right=right, right_seen={"Subject": "Ring", **right_seen})
    return merge(both, policy=Policy(), carrier=carrier())


def test_a_link_that_vanished_because_another_took_its_place_is_not_taken_away_on_the_other_side() -> None:
    found = merged(
        left_seen={"Deal": None, "Contact": "p5"},
        right_seen={"Deal": None, "Contact": "5"},
        left={"Deal": "d1", "Contact": None},
    )
    assert found.to_right.values == {"Deal": "1"}
    assert "Contact" in found.agreed
    assert found.to_left.empty


def test_of_two_new_links_the_first_goes_where_there_is_room_for_one() -> None:
    found = merged(
        left_seen={"Deal": None, "Contact": "p5"},
        right_seen={"Deal": None, "Contact": "5"},
        right={"Deal": "1", "Contact": "6"},
    )
    assert found.to_left.values == {"Deal": "d1"}
    assert "room for one link" in found.to_left.left_out["Contact"]
    assert "Contact" in found.agreed


def test_a_lesser_link_does_not_take_the_place_of_the_one_that_is_shown() -> None:
    found = merged(
        left_seen={"Deal": "d1", "Contact": None}, right_seen={"Deal": "1", "Contact": "5"}, right={"Contact": "6"}
    )
    assert found.to_left.empty
    assert "Contact" in found.agreed


def test_a_link_moved_from_one_kind_to_another_moves_on_the_other_side_too() -> None:
    found = merged(
        left_seen={"Deal": "d1", "Contact": None},
        right_seen={"Deal": "1", "Contact": None},
        right={"Deal": None, "Contact": "5"},
    )
    assert found.to_left.values == {"Contact": "p5"}


def test_the_same_kind_of_link_is_changed_as_any_field_is() -> None:
    found = merged(
        left_seen={"Deal": "d1", "Contact": None}, right_seen={"Deal": "1", "Contact": "5"}, right={"Deal": "2"}
    )
    assert found.to_left.values == {"Deal": "d2"}


def made(values: Values) -> action.Write:
    act = plan_create(record(Side.RIGHT, values), kind=TASK_SPEC, carrier=carrier(), pairing=BIGIN_CRM)
    assert isinstance(act, action.Create)
    return act.write


def test_a_new_record_takes_the_link_that_can_be_shown_now_and_waits_for_the_first() -> None:
    write = made({"Subject": "Ring", "Deal": "9", "Contact": "5"})
    assert write.values == {"Subject": "Ring", "Contact": "p5"}
    assert write.pointers == {"Deal": Ref(Side.RIGHT, DEAL, "9")}


def test_a_new_record_does_not_wait_for_a_link_that_could_not_be_shown() -> None:
    write = made({"Subject": "Ring", "Deal": "1", "Contact": "99"})
    assert (write.values["Deal"], dict(write.pointers), set(write.left_out)) == ("d1", {}, {"Contact"})
