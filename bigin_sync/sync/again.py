"""Again: when a record is tried again that a side refused, or over which it stumbled. A shell.

What is put right in the record, in the mapping or in the fields of an org is tried again when that has changed. Where a
side stumbles, it is tried later and later, and is a problem in the end. Some causes end without a word from anybody: a
lock, a limit, a missing right, a failure of the org. Such a record stays a problem, and is tried once a day.
"""

from datetime import timedelta

from bigin_sync.model.outcome import Cause, Refused
from bigin_sync.model.record import Ref
from bigin_sync.model.side import Side
from bigin_sync.store import inbox, renewal, waits
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, Parked, Postponed, State
from bigin_sync.sync.landing import Work, in_words
from bigin_sync.sync.progress import Aside

CAUSE = "stumbled"
TRIES = 8
"""How often a record is tried, in some two hours, before a person is told."""
FIRST_PAUSE = timedelta(minutes=1)
"""The first pause; each further one is twice as long."""
DAILY = frozenset({Cause.TRANSIENT, Cause.LOCKED, Cause.LIMIT, Cause.FORBIDDEN, Cause.DUPLICATE})
"""Causes of problems whose end nobody may tell: such a problem is tried again every day."""
EVERY = timedelta(days=1)
"""The pause between two tries of such a problem."""
OF_THE_TARGET = frozenset({Cause.LOCKED, Cause.FORBIDDEN})
"""Causes that lie in the record that was to be written: once it was modified, they may be gone."""


def try_due(work: Work, *, dry: bool) -> None:
    """Let go on what was postponed, and the problems that are tried every day, if their time has come; in a dry run,
    which sets nothing aside again, the problems stay what they are.
    """
    setup, kind = work.setup, work.kind.kind
    asked = [(State.WAITING, frozenset({CAUSE})), *[(State.PROBLEM, DAILY)] * (not dry)]
    with setup.db.read() as session:
        due = [
            id
            for state, causes in asked
            for id in inbox.due(session, setup.iid, kind=kind, state=state, causes=causes, at=setup.clock.now())
        ]
    if due:
        with setup.fenced() as session:
            renewal.renew(session, due)


def refuse(session: Session, work: Work, entry: Entry, refused: Refused, *, by: Side) -> None:
    """Set a record aside that a side refused; what may pass by itself is left for the next run."""
    if refused.cause is Cause.TRANSIENT:
        return
    if refused.cause in DAILY:
        _problem(session, work, entry, in_words(refused), refused.cause, tries=entry.tries, known=entry.tried)
    else:
        inbox.park(session, [Parked(entry.id, State.PROBLEM, in_words(refused), cause=refused.cause.value)])
        work.counts.set_aside(entry.id, Aside.PROBLEM)
    if refused.duplicate_of is not None:
        other = Ref(by, entry.record.ref.kind, refused.duplicate_of)
        waits.await_(session, work.setup.iid, rows=[(entry.id, other)])


def stumbled(session: Session, work: Work, entry: Entry, what: str) -> None:
    """A side stumbled over a record once more; what: what it said."""
    pause_or_give_up(session, work, entry, what, tries=entry.tries + 1)


def next_run(session: Session, work: Work, entry: Entry, what: str) -> None:
    """What became of a write is not known, and it is no fault of the record: it is tried again in the next run."""
    _postpone(session, work, entry, what, tries=entry.tries, pause=timedelta())


def pause_or_give_up(session: Session, work: Work, entry: Entry, what: str, *, tries: int) -> None:
    """Set a record aside for a while, or for a person once it has been tried often enough; from then on for a day."""
    if tries < TRIES:
        _postpone(session, work, entry, what, tries=tries, pause=FIRST_PAUSE * 2 ** (tries - 1))
        return
    title = work.setup.pairing.title(entry.record.ref.side.other)
    why = f"{title} failed to take it in each of {tries} tries: {what}"
    _problem(session, work, entry, why, Cause.TRANSIENT, tries=tries, known=tries > TRIES)


def _problem(session: Session, work: Work, entry: Entry, why: str, cause: Cause, *, tries: int, known: bool) -> None:
    """Set a record aside for a person, until it is tried again. known: it was a problem before, and this is no news."""
    at = work.setup.clock.now() + EVERY
    inbox.postpone(session, [Postponed(entry.id, why, cause.value, tries, at, State.PROBLEM)])
    if known:
        work.counts.rest(entry.id, Aside.PROBLEM)
    else:
        work.counts.set_aside(entry.id, Aside.PROBLEM)


def _postpone(session: Session, work: Work, entry: Entry, what: str, *, tries: int, pause: timedelta) -> None:
    why = f"not written: {what}; it is tried again" + (f", the next time in {pause}" if pause else " in the next run")
    at = work.setup.clock.now() + pause
    inbox.postpone(session, [Postponed(entry.id, why, CAUSE, tries, at)])
    work.counts.rest(entry.id)
