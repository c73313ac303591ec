"""Work: one run from the right to write to its last word. Whoever starts runs, starts them here."""

import threading
from collections.abc import Sequence

from bigin_sync.jobs.assemble import assemble
from bigin_sync.jobs.clients import opened
from bigin_sync.jobs.lease import leased
from bigin_sync.jobs.room import Room
from bigin_sync.store import modules as stored_modules
from bigin_sync.store import notices
from bigin_sync.sync.progress import Progress, Report, Silent
from bigin_sync.sync.run import run
from bigin_sync.sync.setup import Setup


def work(
    room: Room,
    iid: int,
    *,
    why: str,
    modules: Sequence[str] | None = None,
    dry: bool = False,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Report:
    """One run over these modules, or over all that are switched on; `why` is who or what asked for it.

    stop: once set from another thread, what is under way is finished, and the run ends with `Interrupted`.

    Raises `ModuleNotReady`, `UnknownModule`, `LeaseLost` when another process is at work, or what ended the run early
    (`StopRun`, `TryLater`); what was done until then is kept.
    """
    stop = stop or threading.Event()
    with leased(room, iid) as fence, opened(room, iid, stop=stop) as clients:
        setup = assemble(room, iid, clients=clients, names=modules, fence=fence, dry=dry, stop=stop)
        report = run(setup, why=why, dry=dry, progress=progress or Silent())
        if not dry:
            _conclude(room, setup, report)
    return report


def _conclude(room: Room, setup: Setup, report: Report) -> None:
    """Note the run with its modules; a first sync that is through makes its module active, a brake stops its own."""
    iid = setup.iid
    with room.db.write() as session:
        stored_modules.served(session, iid, names=list(setup.revisions), run_id=report.run_id)
        for name in setup.revisions:
            label = room.pairing.module(name).label
            if name in report.stopped:
                stop = report.stopped[name]
                stored_modules.stop(session, iid, name=name, by=stop.by, why=stop.why)
                notices.add(session, iid, run_id=report.run_id, text=f"{label} was stopped: {stop.why}.")
                continue
            stored_modules.finish(session, iid, name=name)
            if any(kind.first for kind in setup.kinds if kind.spec.module == name):
                text = f"The first sync of {label} has finished; it stays in sync now."
                notices.add(session, iid, run_id=report.run_id, text=text)
