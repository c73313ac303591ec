"""Parted: pairs of which one record was deleted, while the other one is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bigin_sync.jobs.assemble import RUNS
from bigin_sync.jobs.room import Room
from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Link
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import cursors, links, modules, partings
from bigin_sync.store.db import Session
from bigin_sync.sync.sweep import EVERY

SLICE = 500

LOOKED_FOR_EVERY = int(EVERY.total_seconds() // 60)
"""Minutes after which a sync asks again which records were deleted."""


@dataclass(frozen=True, slots=True)
class PartedLine:
    """A pair that was linked until one record was deleted. product: where it was deleted; kept_in: where one is left,
    empty if none is.

    found_at: when a sync found it deleted. for_good: it can't be restored any more.
    """

    module: str
    kind: str
    record: str
    product: str
    kept_in: str
    left_id: str
    right_id: str
    found_at: datetime | None
    for_good: bool
    way_out: str


def listing(room: Room, *, module: str | None = None) -> list[PartedLine]:
    """All of them, parents first; of one module, if it is named."""
    iid = room.integration()
    kinds = room.pairing.parents_first() if module is None else [one.kind for one in room.pairing.kinds_of(module)]
    with room.db.read() as session:
        return [line for kind in kinds for some in _slices(session, iid, kind) for line in _lines(room, session, some)]


def looked_at(room: Room, *, module: str | None = None) -> datetime | None:
    """When both orgs were last asked which records were deleted, of every kind that is in sync (of one module, if it is
    named); None where one of them was never asked.
    """
    iid = room.integration()
    kinds = room.pairing.kinds if module is None else room.pairing.kinds_of(module)
    with room.db.read() as session:
        running = {each.name for each in modules.listing(session, iid) if each.state in RUNS}
        asked = [
            None if reading is None else reading.swept_at
            for kind in kinds
            if kind.module in running
            for reading in (cursors.get(session, iid, side=side, kind=kind.kind) for side in BOTH)
        ]
    known = [at for at in asked if at is not None]
    return min(known) if known and len(known) == len(asked) else None


def _slices(session: Session, iid: int, kind: Kind) -> Iterator[Sequence[Link]]:
    after = 0
    while some := links.parted(session, iid, kind=kind, after_id=after, limit=SLICE):
        yield some
        after = some[-1].id


def _lines(room: Room, session: Session, some: Sequence[Link]) -> Iterator[PartedLine]:
    ids = [link.id for link in some]
    found = partings.last_at(session, link_ids=ids)
    lost = {side: partings.for_good(session, side=side, link_ids=ids) for side in BOTH}
    for link in some:
        gone = [side for side in BOTH if link.copy(side).gone]
        for_good = any(link.id in lost[side] for side in gone)
        yield PartedLine(
            module=room.pairing.kind(link.kind).module,
            kind=link.kind,
            record=room.pairing.kind(link.kind).label(link.copy(gone[0]).seen) or link.copy(gone[0]).id,
            product=_titles(room, gone),
            kept_in=_titles(room, [side for side in BOTH if side not in gone]),
            left_id=link.left.id,
            right_id=link.right.id,
            found_at=found.get(link.id),
            for_good=for_good,
            way_out=_way_out(room, gone, for_good=for_good),
        )


def _titles(room: Room, sides: Sequence[Side]) -> str:
    return " and ".join(room.pairing.title(side) for side in sides)


def _way_out(room: Room, gone: Sequence[Side], *, for_good: bool) -> str:
    if for_good:
        return "It can't be restored."
    return f"Restored from the recycle bin of {_titles(room, gone)}, it is in sync again."
