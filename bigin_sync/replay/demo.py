"""The demo: both orgs emulated on a real port, and the story of a first sync and a working day, told as it happens."""

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bigin_sync.admin import conflicts, runs
from bigin_sync.admin.lines import WriteLine
from bigin_sync.clock import SystemClock
from bigin_sync.model.side import BOTH
from bigin_sync.pairing.catalog import Pairing
from bigin_sync.replay.demo_daemon import go_on, invitations
from bigin_sync.replay.demo_set import Scene, opened
from bigin_sync.replay.people import Person
from bigin_sync.replay.words import LABELS, PLURALS
from bigin_sync.sync.progress import Aside, Progress, Report

Watching = Callable[[Console, Pairing], AbstractContextManager[Progress]]
"""How the progress of a run is shown; the command line has its own way."""

Stopping = Callable[[], threading.Event]
"""Gives the event that ends the daemon."""

BREATH = 1.5
"""Seconds to read a few lines."""

_NEXT = (
    ("bigin-sync emulator", "both orgs for yourself, on a port"),
    ("bigin-sync connect bigin", "your own org; nothing is written by that"),
    ("bigin-sync plan", "every write of a sync, before there is any"),
    ("bigin-sync daemon", "both orgs kept in sync, all day"),
    ("bigin-sync replay fixtures/", "more stories, each checked to the last field"),
)


def tell(console: Console, *, stopping: Stopping | None, port: int | None, watching: Watching) -> int:
    """Tells the story. Then the daemon keeps both orgs in sync until the event that `stopping` gives is set.

    stopping: asked for once the story is told; None: the story is all. Raises `PortInUse`.
    """
    with opened(SystemClock(), port=port) as scene:
        story = _Story(console, scene, watching)
        story.beginning()
        story.first_sync()
        story.working_day()
        story.quiet()
        if stopping is not None:
            story.go_on(stopping())
        story.what_next()
    return 0


class _Story:
    """The chapters, in the order they are told."""

    def __init__(self, console: Console, scene: Scene, watching: Watching) -> None:
        self._console = console
        self._scene = scene
        self._watching = watching

    def beginning(self) -> None:
        """Two orgs that know half of a town each."""
        self._chapter(
            "Two products, one town",
            "The sales people of Harbour & Pine work in Bigin, the office in Zoho CRM. Both know many of the same "
            f"customers, and neither knows all.\nBoth orgs are emulated on this machine: {self._scene.url}",
        )
        table = _table("", *(self._title(label) for label in LABELS))
        for kind, plural in PLURALS.items():
            counts = [self._scene.count(label, kind) for label in LABELS]
            if any(counts):
                table.add_row(plural, *(f"{count:,}" for count in counts))
        self._show(table)
        for line in self._scene.connected:
            self._console.print(f"[green]✓[/] {line}")
        self._breathe()

    def first_sync(self) -> None:
        """Everything is read, matched, and made where it is missing."""
        self._chapter(
            "The first sync",
            "Both sides are read to the end before anything is written, so that nobody is made twice.",
        )
        report = self._sync()
        self._show(self._came_to(report))
        examples = {line.why: line.record for line in self._writes(report) if line.action == "link"}
        for why, record in examples.items():
            self._console.print(f"[green]✓[/] {record}: {why}")
        for conflict in conflicts.listing(self._scene.room)[:1]:
            self._console.print(f"[yellow]?[/] {conflict.record}: {conflict.what} It waits for you.")
        self._breathe()

    def working_day(self) -> None:
        """Two people edit, and once they edit the same field."""
        stars = self._scene.stars
        self._chapter("A working day", "Ana works in Bigin, Ben in the CRM. Neither knows what the other does.")
        self._edit("Ana", "bigin", stars.edited, {"Mobile": "+49 30 23125 777"})
        self._edit("Ben", "crm", stars.edited, {"Title": "Head of everything"})
        self._edit("Ana", "bigin", stars.contested, {"Title": "Partner"})
        self._scene.room.clock.sleep(BREATH)  # both products know time to the second
        self._edit("Ben", "crm", stars.contested, {"Title": "Managing partner"})
        self._enter("Ana", "bigin", stars.newcomer)
        self._breathe()
        report = self._sync()
        self._show(self._came_to(report))
        self._contested(self._writes(report))
        self._compare(stars.edited, stars.contested, stars.newcomer)
        self._breathe()

    def quiet(self) -> None:
        """Nothing happened, so nothing is written."""
        self._chapter("A quiet moment", "Nobody edits anything. The sync looks, and leaves everything alone.")
        before = self._scene.calls()
        report = self._sync()
        read = self._scene.calls() - before
        self._console.print(f"[green]✓[/] {report.writes} records written, {read} calls in {report.seconds:.1f} s.")

    def go_on(self, stop: threading.Event) -> None:
        """The daemon takes over, for whoever wants to play."""
        self._chapter(
            "And so on, until Ctrl-C",
            "The daemon keeps both orgs in sync now. Both are open to edits: paste a line into another terminal and "
            "see what happens here.",
        )
        for told, command in invitations(self._scene):
            self._console.print(f"[cyan]{escape(told)}[/]")
            self._console.print(Text(command), soft_wrap=True)
        self._console.print("The tokens are good for an hour.")
        with self._console.status("Waiting for an edit …") if self._console.is_terminal else nullcontext():
            go_on(self._scene, stop=stop, shown=self._synced)
        self._console.print("Stopped. Nothing is left of both orgs.")

    def _synced(self, report: Report) -> None:
        """A sync of the daemon, if it did something."""
        if report.writes:
            at = self._scene.room.clock.now().astimezone()
            self._console.print(f"[bold]Sync at {at:%H:%M:%S}[/], {report.seconds:.1f} s")
            for line in self._writes(report):
                self._console.print(_line(line))

    def what_next(self) -> None:
        """What a person would try now."""
        grid = Table.grid(padding=(0, 2))
        for command, what in _NEXT:
            grid.add_row(f"[bold]{command}[/]", what)
        self._console.print()
        self._console.print(Panel(grid, title="What to try next", title_align="left", expand=False))

    def _chapter(self, title: str, text: str) -> None:
        self._console.print()
        self._console.rule(f"[bold]{title}[/]", align="left")
        self._console.print(text)
        self._breathe()

    def _breathe(self) -> None:
        if self._console.is_terminal:
            self._scene.room.clock.sleep(BREATH)

    def _sync(self) -> Report:
        with self._watching(self._console, self._scene.room.pairing) as progress:
            return runs.sync(self._scene.room, progress=progress)

    def _writes(self, report: Report) -> list[WriteLine]:
        return list(runs.writes(self._scene.room, report.run_id))

    def _edit(self, who: str, label: str, person: Person, values: dict[str, str]) -> None:
        self._scene.edit(who, label, person, values)
        told = ", ".join(f"{name} → {value}" for name, value in values.items())
        self._console.print(f"  [cyan]{who}[/] in {self._title(label)}: {person.first} {person.last}, {told}")

    def _enter(self, who: str, label: str, person: Person) -> None:
        self._scene.enter(who, label, person)
        self._console.print(f"  [cyan]{who}[/] in {self._title(label)}: enters {person.first} {person.last}")

    def _came_to(self, report: Report) -> Table:
        room = self._scene.room
        told = {kind: counts for kind, counts in report.counts.items() if counts.writes or counts.linked}
        table = _table("", *(PLURALS[kind] for kind in told))
        rows: dict[str, list[int]] = {"recognised": [counts.linked for counts in told.values()]}
        for side in BOTH:
            rows[f"made in {room.pairing.title(side)}"] = [counts.created[side] for counts in told.values()]
        for side in BOTH:
            rows[f"updated in {room.pairing.title(side)}"] = [counts.updated[side] for counts in told.values()]
        for words, aside in (("held for you", Aside.HELD), ("problems", Aside.PROBLEM)):
            rows[words] = [counts.aside(aside) for counts in told.values()]
        for words, numbers in rows.items():
            if any(numbers):
                table.add_row(words, *(f"{number:,}" if number else "·" for number in numbers))
        return table

    def _contested(self, lines: Iterable[WriteLine]) -> None:
        """Both versions of each contested field side by side, and the rule that settled it."""
        for line in lines:
            winner = next(self._title(label) for label in LABELS if self._title(label) != line.product)
            for remark in line.remarks:
                for one in line.fields:
                    if remark.startswith(one.label):
                        versions = f"{line.product}: {one.before}, {winner}: {one.after}"
                        self._console.print(f"[yellow]⚖[/] {escape(f'{line.record}. {versions}. {remark}.')}")

    def _compare(self, *people: Person) -> None:
        table = _table("", "field", *(self._title(label) for label in LABELS))
        for person in people:
            for name in ("Title", "Mobile", "Phone"):
                values = [self._scene.value(label, person, name) for label in LABELS]
                if any(values):
                    table.add_row(f"{person.first} {person.last}", name, *(value or "·" for value in values))
        self._show(table)

    def _show(self, table: Table) -> None:
        self._console.print(table)

    def _title(self, label: str) -> str:
        return self._scene.title(label)


def _table(*headings: str) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2))
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number and heading != "field" else "left")
    return table


def _line(line: WriteLine) -> str:
    fields = ", ".join(f"{one.label} → {one.after}" for one in line.fields)
    told = f"{line.record} in {line.product}: {fields}" if line.product else f"{line.record}: {line.why}"
    return f"  [cyan]{line.action}[/] {escape(told)}"
