"""Runs: one now, those that were, and what each of them wrote."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bigin_sync.admin.lines import Teller, WriteLine
from bigin_sync.errors import UnknownRecord
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.work import work
from bigin_sync.store import journal
from bigin_sync.store import modules as stored_modules
from bigin_sync.store import runs as stored_runs
from bigin_sync.store.modules import ModuleState, StoppedBy
from bigin_sync.sync.progress import Aside, Progress, Report, Silent, Stop

SLICE = 500


@dataclass(frozen=True, slots=True)
class CountsLine:
    """What became of the records of one kind in a run; created, updated and joined by the label of the written side.

    joined: records of another kind (products) that were joined with one of this kind.
    """

    kind: str
    seen: int
    unchanged: int
    linked: int
    parted: int
    created: dict[str, int]
    updated: dict[str, int]
    joined: dict[str, int]
    skipped: int
    waiting: int
    held: int
    problems: int
    postponed: int


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run. state: `running`, `done`, `dry`, `stopped`, `failed` or `interrupted`; seconds: None while it runs.

    written: remote writes. revisions: module -> number of the revision it ran under.
    """

    id: int
    started_at: datetime
    seconds: float | None
    state: str
    why: str
    dry: bool
    written: int
    linked: int
    held: int
    problems: int
    error: str | None
    revisions: dict[str, int]
    counts: tuple[CountsLine, ...]
    modules: "tuple[ModuleTotals, ...]" = ()


@dataclass(frozen=True, slots=True)
class ModuleTotals:
    """What became of the records of one module in a run. skipped: left out for a reason, or waiting for a parent;
    failed: could not be written; parted: linked ones of which one was found deleted, while the other one is kept.
    """

    module: str
    total: int
    added: int
    updated: int
    skipped: int
    held: int
    failed: int
    parted: int


def sync(
    room: Room,
    modules: Sequence[str] | None = None,
    *,
    progress: Progress | None = None,
    full: bool = False,
    restored: bool = False,
) -> Report:
    """One run now, over these modules or over all that are switched on. full: every record is read again. restored: the
    database was restored from a backup, and is to be gone on with.
    """
    asked = [*["every record read again"] * full, *["with a restored database"] * restored]
    why = ", ".join(["by hand", *asked])
    progress = progress or Silent()
    return work(room, room.connected(), why=why, modules=modules, progress=progress, full=full, restored=restored)


def stopped(room: Room) -> dict[str, Stop]:
    """The modules that stand stopped, whichever run has stopped them: a run over all leaves them out."""
    iid = room.integration()
    with room.db.read() as session:
        known = stored_modules.listing(session, iid)
    return {
        module.name: Stop(module.stopped_by or StoppedBy.BRAKE, module.stopped_why or "")
        for module in known
        if module.state is ModuleState.STOPPED
    }


def counts(room: Room, report: Report) -> list[CountsLine]:
    """What a run came to, kind by kind."""
    return [_counts(room, kind, counts.to_json()) for kind, counts in report.counts.items()]


def history(room: Room, *, limit: int | None = None, module: str | None = None) -> list[RunLine]:
    """The runs, newest first; of one module those that served it, with its own totals alone."""
    iid = room.integration()
    wanted = None if module is None else room.pairing.module(module).name
    with room.db.read() as session:
        found = stored_runs.listing(session, iid, limit=limit, module=wanted)
        lines = [_line(room, run) for run in found]
    if wanted is None:
        return lines
    return [replace(line, modules=tuple(each for each in line.modules if each.module == wanted)) for line in lines]


def run(room: Room, run_id: int) -> RunLine:
    """One run; raises `UnknownRecord`."""
    iid = room.integration()
    with room.db.read() as session:
        found = stored_runs.get(session, iid, run_id)
    if found is None:
        raise UnknownRecord(f"There is no run {run_id}.", hint="bigin-sync history lists the runs there are.")
    return _line(room, found)


def writes(room: Room, run_id: int, *, limit: int | None = None) -> Iterator[WriteLine]:
    """What a run wrote and decided, newest first, at most `limit` lines."""
    iid = room.integration()
    left, before = limit, None
    with room.db.read() as session:
        teller = Teller(room, iid, session)
        while left is None or left > 0:
            some = journal.history(
                session, iid, run_id=run_id, before_id=before, limit=SLICE if left is None else min(left, SLICE)
            )
            if not some:
                return
            yield from teller.lines(some)
            before = some[-1].id
            left = None if left is None else left - len(some)


def _counts(room: Room, kind: str, told: Mapping[str, int]) -> CountsLine:
    labels = room.pairing.labels
    return CountsLine(
        kind=kind,
        seen=told["seen"],
        unchanged=told["unchanged"],
        linked=told["linked"],
        parted=told["parted"],
        created={label: told[f"created_{side}"] for side, label in labels.items()},
        updated={label: told[f"updated_{side}"] for side, label in labels.items()},
        joined={label: told.get(f"joined_{side}", 0) for side, label in labels.items()},
        skipped=told[Aside.SKIPPED],
        waiting=told[Aside.WAITING],
        held=told[Aside.HELD],
        problems=told[Aside.PROBLEM],
        postponed=told["postponed"],
    )


def _totals(room: Room, lines: Sequence[CountsLine]) -> Iterator[ModuleTotals]:
    for spec in room.pairing.modules:
        mine = [line for line in lines if line.kind in spec.kinds]
        if mine:
            yield ModuleTotals(
                module=spec.name,
                total=sum(line.seen for line in mine),
                added=sum(sum(line.created.values()) for line in mine),
                updated=sum(sum(line.updated.values()) for line in mine),
                skipped=sum(line.skipped + line.waiting for line in mine),
                held=sum(line.held for line in mine),
                failed=sum(line.problems for line in mine),
                parted=sum(line.parted for line in mine),
            )


def _line(room: Room, run: stored_runs.Run) -> RunLine:
    lines = [_counts(room, kind, told) for kind, told in run.counts.items()]
    return RunLine(
        id=run.id,
        started_at=run.started_at,
        seconds=None if run.ended_at is None else (run.ended_at - run.started_at).total_seconds(),
        state=run.state,
        why=run.why,
        dry=run.dry,
        written=sum(sum(part.values()) for line in lines for part in (line.created, line.updated, line.joined)),
        linked=sum(line.linked for line in lines),
        held=sum(line.held for line in lines),
        problems=sum(line.problems for line in lines),
        error=run.error,
        revisions=dict(run.revisions),
        counts=tuple(lines),
        modules=tuple(_totals(room, lines)),
    )
