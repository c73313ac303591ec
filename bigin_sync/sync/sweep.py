"""Sweep: now and then, look for records that were deleted, and for deleted ones that came back. A shell.

Deletions never cross; a sweep only makes them known, so that a person is told and the survivor is left in peace. Links
do not need it for their safety (every target is read again before it is written), and so it need not cost a call in
every run. Only where records wait to be created that an earlier run has read, it looks at once: a counterpart of a
deleted record would stand alone.

Neither product says whether a restored record gets a new Modified_Time. So deleted ones are asked for by their ids: in
every sweep on the day they were found deleted, once a day after that, and never once they are deleted for good.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bigin_sync.model.link import Link
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import cursors, inbox, journal, links, partings, renewal, waits
from bigin_sync.store.db import Session
from bigin_sync.sync.arriving import take_in
from bigin_sync.sync.landing import Work, note_parting, part, partings_of
from bigin_sync.sync.order import BATCH
from bigin_sync.sync.shrunken import draining
from bigin_sync.zoho.side import Gone

EVERY = timedelta(minutes=15)
OVERLAP = timedelta(minutes=2)
BIN = timedelta(days=60)
"""How long a recycle bin keeps a record (Zoho CRM v8, deleted records); after that it can't come back."""
DAY = timedelta(days=1)


def sweep(work: Work) -> list[str]:
    """Look at both sides, if it is time to. Returns the reasons to stop where far too much is gone: then nothing is
    given up, and the next run looks again.
    """
    return [reason for side in BOTH for reason in _sweep(work, side)]


def _sweep(work: Work, side: Side) -> list[str]:
    setup, kind = work.setup, work.kind.kind
    now = setup.time_on(side)
    with setup.db.read() as session:
        reading = cursors.get(session, setup.iid, side=side, kind=kind)
        older = inbox.any_older(session, setup.iid, side=side, kind=kind, run_id=work.run_id)
    if reading is None or not reading.complete:
        return []
    if reading.swept_at is not None and now - reading.swept_at < EVERY and not older:
        return []
    if reading.swept_at is not None or older:
        since = reading.swept_at and reading.swept_at - OVERLAP
        pages = list(setup.sides[side].deleted(work.kind.module(side), since=since))
        if reasons := _too_many(work, side, pages):
            return reasons
        for page in pages:
            _gone(work, side, page)
        _back(work, side, since=reading.swept_at or now, now=now)
    with setup.fenced() as session:
        cursors.swept(session, setup.iid, side=side, kind=kind, at=now)
    return []


def _too_many(work: Work, side: Side, pages: Sequence[Sequence[Gone]]) -> list[str]:
    """The reasons to stop before links are given up; what would be given up is planned then, for a person to see."""
    ids = [gone.id for page in pages for gone in page]
    with work.setup.db.read() as session:
        concerned = links.by_records(session, work.setup.iid, side=side, kind=work.kind.kind, ids=ids)
    lost = [link for link in concerned.values() if not link.parted]
    reasons = draining(work, side, missing=len(lost))
    if reasons:
        why = f"gone from {work.setup.pairing.title(side)}"
        with work.setup.fenced() as session:
            journal.plan(session, work.setup.iid, run_id=work.run_id, lines=partings_of(work, lost, gone=side, why=why))
    return reasons


def _gone(work: Work, side: Side, page: Sequence[Gone]) -> None:
    setup, kind = work.setup, work.kind.kind
    ids = [gone.id for gone in page]
    with setup.fenced() as session:
        known = links.by_records(session, setup.iid, side=side, kind=kind, ids=ids)
        fresh = [link for link in known.values() if not link.copy(side).gone]
        entries = inbox.by_links(session, setup.iid, link_ids=[link.id for link in fresh])
        for link in fresh:
            part(session, work, link, gone=side, entries=entries.get(link.id, {}))
        _for_good(session, work, side, [known[gone.id] for gone in page if gone.permanent and gone.id in known])
        unlinked = inbox.by_refs(session, setup.iid, refs=[Ref(side, kind, id) for id in ids if id not in known])
        if unlinked:
            inbox.remove(session, [entry.id for entry in unlinked.values()])
            renewal.renew_held(session, setup.iid, kind=kind)
        waits.wake_problems(session, setup.iid, refs=[Ref(side, kind, id) for id in ids])


def _for_good(session: Session, work: Work, side: Side, lost: Sequence[Link]) -> None:
    """Note which of these records can't be restored any more."""
    known = partings.for_good(session, side=side, link_ids=[link.id for link in lost])
    why = f"deleted for good in {work.setup.pairing.title(side)}: it can't be restored"
    note_parting(session, work, [link for link in lost if link.id not in known], gone=side, why=why, for_good=True)


def _back(work: Work, side: Side, *, since: datetime, now: datetime) -> None:
    """Resume links whose lost record was restored. What it holds now is looked at as if it had just been read: an edit
    that was made before it was deleted and had not crossed by then crosses now.
    """
    setup, kind = work.setup, work.kind
    a_day_on = since.date() != now.date()
    with setup.db.read() as session:
        after = now - (BIN if a_day_on else DAY)
        parted = partings.links_since(session, setup.iid, kind=kind.kind, since=after)
        gone = [link for link in links.by_ids(session, parted).values() if link.copy(side).gone]
        for_good = partings.for_good(session, side=side, link_ids=[link.id for link in gone])
    reader, keys = kind.reader(side), kind.match_keys(setup.regions[side])
    ids = [link.copy(side).id for link in gone if link.id not in for_good]
    for start in range(0, len(ids), BATCH):
        rows = setup.sides[side].fetch(kind.module(side), ids[start : start + BATCH], fields=reader.fields).rows
        take_in(work, side, [reader.read(row) for row in rows], keys=keys)
