"""The measurements: which programs run against which emulator, and what each of them came to."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from tests.bench.arithmetic import AT_ONCE, PRODUCTS, Load, Minimum, ideal_seconds, minimum
from tests.bench.eight import EDITS, FIRST, LATER, MODULES, Eight
from tests.bench.invented import COMPANY, CONTACT, Plan
from tests.bench.measured import Measured
from tests.bench.rig import ROOT, Rig, Spent, emulated

PAUSE = 130.0
"""Seconds that go by between two runs: more than an incremental reading looks back behind the one before it."""
LATENCY_READ, LATENCY_WRITE = 250, 600
"""Milliseconds a call takes where latency is emulated."""
KINDS = (COMPANY, CONTACT)
OURS, SCRIPT = "bigin-sync", "script"


class Failed(Exception):
    """A measured process ended with an error: all that it said, which it closes with what was wrong."""


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement. size: records a side; spent: product -> what the emulator saw; least: the fewest calls.

    latency: whether calls took as long as over the internet. kinds: how many kinds were switched on. at_once: how many
    calls to an org were let be under way at a time.
    """

    program: str
    name: str
    size: int
    measured: Measured
    spent: Mapping[str, Spent]
    least: Minimum
    latency: bool = False
    kinds: int = len(KINDS)
    at_once: int = AT_ONCE

    @property
    def label(self) -> str:
        """What was measured, but for how many records there were."""
        kinds = [f"{self.kinds} kinds"] if self.kinds == len(MODULES) else []
        at_once = [f"{self.at_once} at once"] if self.at_once != AT_ONCE else []
        return ", ".join([self.name, *kinds, *(["latency"] * self.latency), *at_once])

    def told(self, program: str) -> str:
        """A line for people who wait for the table; program: whose run it is."""
        return f"{program}, {self.label}, {self.size:,} records a side: {self.measured.seconds:.1f} s"

    @property
    def calls(self) -> int:
        """Calls to both products, but for those that ask for a token."""
        return sum(sum(each.calls.values()) for each in self.spent.values())

    @property
    def credits(self) -> int:
        """Credits of both products."""
        return sum(each.credits for each in self.spent.values())

    @property
    def writes(self) -> int:
        """Calls that write."""
        return sum(each.by_way.writes for each in self.spent.values())

    @property
    def records(self) -> int:
        """Records that were looked at."""
        return sum(counts["seen"] for counts in self.measured.counts.values())

    @property
    def ideal(self) -> float:
        """Seconds in which the same calls could have been made with latency, were nothing else to be done."""
        made = [each.by_way for each in self.spent.values()]
        return ideal_seconds(made, read=LATENCY_READ / 1000, write=LATENCY_WRITE / 1000, at_once=self.at_once)


Doing: TypeAlias = Generator[Run, None, None]
"""Work under way: what each of its steps came to."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A program to be measured. tree: the folder it is started in; home: a state folder in which `rig` is connected."""

    tree: Path
    home: Path
    rig: Rig


def life(size: int, *, tree: Path = ROOT, profile: Path | None = None) -> Doing:
    """A first sync, the run after it that sees its own echo, an idle one, and one after a hundredth was edited."""
    plan = Plan(size)
    with emulated(size) as rig, _connected(rig, tree) as program:
        first = plan.loads()
        yield _sync(program, "first sync", plan, least=minimum(first), profile=profile)
        check_complete(plan, rig)
        rig.advance(PAUSE)
        echo = [Load(load.product, load.kind, rows=load.creates + load.updates) for load in first]
        yield _sync(program, "settling", plan, least=minimum(echo))
        rig.advance(PAUSE)
        nothing = [Load(product, kind, rows=0) for product in PRODUCTS for kind in KINDS]
        yield _sync(program, "idle", plan, least=minimum(nothing))
        rig.advance(PAUSE)
        edited = rig.edit(plan)
        loads = [
            Load(product, kind, rows=rows, updates=edited[PRODUCTS[1 - PRODUCTS.index(product)], kind])
            for (product, kind), rows in edited.items()
        ]
        yield _sync(program, "1 % edited", plan, least=minimum(loads))


def life_of_eight(each: int, *, tree: Path = ROOT) -> Doing:
    """The first sync of contacts, that of all the rest, and then as in `life`, with so many records of every kind."""
    plan = Eight(each)
    with emulated(0, each=each) as rig, _connected(rig, tree) as program:
        yield _sync(program, "first two kinds", plan, least=minimum(plan.loads(FIRST)))
        _start(tree, "tests.bench.measured", "add", f"--home={program.home}")
        rig.advance(PAUSE)
        loads = [*plan.loads(LATER), *(Load(product, kind, rows=0) for product in PRODUCTS for kind in FIRST)]
        least = replace(minimum(loads), lists=plan.lists())
        yield _sync(program, "first sync", plan, least=least, kinds=len(MODULES))
        for product in PRODUCTS:
            held = {kind: rig.held(product, MODULES[kind][product]) for kind in MODULES}
            assert held == dict.fromkeys(MODULES, 2 * each - plan.shared), f"{product} holds {held}"
        rig.advance(PAUSE)
        echo = [Load(load.product, load.kind, rows=load.creates) for load in plan.loads(LATER)]
        nothing = [Load(product, kind, rows=0) for product in PRODUCTS for kind in MODULES]
        yield _sync(program, "settling", plan, least=minimum([*echo, *nothing[: 2 * len(FIRST)]]), kinds=len(MODULES))
        rig.advance(PAUSE)
        yield _sync(program, "idle", plan, least=minimum(nothing), kinds=len(MODULES))
        rig.advance(PAUSE)
        few = each // 100
        for product in PRODUCTS:
            for kind in MODULES:
                rig.edit_some(product, MODULES[kind][product], wanted=few, values=EDITS[kind])
        edited = [Load(product, kind, rows=few, updates=few) for product in PRODUCTS for kind in MODULES]
        # Each deal and each product that was edited has a list where it was edited.
        least = replace(minimum(edited), lists=4 * few)
        yield _sync(program, "1 % edited", plan, least=least, kinds=len(MODULES))


def first_sync(size: int, *, latency: bool, at_once: int = AT_ONCE, tree: Path = ROOT) -> Doing:
    """A first sync of ours, and nothing after it."""
    plan = Plan(size)
    with _emulated(size, latency=latency) as rig, _connected(rig, tree) as program:
        yield _sync(program, "first sync", plan, least=minimum(plan.loads()), latency=latency, at_once=at_once)
        check_complete(plan, rig)


def script(size: int, *, latency: bool) -> Run:
    """The same by the script."""
    plan = Plan(size)
    with _emulated(size, latency=latency) as rig, tempfile.TemporaryDirectory() as folder:
        home, before = Path(folder), rig.spent()
        measured = _process(ROOT, "tests.bench.script", home, f"--url={rig.url}")
        check_complete(plan, rig)
        spent = _since(rig, before)
        return Run(SCRIPT, "first sync", size, measured, spent, minimum(plan.loads()), latency=latency)


def check_complete(plan: Plan, rig: Rig) -> None:
    """After a first sync both orgs must hold everybody once: a fast sync that is wrong would win every race."""
    held = rig.records()
    wanted = {(load.product, load.kind): load.rows + load.creates for load in plan.loads()}
    assert held == wanted, f"the orgs hold {held} instead of {wanted}"


def _sync(
    program: Installed,
    name: str,
    plan: Plan | Eight,
    *,
    least: Minimum,
    latency: bool = False,
    profile: Path | None = None,
    kinds: int = len(KINDS),
    at_once: int = AT_ONCE,
) -> Run:
    before = program.rig.spent()
    more = [f"--profile={profile}"] if profile is not None else []
    measured = _process(program.tree, "tests.bench.measured", program.home, f"--at-once={at_once}", *more, "sync")
    spent = _since(program.rig, before)
    for product, each in spent.items():
        ours = (measured.calls[product], measured.credits[product])
        seen = (sum(each.calls.values()), each.credits)
        assert ours == seen, f"our client counted {ours} calls and credits of {product}, the emulator {seen}"
    return Run(OURS, name, plan.size, measured, spent, least, latency=latency, kinds=kinds, at_once=at_once)


def _since(rig: Rig, before: Mapping[str, Spent]) -> dict[str, Spent]:
    return {product: now.since(before[product]) for product, now in rig.spent().items()}


def _process(tree: Path, module: str, home: Path, *options: str) -> Measured:
    """Run a measured process to its end and read what it wrote down."""
    out = home / "measured.json"
    _start(tree, module, f"--home={home}", f"--out={out}", *options)
    return Measured(**json.loads(out.read_text()))


def _start(tree: Path, module: str, *options: str) -> None:
    """Run a module of a tree to its end; raises `Failed` if it fails."""
    command = [sys.executable, "-m", module, *options]
    ended = subprocess.run(command, cwd=tree, stderr=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        raise Failed(ended.stderr.strip() or f"it ended with code {ended.returncode}")
    sys.stderr.write(ended.stderr)


@contextmanager
def _emulated(size: int, *, latency: bool) -> Iterator[Rig]:
    reads, writes = (LATENCY_READ, LATENCY_WRITE) if latency else (0, 0)
    with emulated(size, latency_read=reads, latency_write=writes) as rig:
        yield rig


@contextmanager
def _connected(rig: Rig, tree: Path) -> Iterator[Installed]:
    """The program of a tree, with a state folder in which both orgs are connected."""
    with tempfile.TemporaryDirectory(prefix="bigin-sync-bench-") as folder:
        _start(tree, "tests.bench.measured", "connect", f"--home={folder}", f"--url={rig.url}")
        yield Installed(tree, Path(folder), rig)
