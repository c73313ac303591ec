"""Glance: before the first creations of a run leave, their side is asked once more what was made there. A shell.

Both sides were read before anything was decided, but not at the moment at which it is carried out: somebody may have
entered the very same company by hand meanwhile. What was made since the side was read is taken in, and the plan made
anew, so that it is found to be the same thing instead of being doubled. It costs one call for each kind and side that
something is made on, and none while what was read in a first sync is fresh.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bigin_sync.model.record import Record
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Verb
from bigin_sync.store import cursors, inbox, journal, links
from bigin_sync.store.cursors import Reading
from bigin_sync.sync.arriving import arrive, meet
from bigin_sync.sync.landing import Work
from bigin_sync.sync.pending import hold_back
from bigin_sync.sync.untold import must_be_told
from bigin_sync.zoho.side import Cursor

FRESH = timedelta(minutes=1)
"""What a first sync has read is taken as it is for so long: until then nearly all it makes is far from new."""


def glance(work: Work) -> bool:
    """Take in what was made where this plan is going to create records; True if something was, and is to be planned."""
    taken = False
    for side in BOTH:
        since = _due(work, side)
        if since is not None and _take_in(work, side, _made(work, side, since)):
            taken = True
    if taken:
        hold_back(work)
    return taken


def fresh(work: Work) -> bool:
    """Whether both sides have just been read in a first sync, so that there is no reason to glance."""
    setup, kind = work.setup, work.kind.kind
    with setup.db.read() as session:
        readings = [cursors.get(session, setup.iid, side=side, kind=kind) for side in BOTH]
    return all(reading is not None and _young(work, reading) for reading in readings)


def _young(work: Work, reading: Reading) -> bool:
    return work.kind.first and work.setup.clock.now() - reading.updated_at < FRESH


def _due(work: Work, side: Side) -> datetime | None:
    """Since when to ask what was made on a side; None if there is no reason to."""
    setup, kind = work.setup, work.kind.kind
    if (kind, side) in setup.glanced:
        return None
    with setup.db.read() as session:
        creates = journal.planned(session, work.run_id, kind=kind, verbs=[Verb.CREATE], target=side, limit=1)
        reading = cursors.get(session, setup.iid, side=side, kind=kind) if creates else None
    if reading is None or _young(work, reading):
        return None
    setup.glanced.add((kind, side))
    return Cursor.from_json(reading.position).since


def _made(work: Work, side: Side, since: datetime) -> list[Record]:
    reader, module = work.kind.reader(side), work.kind.module(side)
    rows = work.setup.sides[side].made_since(module, since, fields=reader.fields)
    must_be_told(work.setup, work.kind, side, reader=reader, rows=rows)
    return [reader.read(row) for row in rows]


def _take_in(work: Work, side: Side, made: Sequence[Record]) -> bool:
    """Put what nobody knew of into the inbox; whether there was any. What was known is left to the next reading."""
    setup, kind = work.setup, work.kind
    with setup.fenced() as session:
        linked = links.by_records(session, setup.iid, side=side, kind=kind.kind, ids=[one.ref.id for one in made])
        known = inbox.by_refs(session, setup.iid, refs=[one.ref for one in made])
        news = [one for one in made if one.ref.id not in linked and one.ref not in known]
        if news:
            arrive(session, work, meet(session, work, side, news), keys=kind.match_keys(setup.regions[side]))
    return bool(news)
