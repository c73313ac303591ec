"""Foreseeing: what a run would join, for its preview. A shell that reads and writes nothing but the plan.

The deals and products of a dry run are not linked yet, so they are told from what is planned of them. Lists are read
one record at a time, as `associating` does; of a plan with very many deals only the first are looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bigin_sync.errors import RequestRefused
from bigin_sync.model.link import Link
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Step, Verb
from bigin_sync.store import associations, inbox, journal, links
from bigin_sync.store.db import Session
from bigin_sync.sync.associating import due
from bigin_sync.sync.landing import Work
from bigin_sync.sync.progress import Report
from bigin_sync.sync.setup import Joins

MOST = 200
"""Records whose lists a plan reads: two credits each at most, so that looking costs little beside doing."""
SLICE = 500
_CHANGING = (Verb.LINK, Verb.CREATE, Verb.UPDATE, Verb.MERGE)


@dataclass(frozen=True, slots=True)
class _One:
    """A record whose list is read, on the sides where it is. link_id: of one that is linked already."""

    label: str
    ids: Mapping[Side, str]
    link_id: int | None = None
    lists: dict[Side, list[str]] = field(default_factory=dict)


def foresee(work: Work, others: Sequence[Work], report: Report) -> None:
    """Plan the associations of one kind with every kind it is joined with that is part of this dry run."""
    for joins in work.kind.joins:
        other = next((each for each in others if each.kind.kind == joins.to), None)
        if other is not None:
            _Foresight(work, other, joins).plan(report)


class _Foresight:
    """One kind and one other, in one dry run."""

    def __init__(self, work: Work, other: Work, joins: Joins) -> None:
        self._work = work
        self._other = other
        self._joins = joins
        self._setup = work.setup

    def plan(self, report: Report) -> None:
        setup, kind = self._setup, self._work.kind
        with setup.db.read() as session:
            found = list(self._records(session))
            alike = self._planned_alike(session)
        if len(found) > MOST:
            plural = kind.spec.on(Side.LEFT).plural
            report.notes.append(f"What {len(found) - MOST:,} more {plural} are joined with is not part of this plan.")
        told = [one for one in found[:MOST] if self._read(one)]
        with setup.fenced() as session:
            known = associations.known(session, links={one.link_id for one in told if one.link_id is not None})
            names = self._names(session, told, alike)
            steps = [step for one in told for step in self._steps(one, names, known)]
            journal.plan(session, setup.iid, run_id=self._work.run_id, lines=steps)

    def _records(self, session: Session) -> Iterator[_One]:
        """Those that the plan touches, then all that are linked if it is time to look at all of them."""
        seen: set[int] = set()
        for entry in self._planned(session, self._work, _CHANGING):
            line = entry.line
            ids = {side: id for side, id in zip(BOTH, (line.left_id, line.right_id), strict=True) if id}
            if line.link_id is None and line.verb in (Verb.LINK, Verb.CREATE):
                yield _One(line.label, ids)
            elif line.link_id is not None and line.link_id not in seen:
                seen.add(line.link_id)
                yield _One(line.label, ids, line.link_id)
        if due(session, self._work, self._other):
            spec = self._work.kind.spec
            for link in links.slice(session, self._setup.iid, kind=self._work.kind.kind, limit=MOST + 1):
                if not link.parted and link.id not in seen:
                    yield _One(spec.label(link.left.seen) or link.left.id, _ids(link), link.id)

    def _planned(self, session: Session, work: Work, verbs: Sequence[Verb]) -> Iterator[journal.Entry]:
        for target in (None, *BOTH):
            after = 0
            while some := journal.planned(
                session, work.run_id, kind=work.kind.kind, verbs=verbs, target=target, after_id=after, limit=SLICE
            ):
                after = some[-1].id
                yield from some

    def _planned_alike(self, session: Session) -> dict[tuple[Side, str], str]:
        """(side, id) of records of the other kind that will be linked -> what the two of a pair have in common."""
        lines = self._planned(session, self._other, (Verb.LINK, Verb.CREATE))
        return {
            (side, id): f"planned {entry.id}"
            for entry in lines
            for side, id in zip(BOTH, (entry.line.left_id, entry.line.right_id), strict=True)
            if id
        }

    def _read(self, one: _One) -> bool:
        """Read the lists of a record; False for one of which a side does not tell."""
        self._setup.heed()
        try:
            for side, id in one.ids.items():
                client, module = self._setup.sides[side], self._work.kind.module(side)
                one.lists[side] = client.submit(client.related, module, id, listed=self._joins.lists[side]).result()
        except RequestRefused:
            return False
        return True

    def _names(
        self, session: Session, told: Sequence[_One], alike: Mapping[tuple[Side, str], str]
    ) -> dict[tuple[Side, str], tuple[str, str]]:
        """(side, id) -> what a record is on both sides, and its name; those that are not synced are left out."""
        kind, spec = self._other.kind.kind, self._other.kind.spec
        names: dict[tuple[Side, str], tuple[str, str]] = {}
        for side in BOTH:
            ids = sorted({id for one in told for id in one.lists.get(side, ())})
            read = inbox.by_refs(session, self._setup.iid, refs=[Ref(side, kind, id) for id in ids])
            linked = links.by_records(session, self._setup.iid, side=side, kind=kind, ids=ids)
            for id in ids:
                if id in linked and not linked[id].parted:
                    names[side, id] = f"link {linked[id].id}", spec.label(linked[id].copy(side).seen) or id
                elif (side, id) in alike:
                    entry = read.get(Ref(side, kind, id))
                    names[side, id] = alike[side, id], id if entry is None else entry.record.label
        return names

    def _steps(
        self, one: _One, names: Mapping[tuple[Side, str], tuple[str, str]], known: Mapping[tuple[int, int], set[Side]]
    ) -> Iterator[Step]:
        shown = {side: dict(names[side, id] for id in one.lists.get(side, ()) if (side, id) in names) for side in BOTH}
        mine = {f"link {other}": on for (link_id, other), on in known.items() if link_id == one.link_id}
        for target in BOTH:
            source = target.other
            news = {what for what in shown[source] if source not in mine.get(what, ())}
            for what in sorted(news - shown[target].keys()):
                why = f"{shown[source][what]} belongs to it in {self._setup.pairing.title(source)}"
                left, right = (one.ids.get(side) for side in BOTH)
                yield Step(
                    self._work.kind.kind,
                    Verb.ASSOCIATE,
                    one.label,
                    why,
                    target=target,
                    link_id=one.link_id,
                    left_id=left,
                    right_id=right,
                )


def _ids(link: Link) -> dict[Side, str]:
    return {side: link.copy(side).id for side in BOTH}
