"""Missing: records that are not there when they are read again right before they are changed. A shell.

An org shows neither what was deleted nor what its user may not see any more. So the links of what is missing are given
up only when everything else is carried out, all at once, and only if they are not so many that a person is to be asked.
Until then nothing of it is written down: a run that is interrupted leaves the next one to find the same.
"""

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.link import Link
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import inbox, journal, links
from bigin_sync.store.journal import Settled, State
from bigin_sync.sync.landing import Work, part
from bigin_sync.sync.order import BATCH
from bigin_sync.sync.shrunken import draining

DELETED = "the record to be changed was deleted"


@dataclass(frozen=True, slots=True)
class _Miss:
    """A link of which the record on `side` is missing, and the planned steps that would have written to either."""

    side: Side
    steps: list[int]


class Missing:
    """What was missing while one plan of a kind was carried out."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._misses: dict[int, _Miss] = {}

    def note(self, link: Link, *, side: Side, step: journal.Entry) -> None:
        """A link's record is missing on a side, or was missing already when this step came to be carried out."""
        self._misses.setdefault(link.id, _Miss(side, [])).steps.append(step.id)

    def knows(self, link: Link) -> bool:
        """Whether a record of this link is missing on either side: then nothing is written to the other one either."""
        return link.id in self._misses

    def give_up(self) -> list[str]:
        """Keep the links as tombstones. Returns the reasons to stop where far too many are missing: then all that was
        planned for them stays planned, and the next run looks again.
        """
        sides = [miss.side for miss in self._misses.values()]
        if reasons := [why for side in BOTH for why in draining(self._work, side, missing=sides.count(side))]:
            return reasons
        ids = sorted(self._misses)
        for at in range(0, len(ids), BATCH):
            self._part(ids[at : at + BATCH])
        return []

    def _part(self, ids: list[int]) -> None:
        work = self._work
        with work.setup.fenced() as session:
            known = links.by_ids(session, ids)
            entries = inbox.by_links(session, work.setup.iid, link_ids=ids)
            for id in ids:
                miss = self._misses[id]
                part(session, work, known[id], gone=miss.side, entries=entries.get(id, {}))
                journal.settle(session, [Settled(step, State.DROPPED, message=DELETED) for step in miss.steps])
