"""Plans of one kind, made piece by piece: at once, or while the records it belongs to are being written. A shell.

Brakes are looked at before a module writes anything, so all its kinds are planned before that. In a first sync this
would leave both sides idle for long. There a kind is planned while its parents are under way, if no plan at all of its
new records could come to a ceiling.
"""

from bigin_sync.store import inbox
from bigin_sync.store.inbox import State
from bigin_sync.sync.brakes import Tally, pulled
from bigin_sync.sync.landing import Work
from bigin_sync.sync.planning import KindPlanner
from bigin_sync.sync.progress import Progress


class Plan:
    """The plan of one kind; meets `Meanwhile`, so that it can be made while calls are under way."""

    def __init__(self, work: Work, *, dry: bool, progress: Progress) -> None:
        self.work = work
        self.done = False
        """Whether it is whole."""
        self._planner = KindPlanner(work.setup, work.kind, run_id=work.run_id, dry=dry)
        self._pieces = self._planner.pieces(counts=work.counts, progress=progress)

    @property
    def module(self) -> str:
        """The module the kind belongs to."""
        return self.work.kind.spec.module

    def some(self) -> None:
        """Make the next piece."""
        self.done = next(self._pieces, self) is self

    def finish(self) -> Tally:
        """Make all that is left of it. Returns what it would do, for the brakes."""
        while not self.done:
            self.some()
        return self._planner.tally()


def may_wait(work: Work) -> bool:
    """Whether a kind may be planned when its module writes already: nothing it could come to would stop the module.

    A list view that is gone would; so would more records than a first sync may make or change.
    """
    kind = work.kind
    if not kind.first or kind.view is not None:
        return False
    with work.setup.db.read() as session:
        most = len(inbox.ids(session, work.setup.iid, kind=kind.kind, state=State.NEW))
    return not pulled(Tally(kind.kind, creates=most, updates=most, blanks=0, linked=0, first=True), kind.limits)
