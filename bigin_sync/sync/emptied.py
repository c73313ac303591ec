"""Emptied: lookups that a side emptied by itself, because the record they named was deleted there. A shell.

A deletion never crosses, and neither does what it leaves behind. Both products show a lookup to a deleted record as
blank, and do not move the Modified_Time of the record that holds it; whoever reads that one later sees a blank which
nobody has made. So a lookup that became blank is an edit only if the record it named still lives.
"""

from collections.abc import Collection, Iterator

from bigin_sync.model.link import Copy
from bigin_sync.model.record import Ref, by_side_and_kind
from bigin_sync.model.side import Side
from bigin_sync.model.values import Values
from bigin_sync.store import inbox, links
from bigin_sync.store.inbox import State
from bigin_sync.sync.order import BATCH
from bigin_sync.sync.setup import KindSetup, Setup

SLICE = 500


def emptied(kind: KindSetup, side: Side, *, now: Values, copy: Copy) -> Iterator[tuple[str, Ref]]:
    """The lookups of a record that have become blank, each with every record that it may have named: what was seen of
    it, and after that what updates carried which went unanswered.
    """
    sent = copy.unanswered.values if copy.unanswered is not None else {}
    for pair in kind.mapping.pairs:
        if pair.to is not None and pair.name in now and now[pair.name] is None:
            for named in (copy.seen.get(pair.name), *sent.get(pair.name, ())):
                if isinstance(named, str):
                    yield pair.name, Ref(side, pair.to, named)


def as_people_have_it(setup: Setup, kind: KindSetup, side: Side, *, now: Values, copy: Copy) -> Values:
    """What a record holds, but that a lookup which became blank with a record that is known by now to be deleted still
    names it: nobody has edited it, and what a person does to its counterpart is to be done to it.
    """
    if not setup.gone:
        return now
    named = {name: ref.id for name, ref in emptied(kind, side, now=now, copy=copy) if ref in setup.gone}
    return {**now, **named} if named else now


def ask_for_the_named(setup: Setup, kind: KindSetup) -> None:
    """Find out whether the records live that the lookups of new entries, and of what is decided together with them,
    named which are blank now.
    """
    after = 0
    while True:
        setup.heed()
        with setup.db.read() as session:
            entries = inbox.slice(
                session, setup.iid, kind=kind.kind, states=[State.NEW], linked=True, after_id=after, limit=SLICE
            )
            ids = sorted({one.link_id for one in entries if one.link_id is not None})
            known, together = links.by_ids(session, ids), inbox.by_links(session, setup.iid, link_ids=ids)
        if not entries:
            return
        after = entries[-1].id
        named: set[Ref] = set()
        for link_id, pair in together.items():
            for side, entry in pair.items():
                copy = known[link_id].copy(side)
                named.update(ref for _name, ref in emptied(kind, side, now=entry.record.values, copy=copy))
        setup.gone.update(gone_of(setup, named - setup.gone))


def gone_of(setup: Setup, refs: Collection[Ref]) -> set[Ref]:
    """Which of these records do not live any more. One call for each 100 of a kind and side."""
    gone = set(refs)
    for (side, kind), some in by_side_and_kind(refs).items():
        module = setup.pairing.kind(kind).on(side).module
        for start in range(0, len(some), BATCH):
            rows = setup.sides[side].fetch(module, some[start : start + BATCH], fields=()).rows
            gone.difference_update(Ref(side, kind, str(row["id"])) for row in rows)
    return gone
