"""The real command, killed from outside at a call drawn at random, and typed again."""

import os
import random
import signal
import subprocess
from pathlib import Path

import pytest

from bigin_sync.clock import SystemClock
from bigin_sync.emulator.calls import Call
from bigin_sync.emulator.world import Answer
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import BOTH
from bigin_sync.store import credits
from tests.commands import PROGRAM
from tests.process.forking import ROOT, Nursery
from tests.process.small_world import SmallWorld, settings_of
from tests.process.standing import Standing, standing

pytestmark = pytest.mark.long

UNDER_WAY = 12
"""Credits, at most, of calls to one org that were counted and about to leave when the process was killed."""

SYNC = [*PROGRAM, "sync"]


class Ambush:
    """Kills a process at one of its calls: before the call takes effect, or before its answer leaves."""

    def __init__(self, small: SmallWorld, *, at: int, after_effect: bool) -> None:
        self._answer = small.world.answer
        self._left = at
        self._after = after_effect
        self.victim: subprocess.Popen[str] | None = None

    def answer(self, call: Call) -> Answer:
        """Answers a call; at the chosen one nobody is left to hear it."""
        self._left -= 1
        if self._left or self.victim is None:
            return self._answer(call)
        if not self._after:
            self._kill()
            return Answer(reply=None)
        answer = self._answer(call)
        self._kill()
        return answer

    def _kill(self) -> None:
        assert self.victim is not None
        self.victim.kill()
        self.victim.wait()


def typed(home: Path) -> "subprocess.Popen[str]":
    """`bigin-sync sync`, typed at a terminal where nobody sits."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BIGIN_SYNC_")}
    return subprocess.Popen(
        SYNC,
        cwd=ROOT,
        env={**kept, "BIGIN_SYNC_HOME": str(home), "BIGIN_SYNC_SETTLE_AFTER": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def counted(home: Path) -> dict[str, int]:
    """The credits that each side is known to have used."""
    with Room.open(settings_of(home), clock=SystemClock()) as room, room.db.read() as session:
        iid = room.integration()
        return {room.pairing.label(side): credits.used(session, iid, side=side) for side in BOTH}


@pytest.mark.parametrize("drawn", [11, *(pytest.param(drawn, marks=pytest.mark.torture) for drawn in (23, 37))])
def test_a_command_that_was_killed_has_counted_its_calls_and_is_typed_again_and_finishes(
    small: SmallWorld, children: Nursery, undisturbed: Standing, drawn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    luck = random.Random(drawn)
    home = small.begin()
    before = counted(home)
    ambush = Ambush(small, at=luck.randrange(3, 16), after_effect=luck.random() < 0.7)
    with monkeypatch.context() as patched:
        patched.setattr(small.world, "answer", ambush.answer)
        with typed(home) as process:
            ambush.victim = process
            process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
    after = counted(home)
    for label, ledger in small.world.ledgers.items():
        assert ledger.ever <= after[label] - before[label] <= ledger.ever + UNDER_WAY
    with typed(home) as again:
        out, err = again.communicate(timeout=120)
    assert again.returncode == 0, out + err
    (idle,) = children.sync(home)
    assert standing(small, home) == undisturbed
    assert idle["writes"] == 0
