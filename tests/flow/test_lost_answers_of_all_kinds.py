"""Records of all eight kinds are made once, though the answer to every creation is lost: with sync keys and without."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bigin_sync.admin import runs
from bigin_sync.emulator.faults import Fault
from bigin_sync.emulator.faults import Kind as FaultKind
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.replay.play import Played, take
from bigin_sync.replay.reading import read
from bigin_sync.replay.scenario import Scenario
from bigin_sync.replay.stage import Stage, staged
from bigin_sync.replay.worlds import shown
from bigin_sync.store import journal
from tests.torture.stories import keyed

pytestmark = [pytest.mark.usefixtures("each_database"), pytest.mark.long]

STORY = Path(__file__).parents[1] / "torture" / "all-kinds.yaml"
CREATIONS = r"/v\d+/[A-Z]\w+$"
SWITCHED_ON = (1, 2, 3)
"""The steps of the story in which the other modules are switched on, between two runs."""


def plain(story: Scenario) -> Scenario:
    return story


def counted(stage: Stage) -> dict[str, Counter[str]]:
    """How many records of which kind each org has."""
    return {
        label: Counter({kind: len(rows) for kind, rows in shown(place).items()})
        for label, place in stage.places.items()
    }


def unanswered(stage: Stage, lost: FaultKind, *, times: int, pause: float) -> None:
    """Runs in which so many creations go unanswered, until one has nothing left to write."""
    fault = Fault(kind=lost, method="POST", path=CREATIONS, times=times)
    stage.world.faults.add(fault)
    for _ in range(8):
        written = runs.sync(stage.room).writes
        stage.clock.advance(pause)
        if fault.struck == times and not written and not waiting(stage):
            return
    pytest.fail(f"it does not come to rest; {fault.struck} creations of {times} went unanswered")


def waiting(stage: Stage) -> bool:
    """Whether a creation is still open."""
    with stage.room.db.read() as session:
        return bool(journal.open_intents(session, stage.room.integration()))


@pytest.mark.parametrize(
    ("orgs", "lost", "pause"),
    [
        (keyed, "drop_after", 5),
        pytest.param(keyed, "drop_before", 60, marks=pytest.mark.torture),
        (plain, "drop_after", 200),
        pytest.param(plain, "drop_before", 200, marks=pytest.mark.torture),
    ],
    ids=["keyed-made", "keyed-lost", "plain-made", "plain-lost"],
)
def test_every_record_is_made_once_though_no_creation_was_answered(
    orgs: Callable[[Scenario], Scenario], lost: FaultKind, pause: float
) -> None:
    story = orgs(read(STORY))
    with staged(story) as stage:
        unanswered(stage, lost, times=4, pause=pause)
        for number in SWITCHED_ON:
            take(stage, number, played=Played(story))
        unanswered(stage, lost, times=12, pause=pause)
        told = Counter({kind: len(rows) for kind, rows in story.after.on("bigin").items()})
        assert len(told) == len(BIGIN_CRM.kinds)
        assert counted(stage) == dict.fromkeys(stage.places, told)
