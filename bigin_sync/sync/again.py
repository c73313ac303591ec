"""Again: a record over which a side stumbles is tried again later and later, and is a problem in the end. A shell."""

from datetime import timedelta

from bigin_sync.model.outcome import Cause
from bigin_sync.store import inbox, renewal
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, Parked, Postponed, State
from bigin_sync.sync.landing import Work
from bigin_sync.sync.progress import Aside

CAUSE = "stumbled"
TRIES = 8
"""How often a record is tried, in some two hours, before a person is told."""
FIRST_PAUSE = timedelta(minutes=1)
"""The first pause; each further one is twice as long."""


def try_due(work: Work) -> None:
    """Let go on what was postponed, if its time has come."""
    setup = work.setup
    with setup.db.read() as session:
        due = inbox.due(session, setup.iid, kind=work.kind.kind, cause=CAUSE, at=setup.clock.now())
    if due:
        with setup.fenced() as session:
            renewal.renew(session, due)


def stumbled(session: Session, work: Work, entry: Entry, what: str) -> None:
    """A side stumbled over a record once more; what: what it said."""
    pause_or_give_up(session, work, entry, what, tries=entry.tries + 1)


def next_run(session: Session, work: Work, entry: Entry, what: str) -> None:
    """What became of a write is not known, and it is no fault of the record: it is tried again in the next run."""
    _postpone(session, work, entry, what, tries=entry.tries, pause=timedelta())


def pause_or_give_up(session: Session, work: Work, entry: Entry, what: str, *, tries: int) -> None:
    """Set a record aside for a while, or for a person once it has been tried often enough."""
    if tries < TRIES:
        _postpone(session, work, entry, what, tries=tries, pause=FIRST_PAUSE * 2 ** (tries - 1))
        return
    title = work.setup.pairing.title(entry.record.ref.side.other)
    why = f"{title} failed to take it in each of {tries} tries: {what}"
    inbox.forget_tries(session, entry.id)
    inbox.park(session, [Parked(entry.id, State.PROBLEM, why, cause=Cause.TRANSIENT.value)])
    work.counts.set_aside(entry.id, Aside.PROBLEM)


def _postpone(session: Session, work: Work, entry: Entry, what: str, *, tries: int, pause: timedelta) -> None:
    why = f"not written: {what}; it is tried again" + (f", the next time in {pause}" if pause else " in the next run")
    at = work.setup.clock.now() + pause
    inbox.postpone(session, [Postponed(entry.id, why, CAUSE, tries, at)])
    work.counts.rest(entry.id)
