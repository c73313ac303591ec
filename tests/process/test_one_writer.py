"""However many are started at once, one writes; the others wait or say so."""

import os
import subprocess

from tests.commands import PROGRAM
from tests.process.daemons import PATIENCE
from tests.process.forking import Nursery
from tests.process.small_world import SmallWorld, settings_of
from tests.process.standing import Standing, standing

TOGETHER = (("sync",), ("daemon", "--once"))


def test_a_daemon_and_a_sync_that_start_at_once_write_everything_once(
    small: SmallWorld, children: Nursery, undisturbed: Standing, elsewhere: str | None
) -> None:
    home = small.begin(database_url=elsewhere)
    environment = {
        **os.environ,
        "BIGIN_SYNC_HOME": str(home),
        "BIGIN_SYNC_DATABASE_URL": settings_of(home).database_url,
    }
    started = [
        subprocess.Popen([*PROGRAM, *words], env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for words in TOGETHER
    ]
    for process in started:
        said = "".join(process.communicate(timeout=PATIENCE))
        assert process.returncode == 0 or (process.returncode == 1 and "at work on these orgs" in said), said
    assert 0 in [process.returncode for process in started]
    assert standing(small, home) == undisturbed
    (idle,) = children.sync(home)
    assert idle["writes"] == 0
