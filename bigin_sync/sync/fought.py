"""Fought: the links that two automations keep changing back, and what is done with them: nothing. A shell."""

from collections.abc import Mapping, Sequence

from bigin_sync.model.link import Link
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Step
from bigin_sync.store import conflicts, journal
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import Entry, Parked, State
from bigin_sync.sync.fight import CAUSE, Blow, fighting
from bigin_sync.sync.setup import Setup
from bigin_sync.sync.steps import step_for_fight


def fought(session: Session, setup: Setup, known: Mapping[int, Link]) -> set[int]:
    """The links that both sides keep changing back, and that no person has let go on since."""
    standing = [link for link in known.values() if not link.parted]
    written = [link.id for link in standing if link.left.written is not None and link.right.written is not None]
    if not written:
        return set()
    now = setup.clock.now()
    told = conflicts.fights(session, link_ids=written)
    held = {id for id, fight in told.items() if fight.released_at is None}
    blows = journal.crossings(session, link_ids=written, since=now - setup.fights.longest)
    released = {id: fight.released_at for id, fight in told.items()}
    return held | {
        id
        for id, some in blows.items()
        if fighting([Blow(*each) for each in some], setup.fights, now=now, since=released.get(id))
    }


def leave_alone(
    session: Session, setup: Setup, link: Link, pair: Mapping[Side, Entry], *, dry: bool
) -> tuple[Step, Sequence[Parked]]:
    """The step that holds a fought link, and its new entries set aside; outside a dry run a person is asked."""
    left, right = (setup.pairing.title(side) for side in BOTH)
    why = f"{left} and {right} keep changing it back, so it is left alone until a person lets it go on"
    new = [entry.id for entry in pair.values() if entry.state is State.NEW]
    if not dry:
        conflicts.fight(session, setup.iid, link=link, why=why)
    step = step_for_fight(link, pair[min(pair)].record.label, why=why, cause=CAUSE)
    return step, [Parked(entry_id, State.HELD, why, cause=CAUSE) for entry_id in new]
