"""Order: which writes go out together."""

from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Verb
from bigin_sync.sync.order import BATCH, CREATES, UPDATES


def test_every_kind_of_write_has_its_place_once() -> None:
    places = [place for one_pass in UPDATES for place in one_pass]
    assert sorted(places) == sorted((verb, side) for verb in (Verb.UPDATE, Verb.MERGE) for side in BOTH)
    assert sorted(CREATES) == sorted((Verb.CREATE, side) for side in BOTH)


def test_the_two_writes_of_a_merge_are_never_under_way_together() -> None:
    passes = {side: [(Verb.MERGE, side) in one_pass for one_pass in UPDATES] for side in BOTH}
    assert passes == {Side.RIGHT: [True, False], Side.LEFT: [False, True]}


def test_a_batch_is_what_both_products_take_in_one_call() -> None:
    assert BATCH == 100
