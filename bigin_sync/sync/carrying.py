"""Carrying out: everything one plan of a kind comes to, here and on both sides. A shell.

Creates leave as soon as they are planned, and links are made while they are under way. As soon as everything is linked,
updates go between them: an update never needs a record that is just being made (a lookup to it waits and is planned
again when it has landed). Creates that point to records of their own kind, not linked when they were planned, leave
when all that has landed: most of those are linked by then.
"""

from bigin_sync.model.side import BOTH, Side
from bigin_sync.store.db import Session
from bigin_sync.sync.ahead import Plan
from bigin_sync.sync.creating import Creates
from bigin_sync.sync.flights import LATER, Chores, Flight, Later, Meanwhile, Supply, fly
from bigin_sync.sync.local import Local
from bigin_sync.sync.missing import Missing
from bigin_sync.sync.order import UPDATES
from bigin_sync.sync.progress import Progress
from bigin_sync.sync.updating import Updates


def carry_out(plan: Plan, *, progress: Progress, spare: Meanwhile | None = None) -> list[str]:
    """Make every planned link, and send every planned create and every planned change of linked records. Returns the
    reasons to stop where far too many of those to be changed are missing.

    plan: made to its end here, if it is not whole. spare: work of another kind that needs no call; some of it is done.
    """
    work, local, missing = plan.work, Local(plan.work), Missing(plan.work)
    for pointing, one_pass in zip((False, True), UPDATES, strict=True):
        creates = Creates(plan, progress, pointing=pointing)
        updates = Updates(work, one_pass, progress, missing=missing)
        errands, chores = _once_linked(local, updates), Chores(plan, local)
        fly(work.setup, creates.next, errands=errands, sides=BOTH, meanwhile=chores, spare=spare)
    return missing.give_up()


def _once_linked(local: Local, updates: Updates) -> Supply:
    """Updates, as soon as everything is linked."""

    def supply(session: Session, side: Side) -> Flight | Later | None:
        return updates.next(session, side) if local.done else LATER

    return supply
