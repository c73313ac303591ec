"""Settle: writes whose answer was lost are looked up before anything else is written. A shell.

A create that may or may not have happened is looked for in the side's database (never its search index): a record made
by our user since the intent, not linked yet, that `lost.py` takes for it. It is adopted; what never arrived is sent
again; what could be any of several is held for a person. A lost update needs no looking up: its source is still in
the inbox, and its target is read again before it is decided anew.
"""

from collections.abc import Sequence
from datetime import timedelta

from bigin_sync.model.action import Write
from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Link
from bigin_sync.model.outcome import Stored
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Verb
from bigin_sync.store import decisions, inbox, journal, leases, links, renewal
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, InboxRow
from bigin_sync.store.journal import Settled, State
from bigin_sync.sync.landing import Work, put_away, wake
from bigin_sync.sync.lost import Found, Lost, find
from bigin_sync.sync.progress import Progress
from bigin_sync.sync.settled import Left, Rest, created

CLOCKS_APART = timedelta(minutes=5)
"""How far a side's clock may be behind ours before a record made by a lost create would be missed."""
SEVERAL = "the answer to its creation was lost, and only a person can tell which record came of it"


def settle(work: Work, *, progress: Progress) -> None:
    """Find out what became of every open intent of this kind."""
    with work.setup.db.read() as session:
        opened = [step for step in journal.open_intents(session, work.setup.iid) if step.line.kind == work.kind.kind]
    updates = [step for step in opened if step.line.verb is not Verb.CREATE]
    if updates:
        with work.setup.db.write() as session:
            leases.check(session, work.setup.iid, work.setup.fence)
            lost = "the answer was lost; the link is decided anew"
            journal.settle(session, [Settled(step.id, State.DROPPED, message=lost) for step in updates])
    for target in BOTH:
        creates = [step for step in opened if step.line.verb is Verb.CREATE and step.line.target is target]
        if creates:
            title = work.setup.pairing.title(target)
            progress.say(
                f"Looking in {title} for {len(creates)} {work.kind.kind} records whose creation was not confirmed."
            )
            _settle_creates(work, target, creates)


def _settle_creates(work: Work, target: Side, steps: Sequence[journal.Entry]) -> None:
    setup, kind = work.setup, work.kind
    reader = kind.reader(target)
    since = min(step.intended_at or step.planned_at for step in steps) - CLOCKS_APART
    rows = setup.sides[target].made_since(kind.module(target), since, fields=reader.fields, by=setup.own_users[target])
    found = [reader.read(row) for row in rows]
    with setup.db.write() as session:
        leases.check(session, setup.iid, setup.fence)
        ids = [record.ref.id for record in found]
        taken = links.by_records(session, setup.iid, side=target, kind=kind.kind, ids=ids)
        free = [record for record in found if record.ref.id not in taken]
        lost = [Lost(step.line.label, step.line.payload["values"]) for step in steps]
        _conclude(session, work, steps, find(lost, free, keys=kind.match_keys(setup.regions[target]).of))


def _conclude(session: Session, work: Work, steps: Sequence[journal.Entry], found: Found) -> None:
    """Adopt what was made, hold what only a person can tell, and let the rest be sent again."""
    refs = [Ref(step.line.target.other, work.kind.kind, _source_id(step)) for step in steps if step.line.target]
    entries = inbox.by_refs(session, work.setup.iid, refs=refs)
    unclear = {place for knot in found.unclear for place in knot.places}
    for place, (step, ref) in enumerate(zip(steps, refs, strict=True)):
        entry = entries.get(ref)
        if place in found.made and entry is not None:
            _adopt(session, work, step, entry, found.made[place])
            continue
        message = SEVERAL if place in unclear else "it never arrived"
        journal.settle(session, [Settled(step.id, State.DROPPED, message=message)])
        if entry is not None and place not in unclear:
            renewal.renew(session, [entry.id])
    for knot in found.unclear:
        lost = [entries[refs[place]] for place in knot.places if refs[place] in entries]
        if lost:
            _hold(session, work, lost, knot.records)


def _hold(session: Session, work: Work, lost: Sequence[Entry], records: Sequence[Record]) -> None:
    """Leave it to a person which of these records are the lost ones; until then none of either side is made anew.

    They are given a key of their own, by which the plan holds them as it holds all that could be one of several.
    """
    keys = work.kind.match_keys(work.setup.regions[records[0].ref.side])
    rows = [InboxRow(record, keys.of(record.values)) for record in records]
    inbox.put(session, work.setup.iid, run_id=work.run_id, rows=rows)
    made = inbox.by_refs(session, work.setup.iid, refs=[record.ref for record in records])
    decisions.unclear(session, work.setup.iid, entries=[*lost, *made.values()])


def _adopt(session: Session, work: Work, step: journal.Entry, entry: Entry, record: Record) -> None:
    """Link a record to what was made of it.

    What we sent is what we know of the new one: whatever a person has changed in it since then is an edit, and crosses
    as one. A lookup that went along as a pointer may or may not have been filled: it counts as never seen, and meets
    its counterpart for the first time.
    """
    target = record.ref.side
    sent = step.line.payload
    owed = {name: Ref(Side(side), Kind(kind), id) for name, (side, kind, id) in sent["pointers"].items()}
    write = Write(target, sent["values"], pointers=owed)
    here, there = created(entry.record, write, Stored(record.ref.id, record.created_at or record.modified_at))
    link = Link(0, work.kind.kind, *((here, there) if target is Side.RIGHT else (there, here)))
    (link_id,) = links.insert_(session, work.setup.iid, run_id=work.run_id, made_by=["created"], links=[link])
    left_id, right_id = (None, record.ref.id) if target is Side.RIGHT else (record.ref.id, None)
    journal.settle(session, [Settled(step.id, State.DONE, link_id=link_id, left_id=left_id, right_id=right_id)])
    inbox.set_link(session, [(entry.id, link_id)])
    work.counts.look(entry.id)
    work.counts.created[target] += 1
    if owed:
        renewal.renew(session, [entry.id])
    else:
        put_away(session, work, [(entry, Rest(Left.DONE))])
    wake(session, work, [link])


def _source_id(step: journal.Entry) -> str:
    return (step.line.right_id if step.line.target is Side.LEFT else step.line.left_id) or ""
