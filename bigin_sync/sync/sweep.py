"""Sweep: now and then, look for records that were deleted, and for deleted ones that came back. A shell.

Deletions never cross; a sweep only makes them known, so that a person is told and the survivor is left in peace. Links
do not need it for their safety (every target is read again before it is written), and so it need not cost a call in
every run. Only where records wait to be created that an earlier run has read, it looks at once: a counterpart of a
deleted record would stand alone.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.store import cursors, inbox, journal, leases, links, renewal
from bigin_sync.sync.landing import Work, part
from bigin_sync.sync.order import BATCH
from bigin_sync.zoho.side import Gone

EVERY = timedelta(minutes=15)
OVERLAP = timedelta(minutes=2)
BIN = timedelta(days=60)
"""How long a recycle bin keeps a record (Zoho CRM v8, deleted records); after that it can't come back."""


def sweep(work: Work) -> None:
    """Look at both sides, if it is time to."""
    for side in BOTH:
        now = work.setup.clock.now()
        with work.setup.db.read() as session:
            reading = cursors.get(session, work.setup.iid, side=side, kind=work.kind.kind)
            older = inbox.any_older(session, work.setup.iid, side=side, kind=work.kind.kind, run_id=work.run_id)
        if reading is None or not reading.complete:
            continue
        if reading.swept_at is not None and now - reading.swept_at < EVERY and not older:
            continue
        if reading.swept_at is not None or older:
            client = work.setup.sides[side]
            for page in client.deleted(work.kind.module(side), since=reading.swept_at and reading.swept_at - OVERLAP):
                _gone(work, side, page)
            _back(work, side)
        with work.setup.db.write() as session:
            cursors.swept(session, work.setup.iid, side=side, kind=work.kind.kind, at=now)


def _gone(work: Work, side: Side, page: Iterable[Gone]) -> None:
    setup, kind = work.setup, work.kind.kind
    ids = [gone.id for gone in page]
    with setup.db.write() as session:
        leases.check(session, setup.iid, setup.fence)
        known = links.by_records(session, setup.iid, side=side, kind=kind, ids=ids)
        fresh = [link for link in known.values() if not link.copy(side).gone]
        entries = inbox.by_links(session, setup.iid, link_ids=[link.id for link in fresh])
        for link in fresh:
            part(session, work, link, gone=side, entries=entries.get(link.id, {}))
        unlinked = inbox.by_refs(session, setup.iid, refs=[Ref(side, kind, id) for id in ids if id not in known])
        if unlinked:
            inbox.remove(session, [entry.id for entry in unlinked.values()])
            renewal.renew_held(session, setup.iid, kind=kind)


def _back(work: Work, side: Side) -> None:
    """Resume links whose lost record was restored."""
    setup, kind = work.setup, work.kind
    with setup.db.read() as session:
        parted = journal.parted_links(session, setup.iid, kind=kind.kind, since=setup.clock.now() - BIN)
        lost = [link for link in links.by_ids(session, parted).values() if link.copy(side).gone]
    for start in range(0, len(lost), BATCH):
        some = {link.copy(side).id: link for link in lost[start : start + BATCH]}
        rows = setup.sides[side].fetch(kind.module(side), list(some), fields=kind.reader(side).fields).rows
        back = [some[str(row["id"])] for row in rows]
        with setup.db.write() as session:
            leases.check(session, setup.iid, setup.fence)
            links.save(session, [link.with_copy(side, replace(link.copy(side), gone=False)) for link in back])
            renewal.renew_links(session, setup.iid, link_ids=[link.id for link in back])
