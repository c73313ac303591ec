"""Joining: records are joined with the counterpart of the one they belong to on the other side. A shell."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from itertools import groupby

from bigin_sync.model.link import Link
from bigin_sync.model.outcome import Cause, Outcome, Refused, Stored, Unknown
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Step, Verb
from bigin_sync.store import associations, journal, links
from bigin_sync.store.associations import Joined
from bigin_sync.store.db import Session
from bigin_sync.store.journal import Settled, State
from bigin_sync.sync.answers import outcomes_of, trouble_of
from bigin_sync.sync.flights import Flight, fly
from bigin_sync.sync.landing import Work
from bigin_sync.sync.order import BATCH
from bigin_sync.sync.progress import Progress
from bigin_sync.sync.setup import Joins


def join_all(work: Work, other: Work, joins: Joins, missing: Mapping[Side, set[Joined]], *, progress: Progress) -> None:
    """Join what is missing on either side. missing: target side -> pairs of links, of this kind and of the other."""
    if not any(missing.values()):
        return
    with work.setup.fenced() as session:
        ids = {id for pairs in missing.values() for pair in pairs for id in pair}
        known = {id: link for id, link in links.by_ids(session, sorted(ids)).items() if not link.parted}
        steps = [step for side in BOTH for step in _steps(work, other, known, missing[side], side)]
        journal.plan(session, work.setup.iid, run_id=work.run_id, lines=steps)
    fly(work.setup, _Departures(work, joins, progress).next, sides=BOTH)


def _steps(work: Work, other: Work, known: Mapping[int, Link], pairs: set[Joined], target: Side) -> Iterator[Step]:
    standing = sorted(pair for pair in pairs if pair[0] in known and pair[1] in known)
    for link_id, group in groupby(standing, key=lambda pair: pair[0]):
        joined = [known[other_id] for _, other_id in group]
        for start in range(0, len(joined), BATCH):
            yield _step(work, other, known[link_id], joined[start : start + BATCH], target)


def _step(work: Work, other: Work, link: Link, joined: Sequence[Link], target: Side) -> Step:
    source = target.other
    names = ", ".join(_label(other, one, source) for one in joined)
    return Step(
        link.kind,
        Verb.ASSOCIATE,
        _label(work, link, source),
        f"{names} belongs to it in {work.setup.pairing.title(source)}",
        target=target,
        link_id=link.id,
        left_id=link.left.id,
        right_id=link.right.id,
        payload={
            "joined": [[str(target), str(one.kind), one.copy(target).id] for one in joined],
            "links": [one.id for one in joined],
        },
    )


def _label(work: Work, link: Link, side: Side) -> str:
    return work.kind.spec.label(link.copy(side).seen) or link.copy(side).id


class _Departures:
    """Gives out the planned associations of a side, one record's at a time."""

    def __init__(self, work: Work, joins: Joins, progress: Progress) -> None:
        self._work = work
        self._joins = joins
        self._progress = progress
        self._after = dict.fromkeys(BOTH, 0)

    def next(self, session: Session, side: Side) -> Flight | None:
        work, after = self._work, self._after[side]
        steps = journal.planned(
            session, work.run_id, kind=work.kind.kind, verbs=[Verb.ASSOCIATE], target=side, after_id=after, limit=1
        )
        if not steps:
            return None
        self._after[side] = steps[0].id
        return JoinFlight(work, side, steps[0], self._joins, self._progress)


class JoinFlight:
    """One call that joins records with one record."""

    def __init__(self, work: Work, side: Side, step: journal.Entry, joins: Joins, progress: Progress) -> None:
        self.side = side
        self._work = work
        self._step = step
        self._listed = joins.lists[side]
        self._progress = progress
        self._record_id = step.line.id_on(side)
        self._ids = [str(ref[2]) for ref in step.line.payload["joined"]]

    def leave(self, session: Session) -> None:
        """Commit the intent."""
        journal.intend(session, [self._step.id], call_no=self._step.id, fence=self._work.setup.fence)

    def call(self) -> list[Outcome]:
        """Join the records."""
        module = self._work.kind.module(self.side)
        side = self._work.setup.sides[self.side]
        return side.relate(module, self._record_id, listed=self._listed, ids=self._ids)

    def land(self, session: Session, answer: "Future[list[Outcome]]") -> Flight | None:
        """What was joined is remembered; what was not is looked at again when its record is."""
        work, line = self._work, self._step.line
        outcomes = outcomes_of(answer, len(self._ids))
        others = [int(number) for number in line.payload["links"]]
        stored = [other for other, one in zip(others, outcomes, strict=True) if isinstance(one, Stored)]
        associations.remember(session, work.setup.iid, {(line.link_id or 0, other): BOTH for other in stored})
        journal.settle(session, [_judged(self._step.id, outcomes)])
        work.counts.joined[self.side] += len(stored)
        done = work.counts.joined[self.side]
        self._progress.stage("joining", kind=work.kind.kind, side=self.side, done=done, total=None)
        return None

    def trouble(self, answer: "Future[list[Outcome]]") -> BaseException | None:
        """Errors that concern more than these records."""
        return trouble_of(answer)


def _judged(step_id: int, outcomes: Sequence[Outcome]) -> Settled:
    """The journal line's end: done, or what was said of the first that could not be joined. What may have happened or
    may pass stays open: the next run looks at the record again (`settle.py`).
    """
    for outcome in outcomes:
        if isinstance(outcome, Unknown) or (isinstance(outcome, Refused) and outcome.cause is Cause.TRANSIENT):
            return Settled(step_id, State.UNKNOWN, message="it is not known to be joined; the next run looks")
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            return Settled(step_id, State.REFUSED, code=outcome.code, message=outcome.message)
    return Settled(step_id, State.DONE)
