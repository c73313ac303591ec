"""Pending: creations that may still take effect, because nobody knows what became of them. A shell.

An insert can still be under way in Zoho when its connection has broken or its process was killed: looked for at once,
it is not there yet, and sent again it would be there twice. So that it never arrived is only concluded some time after
it was sent. Until then neither what was to be copied nor what may be the copy is planned, nor linked with another one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from bigin_sync.model.action import SkipCause
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Verb
from bigin_sync.store import inbox, journal, renewal
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, Parked
from bigin_sync.store.inbox import State as InboxState
from bigin_sync.sync.landing import Work
from bigin_sync.sync.progress import Aside

CAUSE = SkipCause.ANSWER_LOST.value
MAYBE = SkipCause.MAY_BE_COPY.value
ANSWER_LOST = "the answer to its creation was lost; the next runs look whether it was made"
MAY_BE_OURS = "it may be the copy of another record; the next runs look whether it is"
MARGIN = timedelta(minutes=5)
"""How much earlier than sent a record may say it was made: times are whole seconds, and of more than one machine."""


def open_creates(session: Session, work: Work) -> list[journal.Entry]:
    """The creations of this kind of which nobody knows whether they happened."""
    opened = journal.open_intents(session, work.setup.iid)
    return [step for step in opened if step.line.kind == work.kind.kind and step.line.verb is Verb.CREATE]


def source_of(step: journal.Entry) -> Ref:
    """The record that a creation was to copy."""
    target = step.line.target or Side.RIGHT
    return Ref(target.other, step.line.kind, step.line.id_on(target.other))


def sent_after(steps: Iterable[journal.Entry]) -> datetime:
    """A moment, by the side's clock, before which none of these creations can have made a record."""
    return min(step.sent_at or step.intended_at or step.planned_at for step in steps) - MARGIN


def sent_as(work: Work, steps: Iterable[journal.Entry]) -> set[str]:
    """The users as whom these creations were sent: since then the sync may have been connected as another one."""
    return {step.sent_as or work.setup.own_users[step.line.target or Side.RIGHT] for step in steps}


def under_way(work: Work, steps: Sequence[journal.Entry]) -> set[int]:
    """Which of these creations, by their place in the list, may still take effect."""
    now, after = work.setup.clock.now(), work.setup.settle_after
    return {
        place
        for place, step in enumerate(steps)
        if now - (step.settled_at or step.intended_at or step.planned_at) < after
    }


def in_doubt(entry: Entry) -> bool:
    """Whether nobody knows yet if an entry's record has a counterpart: its copy may turn up, or it may be one."""
    return entry.state is InboxState.WAITING and entry.cause in (CAUSE, MAYBE)


def copy_under_way(entry: Entry) -> bool:
    """Whether an entry's record has been copied, as far as anybody knows, and the copy may turn up."""
    return in_doubt(entry) and entry.cause == CAUSE


def hold_back(work: Work) -> None:
    """Set aside what an open creation concerns, and let go on what was set aside for one that is settled."""
    setup = work.setup
    with setup.db.read() as session:
        steps = open_creates(session, work)
        aside = inbox.set_aside_for(session, setup.iid, kind=work.kind.kind, causes=(CAUSE, MAYBE))
    if not steps and not aside:
        return
    with setup.fenced() as session:
        known = inbox.by_refs(session, setup.iid, refs=[source_of(step) for step in steps]).values()
        sources = [entry for entry in known if entry.link_id is None]
        maybe = _maybe_ours(session, work, steps)
        new = [*_set_aside(sources, ANSWER_LOST, CAUSE), *_set_aside(maybe, MAY_BE_OURS, MAYBE)]
        inbox.park(session, new)
        kept = {entry.id for entry in (*sources, *maybe)}
        renewal.renew(session, [entry.id for entry in aside if entry.id not in kept])
    waiting = {entry.id for entry in aside} & kept
    for entry_id in waiting | {parked.entry_id for parked in new}:
        work.counts.set_aside(entry_id, Aside.WAITING)


def _set_aside(entries: Iterable[Entry], why: str, cause: str) -> Iterator[Parked]:
    """Those of these entries that are new wait for this cause."""
    for entry in entries:
        if entry.state is InboxState.NEW:
            yield Parked(entry.id, InboxState.WAITING, why, cause=cause)


def _maybe_ours(session: Session, work: Work, steps: Sequence[journal.Entry]) -> list[Entry]:
    """Unlinked records of our making that are young enough to have come of one of these creations."""
    setup, found = work.setup, []
    for side in BOTH:
        mine = [step for step in steps if step.line.target is side]
        if mine:
            since = sent_after(mine)
            for user in sorted(sent_as(work, mine)):
                found += inbox.unlinked_made(session, setup.iid, side=side, kind=work.kind.kind, by=user, since=since)
    return found
