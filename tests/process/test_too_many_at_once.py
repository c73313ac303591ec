"""An org that refuses calls beyond a few at once delays a first sync, and does nothing else to it."""

from dataclasses import replace

import pytest

from bigin_sync.clock import SystemClock
from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.world import Answer
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.work import work
from tests.process.small_world import SmallWorld, settings_of
from tests.process.standing import Standing, standing

HASTE = 10
UNDER_WAY = 0.03
"""Seconds that a call is under way, so that calls overlap."""


class HastyClock(SystemClock):
    """The machine's clock; pauses are a tenth as long, and are written down."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Pause."""
        self.pauses.append(seconds)
        super().sleep(seconds / HASTE)


def test_a_first_sync_ends_as_ever_where_an_org_lets_in_one_call_at_a_time(
    small: SmallWorld, undisturbed: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, clock = small.begin(), HastyClock()
    answer = small.world.answer

    def slowly(call: Call) -> Answer:
        return replace(answer(call), delay=UNDER_WAY)

    monkeypatch.setattr(small.world, "answer", slowly)
    for org in (small.world.bigin, small.world.crm):
        org.switches.concurrency = 1
    with Room.open(settings_of(home), clock=clock) as room:
        work(room, room.integration(), why="test")
        refused = sum(crowd.refused for crowd in small.world.crowds.values())
        assert len(clock.pauses) >= refused > 0
        assert work(room, room.integration(), why="test").writes == 0
    assert standing(small, home) == undisturbed
