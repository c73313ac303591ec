"""Carrying out: everything one plan of a kind comes to, here and on both sides. A shell.

Creates leave first, and links are made while they are under way. Updates follow in the same air, so that a side's limit
of simultaneous calls is used to the end: an update never needs a record that is just being made (a lookup to it waits
and is planned again when it has landed). Creates that point to records of their own kind, not linked when they were
planned, leave when all that has landed: most of those are linked by then.
"""

from bigin_sync.model.side import BOTH, Side
from bigin_sync.store.db import Session
from bigin_sync.sync.creating import Creates
from bigin_sync.sync.flights import LATER, Flight, Later, Supply, fly
from bigin_sync.sync.landing import Work
from bigin_sync.sync.local import Local
from bigin_sync.sync.order import UPDATES
from bigin_sync.sync.progress import Progress
from bigin_sync.sync.updating import Updates


def carry_out(work: Work, *, progress: Progress) -> None:
    """Make every planned link, and send every planned create and every planned change of linked records."""
    local = Local(work)
    for pointing, one_pass in zip((False, True), UPDATES, strict=True):
        creates, updates = Creates(work, progress, pointing=pointing), Updates(work, one_pass, progress)
        fly(work.setup, _in_order(creates, local, updates), sides=BOTH, meanwhile=local)


def _in_order(creates: Creates, local: Local, updates: Updates) -> Supply:
    """Creates leave first, and updates once everything is linked."""

    def supply(session: Session, side: Side) -> Flight | Later | None:
        flight = creates.next(session, side)
        if flight is None and not local.done:
            return LATER
        return flight or updates.next(session, side)

    return supply
