"""Associating: what is joined with a record on one side is joined with its counterpart on the other. A shell.

Products belong to deals by no lookup, so nothing of a deal's row tells which. Their lists are read one record at a time
(one credit each, and one more for every further 200): of deals and products that were modified, on the side where they
were, of those just linked, and of all of them now and then, because neither product says whether joining moves a
Modified_Time. A run in which nothing happened reads none.

Joining crosses, parting never does (`joined.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from bigin_sync.errors import RequestRefused
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import associations, journal, links
from bigin_sync.store.associations import Joined
from bigin_sync.store.db import Session
from bigin_sync.sync.emptied import gone_of
from bigin_sync.sync.joined import Seen
from bigin_sync.sync.joining import join_all
from bigin_sync.sync.landing import Work
from bigin_sync.sync.progress import Progress
from bigin_sync.sync.setup import Joins, Setup

EVERY = timedelta(hours=6)
"""How often all lists are read. With 500 products on both sides that is 4,000 credits a day, of at least 50,000."""
CHUNK = 50
"""Records whose lists are read before what they show is decided: a few turns of the calls that may be under way."""
SLICE = 1_000


_Place: TypeAlias = tuple[Side, int]
"""A side, and the link whose record's list there is read."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whose lists are to be read: of this kind, or back from the other one. Link -> a side that need not be asked."""

    of_kind: Mapping[int, Side | None]
    of_other: Mapping[int, Side | None]


def associate(work: Work, others: Sequence[Work], *, progress: Progress) -> None:
    """Carry the associations of one kind, with every kind it is joined with that is part of this run."""
    for joins in work.kind.joins:
        other = next((each for each in others if each.kind.kind == joins.to), None)
        if other is not None:
            _Round(work, other, joins, progress).run()


def due(session: Session, work: Work, other: Work) -> bool:
    """Whether it is time to look at the lists of all records."""
    last = associations.swept_at(session, work.setup.iid, kind=work.kind.kind, other=other.kind.kind)
    return last is None or work.setup.clock.now() - last >= EVERY


class _Round:
    """One kind and one other, in one run."""

    def __init__(self, work: Work, other: Work, joins: Joins, progress: Progress) -> None:
        self._work = work
        self._other = other
        self._joins = joins
        self._setup: Setup = work.setup
        self._progress = progress

    def run(self) -> None:
        started = self._setup.clock.now()
        with self._setup.db.read() as session:
            whole = due(session, self._work, self._other)
            wanted = self._everything(session) if whole else self._touched(session)
        for back, whose in ((False, wanted.of_kind), (True, wanted.of_other)):
            for chunk in _chunks(sorted(whose)):
                unasked = {link_id: side for link_id in chunk if (side := whose[link_id]) is not None}
                self._look(chunk, back=back, unasked=unasked)
        if whole:
            with self._setup.fenced() as session:
                kind, other = self._work.kind.kind, self._other.kind.kind
                associations.swept(session, self._setup.iid, kind=kind, other=other, at=started)

    def _everything(self, session: Session) -> _Wanted:
        """All of them, from whichever end there are fewer records."""
        counted = {count.kind: count.linked for count in links.count(session, self._setup.iid)}
        kind, other = self._work.kind.kind, self._other.kind.kind
        if counted.get(kind, 0) <= counted.get(other, 0):
            made = self._made(session, self._work)
            return _Wanted({id: made.get(id) for id in self._standing(session, self._work)}, {})
        made = self._made(session, self._other)
        return _Wanted({}, {id: made.get(id) for id in self._standing(session, self._other)})

    def _standing(self, session: Session, work: Work) -> Iterator[int]:
        after = 0
        while some := links.slice(session, self._setup.iid, kind=work.kind.kind, after_id=after, limit=SLICE):
            after = some[-1].id
            yield from (link.id for link in some if not link.parted)

    def _touched(self, session: Session) -> _Wanted:
        return _Wanted(self._due(session, self._work), self._due(session, self._other))

    def _due(self, session: Session, work: Work) -> dict[int, Side | None]:
        """The links of which a record was modified or is new -> the side on which it is neither; None: it is on both.

        What a side has in a list of an unmodified record it had when that was last read; joining it again would change
        nothing.
        """
        touched = associations.touched(session, self._setup.iid, kind=work.kind.kind)
        return {id: None if len(sides) > 1 else next(iter(sides)).other for id, sides in touched.items()}

    def _made(self, session: Session, work: Work) -> dict[int, Side | None]:
        """The links that this run has made -> the side on which it made the record, which is joined with nothing."""
        linked = journal.linked_in(session, work.run_id, kind=work.kind.kind)
        numbers = links.numbers(session, self._setup.iid, side=Side.LEFT, kind=work.kind.kind, ids=sorted(linked))
        return {number: linked[left_id] for left_id, number in numbers.items()}

    def _look(self, link_ids: Sequence[int], *, back: bool, unasked: Mapping[int, Side]) -> None:
        """Read the lists of these records on both sides, and carry what is new in them."""
        setup = self._setup
        setup.heed()
        with setup.db.read() as session:
            known = links.by_ids(session, link_ids)
        asked = {
            side: [link for link in known.values() if not link.parted and unasked.get(link.id) is not side]
            for side in BOTH
        }
        work = self._other if back else self._work
        lists = self._joins.back if back else self._joins.lists
        calls = {
            (side, link.id): setup.sides[side].submit(
                setup.sides[side].related, work.kind.module(side), link.copy(side).id, listed=lists[side]
            )
            for side in BOTH
            for link in asked[side]
        }
        answers = _answered(calls)
        with setup.db.read() as session:
            seen = self._seen(session, answers, back=back)
        gone = self._gone({pair: one.parted for pair, one in seen.items() if one.parted})
        pairs = {pair: one.but_for(gone.get(pair, frozenset())).verdict() for pair, one in seen.items()}
        with setup.fenced() as session:
            changed = {pair: one.on for pair, one in pairs.items() if one.on != seen[pair].was}
            associations.remember(session, setup.iid, changed)
        missing = {side: {pair for pair, one in pairs.items() if one.missing is side} for side in BOTH}
        join_all(self._work, self._other, self._joins, missing, progress=self._progress)
        with setup.fenced() as session:
            associations.looked(session, link_ids)

    def _pairs(
        self, session: Session, side: Side, answers: Mapping[_Place, Sequence[str]], *, back: bool
    ) -> set[Joined]:
        """What one side's lists show, as pairs of links; records that are not linked are passed over."""
        far = self._work if back else self._other
        here = {link_id: ids for (where, link_id), ids in answers.items() if where is side}
        shown = sorted({id for ids in here.values() for id in ids})
        numbers = links.numbers(session, self._setup.iid, side=side, kind=far.kind.kind, ids=shown)
        pairs = {(link_id, numbers[id]) for link_id, ids in here.items() for id in ids if id in numbers}
        return {(other, link_id) for link_id, other in pairs} if back else pairs

    def _seen(self, session: Session, answers: Mapping[_Place, Sequence[str]], *, back: bool) -> dict[Joined, Seen]:
        """All that is shown, and all that is known of those whose lists were read."""
        shown = {side: self._pairs(session, side, answers, back=back) for side in BOTH}
        near, every = int(back), shown[Side.LEFT] | shown[Side.RIGHT]
        known = associations.known(session, links={link_id for link_id, _ in every})
        known |= associations.known(session, **{("links", "others")[near]: {link_id for _, link_id in answers}})
        read = {link_id: {side for side in BOTH if (side, link_id) in answers} for _, link_id in answers}
        return {
            pair: Seen(known.get(pair, set()), {side for side in BOTH if pair in shown[side]}, read[pair[near]])
            for pair in known.keys() | every
            if pair[near] in read
        }

    def _gone(self, missed: Mapping[Joined, AbstractSet[Side]]) -> dict[Joined, set[Side]]:
        """The sides on which two records are not seen joined because one of them was deleted: nobody parted them."""
        with self._setup.db.read() as session:
            known = links.by_ids(session, sorted({id for pair in missed for id in pair}))
        refs = {(pair, side): {known[id].ref(side) for id in pair} for pair, sides in missed.items() for side in sides}
        dead = gone_of(self._setup, {ref for each in refs.values() for ref in each})
        gone: dict[Joined, set[Side]] = {}
        for (pair, side), each in refs.items():
            if each & dead:
                gone.setdefault(pair, set()).add(side)
        return gone


def _answered(calls: Mapping[_Place, "Future[list[str]]"]) -> dict[_Place, list[str]]:
    """What the calls answered. A record of which a side will not tell (it was deleted just now) is left for later."""
    answers: dict[_Place, list[str]] = {}
    refused: set[int] = set()
    for place, call in calls.items():
        try:
            answers[place] = call.result()
        except RequestRefused:
            refused.add(place[1])
    return {place: ids for place, ids in answers.items() if place[1] not in refused}


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
