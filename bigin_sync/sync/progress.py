"""Progress and report: what a run tells while it works, and what it comes to."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bigin_sync.errors import Bug
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store.modules import StoppedBy


class Progress(Protocol):
    """Where a run tells how far it is. Called from the run's own thread only."""

    def stage(self, name: str, *, kind: str, side: Side | None, done: int, total: int | None) -> None:
        """`name` is `reading`, `matching`, `planning` or `writing`; `total` is None while it is not known."""
        ...

    def say(self, text: str) -> None:
        """Something a person should know now."""
        ...


class Silent:
    """Tells nobody."""

    def stage(self, name: str, *, kind: str, side: Side | None, done: int, total: int | None) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""


class Aside(StrEnum):
    """Why a record was set aside. The words are the states of an inbox row."""

    WAITING = "waiting"
    SKIPPED = "skipped"
    HELD = "held"
    PROBLEM = "problem"


class Counts:
    """What became of the records of one kind in a run.

    Each inbox entry that was looked at is counted once: it was settled (`applied`), set aside for a reason, or is left
    for the next run (`postponed`: overtaken again and again by edits, or not reached before the run ended). An entry
    that is set aside and taken up again within the run is counted where it ends. `unchanged` are rows that were no
    news. `parted`: links that were given up, by the side whose record is gone. `joined`: associations that were made on
    a side. Entries that `rest` are set aside too, and are tried again after a while.
    """

    def __init__(self) -> None:
        self.unchanged = 0
        self.applied = 0
        self.linked = 0
        self.parted: Counter[Side] = Counter()
        self.created: Counter[Side] = Counter()
        self.updated: Counter[Side] = Counter()
        self.joined: Counter[Side] = Counter()
        self._aside: dict[int, Aside] = {}
        self._open: set[int] = set()
        self._resting: set[int] = set()

    def look(self, entry_id: int) -> None:
        """An entry is being decided."""
        self._aside.pop(entry_id, None)
        self._open.add(entry_id)

    def apply(self, entry_id: int) -> None:
        """An entry is settled."""
        self._aside.pop(entry_id, None)
        self._open.discard(entry_id)
        self.applied += 1

    def set_aside(self, entry_id: int, why: Aside) -> None:
        """An entry is set aside."""
        self._open.discard(entry_id)
        self._aside[entry_id] = why

    def rest(self, entry_id: int, why: Aside = Aside.WAITING) -> None:
        """An entry is set aside as before, until its next try."""
        self.set_aside(entry_id, why)
        self._resting.add(entry_id)

    def aside(self, why: Aside) -> int:
        """How many entries ended aside for this reason."""
        return sum(1 for one in self._aside.values() if one is why)

    @property
    def postponed(self) -> int:
        """How many entries were looked at and are left for the next run."""
        return len(self._open)

    @property
    def seen(self) -> int:
        """How many records were looked at."""
        return self.unchanged + self.applied + len(self._aside) + len(self._open)

    @property
    def news(self) -> bool:
        """Whether anything has happened since the run before. A record that was only tried again is none."""
        return self.seen - self.unchanged > len(self._resting & self._aside.keys())

    @property
    def writes(self) -> int:
        """Remote writes in all."""
        return self.created.total() + self.updated.total() + self.joined.total()

    def check(self, kind: str, *, left: set[int]) -> None:
        """Raise `Bug` unless the entries counted as postponed are exactly those the inbox still holds as new."""
        if left != self._open:
            raise Bug(f"The inbox holds {len(left)} new {kind} entries where the run counts {len(self._open)}.")

    def to_json(self) -> dict[str, int]:
        """Plain numbers for the run's row."""
        told = {name: getattr(self, name) for name in ("seen", "unchanged", "applied", "linked", "postponed")}
        told["parted"] = self.parted.total()
        told |= {str(why): self.aside(why) for why in Aside}
        told |= {f"created_{side}": self.created[side] for side in BOTH}
        told |= {f"joined_{side}": self.joined[side] for side in BOTH}
        return told | {f"updated_{side}": self.updated[side] for side in BOTH}


@dataclass(frozen=True, slots=True)
class Stop:
    """A module that was stopped, by what, and why in words."""

    by: StoppedBy
    why: str


@dataclass(slots=True)
class Report:
    """What a run came to. state: `done`, `dry`, or `stopped` when all of its modules were.

    stopped: module -> what stopped it.
    """

    run_id: int
    state: str
    counts: dict[str, Counts]
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    stopped: dict[str, Stop] = field(default_factory=dict)

    @property
    def brake(self) -> str | None:
        """Which modules were stopped and why, in words; None if all went on."""
        return "; ".join(f"{module}: {stop.why}" for module, stop in self.stopped.items()) or None

    @property
    def writes(self) -> int:
        """Remote writes of all kinds."""
        return sum(counts.writes for counts in self.counts.values())

    @property
    def clean(self) -> bool:
        """Whether nothing was held and nothing is a problem."""
        return not any(counts.aside(why) for why in (Aside.HELD, Aside.PROBLEM) for counts in self.counts.values())
