"""The daemon in a scenario: the keeper itself, woken on the scenario's clock until its time is over."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta

from bigin_sync.jobs.due import Bounds
from bigin_sync.jobs.keeper import Keeper
from bigin_sync.jobs.lease import leased
from bigin_sync.jobs.vital import alive
from bigin_sync.replay.acting import in_words
from bigin_sync.replay.orders import Daemon, Look
from bigin_sync.replay.ran import Ran, misrun, ran
from bigin_sync.replay.stage import Stage
from bigin_sync.replay.words import Tally

WOKEN = timedelta(seconds=15)
"""How much of a scenario's time goes by between two wakings; the daemon itself is woken every second."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One run of the daemon: the modules it was over, and what it came to. One that ended early names no modules."""

    modules: tuple[str, ...]
    ran: Ran

    def __str__(self) -> str:
        return f"{', '.join(self.modules)}: {self.ran}" if self.modules else str(self.ran)


@dataclass(frozen=True, slots=True)
class Life:
    """What a daemon did while it lived: time of the day -> run."""

    looks: Mapping[str, Looked]

    @property
    def calls(self) -> int:
        """How many calls wrote."""
        return sum(look.ran.calls for look in self.looks.values())

    def __str__(self) -> str:
        return "\n".join(f"{at} {look}" for at, look in self.looks.items()) or "no run"


@contextmanager
def beside(stage: Stage, other: str | None) -> Iterator[None]:
    """While another process is at work on the same orgs: `a run`, or `a daemon` that waits; None: there is none."""
    iid = stage.room.integration() if other else 0
    with leased(stage.room, iid) if other == "a run" else alive(stage.room, iid) if other else nullcontext():
        yield


def live(stage: Stage, span: timedelta) -> Life:
    """A daemon starts, does what is due for so long, and ends. Raises what nobody foresaw."""
    iid, stop, looks = stage.room.integration(), threading.Event(), dict[str, Looked]()
    bounds = Bounds(stage.room.settings.poll_min, stage.room.settings.poll_max)
    crashes: list[Exception] = []
    with alive(stage.room, iid) as vital:
        keeper = Keeper(stage.room, iid, bounds=bounds, vital=vital, stop=stop, crashed=crashes.append)
        until = stage.clock.now() + span
        while stage.clock.now() < until:
            at = f"{stage.clock.now():%H:%M:%S}"
            look = _look(stage, keeper)
            if crashes:
                raise crashes[0]
            if look is not None:
                looks[at] = look
            vital.beat()
            stage.clock.advance(WOKEN.total_seconds())
    return Life(looks)


def _look(stage: Stage, keeper: Keeper) -> Looked | None:
    """One waking; None: nothing was due, or a rest was kept."""
    rest, modules = keeper.rest(), list[str]()

    def run(_stage: Stage) -> tuple[dict[str, Tally], str | None]:
        report = keeper.look()
        if report is None:
            now = keeper.rest()
            return {}, None if now is None or now is rest else now.why
        modules.extend(spec.name for spec in stage.room.pairing.modules if report.counts.keys() & set(spec.kinds))
        return in_words(stage.room, report)

    done = ran(stage, run)
    return Looked(tuple(modules), done) if modules or done.stopped else None


def unlike(told: Daemon, life: Life) -> list[str]:
    """What a daemon did otherwise than expected, and when."""
    faults = []
    for at in sorted({**told.runs, **life.looks}):
        wanted, found = told.runs.get(at), life.looks.get(at)
        if wanted is None:
            faults.append(f"at {at} no run was expected, and there was one: {found}")
        elif found is None:
            faults.append(f"at {at} a run was expected, and there was none")
        else:
            faults += [f"at {at} {fault}" for fault in _otherwise(wanted, found)]
    return faults


def _otherwise(wanted: Look, found: Looked) -> list[str]:
    faults = misrun(wanted.did, found.ran, dry=False)
    if sorted(wanted.modules) != sorted(found.modules):
        modules = " and ".join(found.modules) or "no module"
        faults.append(
            f"a run over {' and '.join(wanted.modules) or 'no module'} was expected, and it was over {modules}"
        )
    return faults
