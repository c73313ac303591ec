"""Writing: everything one plan of a kind sends to both sides. A shell.

Creates leave first and updates follow in the same air, so that a side's limit of simultaneous calls is used to the end:
an update never needs a record that is just being made (a lookup to it waits and is planned again when it has landed).
"""

from bigin_sync.model.side import BOTH, Side
from bigin_sync.store.db import Session
from bigin_sync.sync.creating import Creates
from bigin_sync.sync.flights import Flight, Supply, fly
from bigin_sync.sync.landing import Work
from bigin_sync.sync.order import UPDATES
from bigin_sync.sync.progress import Progress
from bigin_sync.sync.updating import Updates


def write_all(work: Work, *, progress: Progress) -> None:
    """Send every planned create and every planned change of linked records."""
    creates = Creates(work, progress)
    for one_pass in UPDATES:
        updates = Updates(work, one_pass, progress)
        fly(work.setup, _one_after_the_other(creates.next, updates.next), sides=BOTH)


def _one_after_the_other(first: Supply, then: Supply) -> Supply:
    def supply(session: Session, side: Side) -> Flight | None:
        return first(session, side) or then(session, side)

    return supply
