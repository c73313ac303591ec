"""Plans of one kind, made piece by piece: at once, or while calls are under way. A shell.

Brakes are looked at before a module writes anything, so all its kinds are planned before that. In a first sync both
sides would be idle for long meanwhile. There a module writes while it is planned, if no plan at all of its new records
could come to a ceiling.
"""

from collections.abc import Iterable

from bigin_sync.store import inbox
from bigin_sync.sync.brakes import Tally, pulled
from bigin_sync.sync.landing import Work
from bigin_sync.sync.planning import KindPlanner
from bigin_sync.sync.progress import Progress


class Plan:
    """The plan of one kind; meets `Meanwhile`, so that it can be made while calls are under way."""

    def __init__(self, work: Work, *, dry: bool, progress: Progress) -> None:
        self.work = work
        self._planner = KindPlanner(work.setup, work.kind, run_id=work.run_id, dry=dry)
        self._pieces = self._planner.pieces(counts=work.counts, progress=progress)
        self._tally: Tally | None = None

    @property
    def module(self) -> str:
        """The module the kind belongs to."""
        return self.work.kind.spec.module

    @property
    def done(self) -> bool:
        """Whether it is whole."""
        return self._tally is not None

    def some(self) -> None:
        """Make the next piece. What it raises is the end of the plan: whoever goes on makes a new one."""
        if next(self._pieces, self) is self:
            self._tally = self._planner.tally()

    def finish(self) -> Tally:
        """Make all that is left of it. Returns what it would do, for the brakes."""
        while self._tally is None:
            self.some()
        return self._tally


def may_wait(module: str, works: Iterable[Work]) -> bool:
    """Whether the kinds of a module may be planned while it writes: nothing they could come to would stop it."""
    return all(_stops_nothing(work) for work in works if work.kind.spec.module == module)


def _stops_nothing(work: Work) -> bool:
    """Whether no plan of a kind could stop its module, nor have to be made anew.

    A list view that is gone would stop it, and so would more records than a first sync may make or change; among them
    are those that were set aside by a first sync that did not finish, and are new again when what they wait for is
    linked. Records that are known by those they belong to are planned when these are linked.
    """
    kind = work.kind
    if not kind.first or kind.view is not None or kind.spec.known_by:
        return False
    with work.setup.db.read() as session:
        most = inbox.size(session, work.setup.iid, kind=kind.kind)
    # A record can make two updates, if either side has what the other one lacks.
    return not pulled(Tally(kind.kind, creates=most, updates=2 * most, blanks=0, linked=0, first=True), kind.limits)
