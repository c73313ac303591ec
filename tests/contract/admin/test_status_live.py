"""`bigin-sync status --watch`: picture after picture of how things stand, until somebody says stop."""

import io
import threading
from collections.abc import Callable

from rich.console import Console

from bigin_sync.admin import runs
from bigin_sync.cli import standing
from bigin_sync.cli.screen import Screen, Sheet
from bigin_sync.store import notices
from tests.contract.admin.stage import Stage

ANA = {"First_Name": "Ana", "Last_Name": "Ruiz", "Email": "ana@nordwind.example"}


class Looking(threading.Event):
    """Somebody who looks at each picture: between two of them something happens, and after the last one they stop."""

    def __init__(self, *happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens = list(happens)
        self.pauses: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout)
        if self._happens:
            self._happens.pop(0)()
            return False
        return True


def picture(sheet: Sheet) -> str:
    """A picture as it is seen."""
    console = Console(file=io.StringIO(), width=160)
    console.print(sheet.picture())
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def linked(seen: str) -> str:
    """What a picture says of contacts: how many are linked."""
    (row,) = (line.split() for line in seen.splitlines() if line.split()[:1] == ["contacts"] and "Contacts" in line)
    return row[row.index("Contacts") + 1]


def tell(stage: Stage, text: str) -> None:
    """Something a person should read."""
    iid = stage.room.integration()
    with stage.room.db.write(iid) as session:
        notices.add(session, iid, text=text)


def test_each_picture_shows_how_things_stand_by_then_and_a_notice_stays_to_be_read(stage: Stage) -> None:
    stage.ready()
    sheets = standing._sheets(stage.room)
    first = picture(next(sheets))
    assert ("Daemon: there was none yet" in first, linked(first), "Last run" in first) == (True, "0", False)
    stage.make("bigin", "Contacts", ANA)
    runs.sync(stage.room)
    tell(stage, "A notice for people.")
    second, third = picture(next(sheets)), picture(next(sheets))
    assert (linked(second), "Last run: 1, by hand" in second) == ("1", True)
    assert ["A notice for people." in each for each in (first, second, third)] == [False, True, True]
    for number in range(standing.LAST_NOTICES):
        tell(stage, f"Notice {number}")
    last = picture(next(sheets))
    assert ("A notice for people." in last, last.count("Notice ")) == (False, standing.LAST_NOTICES)


def test_it_is_live_until_somebody_says_stop(stage: Stage) -> None:
    stage.ready()
    stage.make("bigin", "Contacts", ANA)
    looking = Looking(lambda: runs.sync(stage.room), lambda: tell(stage, "A notice for people."))
    screen = Screen()
    screen.out = Console(file=io.StringIO(), force_terminal=True, width=160, height=60)
    standing._live(screen, stage.room, looking)
    assert looking.pauses == [standing.EVERY] * 3
    assert isinstance(screen.out.file, io.StringIO)
    seen = screen.out.file.getvalue()
    order = [seen.find(part) for part in ("there was none yet", "Last run: 1, by hand", "A notice for people.")]
    assert order == sorted(order)
    assert -1 not in order
