"""Work: one run from the right to write to its last word. Whoever starts runs, starts them here."""

import gc
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from bigin_sync.errors import BrakePulled, FieldsMoved, ModuleNotReady
from bigin_sync.jobs.admitted import admitted
from bigin_sync.jobs.assemble import assemble
from bigin_sync.jobs.clients import opened
from bigin_sync.jobs.doubted import reexamined
from bigin_sync.jobs.lease import leased
from bigin_sync.jobs.owed import carry_out
from bigin_sync.jobs.refresh import Place, refresh, stale
from bigin_sync.jobs.remembered import heed
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.shares import share_of
from bigin_sync.model.policy import Strategy
from bigin_sync.model.side import Side
from bigin_sync.store import modules as stored_modules
from bigin_sync.store import notices
from bigin_sync.sync.brakes import NO_BRAKES
from bigin_sync.sync.progress import Progress, Report, Silent, Stop
from bigin_sync.sync.run import run
from bigin_sync.sync.setup import Setup
from bigin_sync.zoho.side import SideClient

COLLECTED_EVERY = 50_000
"""New objects after which Python looks for garbage that holds on to itself. A run makes hundreds of objects for each
record and hardly ever such garbage: looking every 700 objects, as Python does by itself, takes a quarter of its time.
"""

SWITCHED_EVERY = 0.001
"""Seconds after which a thread lets others have the interpreter. A call needs it some twenty times, each time for very
little; with Python's own 5 ms, two threads that read large pages made each call take half as long again.
"""


def work(  # noqa: PLR0913 -- all that a person or the clock may ask of one run, by name
    room: Room,
    iid: int,
    *,
    why: str,
    modules: Sequence[str] | None = None,
    dry: bool = False,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    full: bool = False,
    catch_up: Strategy | None = None,
    restored: bool = False,
) -> Report:
    """One run over these modules, or over all that are switched on; `why` is who or what asked for it.

    stop: once set from another thread, what is under way is finished, and the run ends with `Interrupted`. full: both
    orgs are read from the start. catch_up: a dry run shows what taking up disabled modules with this strategy would do.
    restored: the database was restored from a backup, or lost, and is to be gone on with.

    Raises `ModuleNotReady`, `UnknownModule`, `LeaseLost` when another process is at work, `BrakePulled` where the
    database was restored or lost and nobody has seen a plan and said so, or what ended the run early (`StopRun`,
    `TryLater`); what was done until then is kept.
    """
    gc.set_threshold(COLLECTED_EVERY, 20, 20)
    sys.setswitchinterval(SWITCHED_EVERY)
    stop = stop or threading.Event()
    share = share_of(room, iid, names=modules)
    with (
        leased(room, iid) as right,
        opened(room, iid, share=share, stop=stop, assure=right.assure) as clients,
        admitted(room, iid),
    ):
        right.assure()
        heed(room, iid, names=modules, fence=right.fence, dry=dry, restored=restored)
        orgs = _Orgs(room, iid, clients)
        while True:
            names = orgs.still_wanted(modules)
            with orgs.none_left():
                setup = assemble(
                    room,
                    iid,
                    clients=clients,
                    names=names,
                    fence=right.fence,
                    dry=dry,
                    stop=stop,
                    catch_up=catch_up,
                    fresh=orgs.fresh,
                )
            carry_out(room, setup, full=full)
            try:
                report = run(setup, why=why, dry=dry, progress=progress or Silent())
            except FieldsMoved as moved:
                orgs.moved(moved)
                continue
            break
        if not dry:
            _conclude(room, setup, report)
        report.stopped.update(orgs.stopped)
    return report


class _Orgs:
    """What both orgs say of themselves: read again once a day, and whenever a run finds that it has changed."""

    def __init__(self, room: Room, iid: int, clients: Mapping[Side, SideClient]) -> None:
        self._room = room
        self._iid = iid
        self._clients = clients
        self._untold: dict[Place, frozenset[str]] = {}
        self.fresh = False
        self.stopped: dict[str, Stop] = {}
        if stale(room, iid):
            self._read()

    def moved(self, told: FieldsMoved) -> None:
        """Read both orgs again. What a side left out is remembered for as long as this lasts, so that no run that
        follows asks for it, and each of them gets further than the one before.
        """
        place = (Side(told.side), told.module)
        self._untold[place] = self._untold.get(place, frozenset()) | told.untold
        with reexamined(self._room, self._iid, place, told.refused):
            self._read()

    def still_wanted(self, names: Sequence[str] | None) -> Sequence[str] | None:
        """Those of the modules asked for that were not stopped meanwhile; raises `BrakePulled` when none is left."""
        left = None if names is None else [name for name in names if name.casefold() not in self.stopped]
        if names and not left:
            raise self._pulled()
        return left

    @contextmanager
    def none_left(self) -> Iterator[None]:
        """Modules that may not run because they have just been stopped are told as that: as `BrakePulled`."""
        try:
            yield
        except ModuleNotReady as refusal:
            raise self._pulled() if self.stopped else refusal from None

    def _pulled(self) -> BrakePulled:
        told = [
            f"{self._room.pairing.module(name).label} was stopped: {stop.why}" for name, stop in self.stopped.items()
        ]
        return BrakePulled(
            " ".join(told),
            why="Nothing was written. It goes on by itself once this is put right.",
        )

    def _read(self) -> None:
        self.stopped |= refresh(self._room, self._iid, self._clients, untold=self._untold).stopped
        self.fresh = True


def _conclude(room: Room, setup: Setup, report: Report) -> None:
    """Note the run with its modules; a first sync that is through makes its module active, a brake stops its own."""
    iid = setup.iid
    with setup.fenced() as session:
        stored_modules.served(session, iid, names=list(setup.revisions), run_id=report.run_id)
        for name in setup.revisions:
            label = room.pairing.module(name).label
            if name in report.stopped:
                stop = report.stopped[name]
                if stored_modules.stop(session, iid, name=name, by=stop.by, why=stop.why):
                    notices.add(session, iid, run_id=report.run_id, text=f"{label} was stopped: {stop.why}.")
                continue
            served = next(kind for kind in setup.kinds if kind.spec.module == name)
            strategy, released = served.policy.strategy.value, served.limits == NO_BRAKES
            stored_modules.finish(session, iid, name=name, strategy=strategy, released=released)
            if served.first:
                text = f"The first sync of {label} has finished; it stays in sync now."
                notices.add(session, iid, run_id=report.run_id, text=text)
