"""Shrunken: a full reading that shows far fewer records than are linked stops its module. A shell.

An org shows nothing of what its user may not see, and does not call it deleted. So what a full reading lacks is the
only sign that a role was taken away, an import was undone, or another org answers.
"""

from collections.abc import Mapping

from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import cursors, links
from bigin_sync.sync.brakes import vanished
from bigin_sync.sync.landing import Work
from bigin_sync.sync.setup import KindSetup, Setup


def shrunken(work: Work, read: Mapping[Side, int]) -> list[str]:
    """The reasons to stop. read: how many records a full reading of a side has shown, for the sides that were read so.

    A kind that is stopped is read from the start again by the next run, so that a person's release is about what the
    org shows then.
    """
    if not read:
        return []
    setup, kind = work.setup, work.kind.kind
    linked = linked_of(setup, work.kind)
    reasons = [
        reason
        for side in BOTH
        if side in read
        for reason in vanished(
            linked - read[side], work.kind.limits, kind=kind, linked=linked, where=setup.pairing.title(side)
        )
    ]
    if reasons:
        with setup.fenced() as session:
            cursors.reset(session, setup.iid, kind=kind)
    return reasons


def linked_of(setup: Setup, kind: KindSetup) -> int:
    """How many links of a kind stand. Counting costs with all of them."""
    with setup.db.read() as session:
        counts = links.count(session, setup.iid)
    return sum(count.linked for count in counts if count.kind == kind.kind)
