"""Context: what the pure files need to know of the database for one slice of records. A shell.

A slice's lookups are translated with one query per kind and side, never record by record.
"""

from collections.abc import Iterable, Mapping, Sequence

from bigin_sync.model.action import Verdict
from bigin_sync.model.change import Change, Moved
from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Link
from bigin_sync.model.record import Record
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Values
from bigin_sync.pairing.carry import Carrier
from bigin_sync.store import conflicts, links
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry
from bigin_sync.sync.merge import Both
from bigin_sync.sync.observe import compared, unmoved
from bigin_sync.sync.setup import KindSetup, Setup


def carrier_for(session: Session, setup: Setup, kind: KindSetup, values: Iterable[tuple[Side, Values]]) -> Carrier:
    """A carrier that knows the counterparts of every record these values point to."""
    wanted: dict[tuple[Kind, Side], set[str]] = {}
    lookups = [(pair.name, pair.to) for pair in kind.mapping.pairs if pair.to is not None]
    for side, some in values:
        for name, to in lookups:
            value = some.get(name)
            if isinstance(value, str):
                wanted.setdefault((to, side), set()).add(value)
    known: dict[tuple[Kind, Side, str], str] = {}
    for (to, side), ids in wanted.items():
        for source, target in links.translate(session, setup.iid, side=side, kind=to, ids=sorted(ids)).items():
            known[to, side, source] = target
    return setup.carrier(kind, lambda to, side, id: known.get((to, side, id)))


def values_of(records: Iterable[Record]) -> Iterable[tuple[Side, Values]]:
    """Side and values of each record, as `carrier_for` takes them."""
    return ((record.ref.side, record.values) for record in records)


def resolved_for(session: Session, setup: Setup, link_ids: Sequence[int]) -> dict[int, dict[str, Verdict]]:
    """What people have decided about contested fields of these links: link -> field -> verdict."""
    return conflicts.resolved(session, setup.iid, link_ids=link_ids)


def both_of(link: Link, entries: Mapping[Side, Entry], *, setup: Setup) -> Both:
    """The two sides of a link: what the inbox holds of them, and what was seen where it holds nothing."""
    return Both(
        _change(link, Side.LEFT, entries, setup=setup),
        _change(link, Side.RIGHT, entries, setup=setup),
        *(entries[side].record.modified_at if side in entries else link.copy(side).modified_at for side in BOTH),
    )


def _change(link: Link, side: Side, entries: Mapping[Side, Entry], *, setup: Setup) -> Change:
    copy = link.copy(side)
    if side not in entries or copy.gone:
        return unmoved(copy)
    record = entries[side].record
    return compared(Moved.EDITED, copy, record, now=record.values, seen=copy.seen, own_user=setup.own_users[side])
