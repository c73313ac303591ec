"""Which stories are told with their sides exchanged."""

from random import Random

from tests.torture.main import _stories, _told_somehow
from tests.torture.one_way import ONE_WAY
from tests.torture.table import Tally


def test_every_story_that_can_be_told_one_way_only_is_there() -> None:
    assert set(ONE_WAY) - {path.stem for path in _stories()} == set()


def test_stories_are_drawn_both_ways_but_those_that_can_be_told_one_way_only() -> None:
    luck, tally = Random(0), Tally()
    told = [(path.stem, _told_somehow(path, luck, tally)[0]) for path in _stories()]
    turned = [story for story, name in told if ", flipped" in name]
    assert set(turned) & set(ONE_WAY) == set()
    assert 0 < tally.flipped == len(turned) < tally.told == len(told)
