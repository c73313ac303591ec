"""The table: what went wrong on purpose, and what came of it."""

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(slots=True)
class Tally:
    """Counts of a campaign. faults: class -> how often it struck. findings: where, and what was wrong there.

    made, deleted: records that people made, and deleted, who work without a pause. lost: edits that are nowhere any
    more. doubles: records that are there once more than they should be. forbidden: what a sync must never say, and
    what it must never delete. told, flipped: stories, and those told with their sides exchanged. steps: all steps that
    tell, of the runs that were to be stopped; stopped_at: those at which one was. window: seconds between the last look
    at a record and our write to it; overwritten: edits that fell into it where nobody can know; refused: our writes
    that an org did not take for one.
    """

    faults: Counter[str] = field(default_factory=Counter)
    edits: int = 0
    made: int = 0
    deleted: int = 0
    lost: int = 0
    doubles: int = 0
    forbidden: int = 0
    told: int = 0
    flipped: int = 0
    steps: int = 0
    stopped_at: int = 0
    overwritten: int = 0
    refused: int = 0
    window: list[float] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def struck(self, what: str, *, edits: int = 0) -> None:
        """Something went wrong on purpose, in a story in which people did so many things."""
        self.faults[what] += 1
        self.edits += edits

    def failed(self, where: str, what: list[str]) -> None:
        """Something went wrong that was not meant to."""
        self.findings.append("\n  ".join([where, *what]))

    def compared(self, where: str, faults: list[str], *, heard: list[str]) -> None:
        """What is not as it is without disturbance, and what the sync must not have said."""
        self.lost += any("missing: " in fault for fault in faults)
        self.doubles += any("unexpected: " in fault and "link:" not in fault for fault in faults)
        self.forbidden += len(heard)
        if faults or heard:
            self.failed(where, [*faults, *(f"the sync said {what}" for what in heard)])

    def add(self, other: "Tally") -> None:
        """Take in what another worker has counted."""
        self.faults.update(other.faults)
        for name in (one.name for one in fields(self) if one.type is int):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.window += other.window
        self.findings += other.findings

    def show(self, console: Console, *, title: str) -> None:
        """Print everything that was counted, and every finding."""
        table = Table("what", "how often", title=title)
        rows: list[tuple[str, Any]] = sorted(self.faults.items())
        rows += [("edits of people in it", self.edits), ("edits lost", self.lost), ("doubles", self.doubles)]
        if self.made:
            rows += [("records that people made in it", self.made), ("records that they deleted", self.deleted)]
        rows += [("forbidden writes", self.forbidden)]
        if self.told:
            rows += [("stories told, of which with the sides exchanged", f"{self.flipped} of {self.told}")]
        if self.steps:
            rows += [("steps that tell, of which a run was stopped at", f"{self.stopped_at} of {self.steps}")]
        if self.window:
            times = sorted(self.window)
            rows += [("edits overwritten in the window", self.overwritten)]
            rows += [("writes refused for an edit in the window", self.refused)]
            rows += [("the window, ms: median", round(times[len(times) // 2] * 1000, 1))]
            rows += [("the window, ms: 99 of 100", round(times[len(times) * 99 // 100] * 1000, 1))]
        for what, count in rows:
            table.add_row(what, str(count))
        for finding in self.findings:
            console.print(finding, markup=False, soft_wrap=True)
        console.print(table)
