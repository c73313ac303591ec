"""Shrunken: an org that shows far fewer records than are linked stops its module. A shell.

An org shows nothing of what its user may not see, and does not call it deleted. So what a full reading lacks is the
only sign that a role was taken away, an import was undone, or another org answers.
"""

from collections.abc import Mapping
from datetime import timedelta

from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import cursors, links, partings
from bigin_sync.sync.brakes import may_vanish, vanished
from bigin_sync.sync.landing import Work
from bigin_sync.sync.setup import KindSetup, Setup

LATELY = timedelta(days=1)
"""How long what was given up counts together with what is to be given up."""


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


def draining(work: Work, side: Side, *, missing: int) -> list[str]:
    """The reasons to stop before more links are given up. missing: how many of a side's records that is about.

    They are counted with what was given up within a day, unless it has come back or a person had let it go: an org that
    hides everything is found out record by record where only a few are edited at a time. Counting all links is left for
    when many are concerned.
    """
    setup, kind, limits = work.setup, work.kind.kind, work.kind.limits
    if not missing or (limits.gone is None and limits.all_gone is None):
        return []
    with setup.db.read() as session:
        ids = partings.not_allowed_since(session, setup.iid, kind=kind, side=side, since=setup.clock.now() - LATELY)
        lately = links.gone(session, ids, side=side)
    gone = missing + lately
    if may_vanish(gone, limits):
        return []
    linked = linked_of(setup, work.kind) + lately
    return vanished(gone, limits, kind=kind, linked=linked, where=setup.pairing.title(side))


def linked_of(setup: Setup, kind: KindSetup) -> int:
    """How many links of a kind stand. Counting costs with all of them."""
    with setup.db.read() as session:
        counts = links.count(session, setup.iid)
    return sum(count.linked for count in counts if count.kind == kind.kind)
