"""However many are started at once, one writes; the others wait or say so."""

import os
import subprocess

import pytest

from tests.commands import PROGRAM
from tests.process.daemons import PATIENCE
from tests.process.forking import Nursery
from tests.process.small_world import SmallWorld, settings_of
from tests.process.standing import Standing, standing

SYNC, DAEMON = ("sync",), ("daemon", "--once")
DONE = (0, 1)
"""How whoever finds nothing left to do ends, and whoever leaves records to a person."""
REFUSALS = ((4, "at work on these orgs"), (2, "keeps these orgs in sync already"))
"""How whoever comes second ends, and what it says."""


@pytest.mark.parametrize("together", [(SYNC, DAEMON), (DAEMON, DAEMON)], ids=["daemon and sync", "two daemons"])
def test_who_starts_at_once_writes_everything_once(
    small: SmallWorld, children: Nursery, undisturbed: Standing, elsewhere: str | None, together: tuple[tuple[str, ...]]
) -> None:
    home = small.begin(database_url=elsewhere)
    environment = {
        **os.environ,
        "BIGIN_SYNC_HOME": str(home),
        "BIGIN_SYNC_DATABASE_URL": settings_of(home).database_url,
    }
    started = [
        subprocess.Popen([*PROGRAM, *words], env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for words in together
    ]
    for process in started:
        said = "".join(process.communicate(timeout=PATIENCE))
        refused = any(process.returncode == code and why in said for code, why in REFUSALS)
        assert refused or process.returncode in DONE, said
    assert any(process.returncode in DONE for process in started)
    assert standing(small, home) == undisturbed
    (idle,) = children.sync(home)
    assert idle["writes"] == 0
