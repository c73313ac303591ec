"""Doubted: fields that were read again because a side had refused them, and what came of it.

Most refusals are the fault of a record. So a field that was as before when it was read again is not read again for the
next refusal, or every run in which somebody enters an odd value would cost some fifteen calls.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bigin_sync.jobs.room import Room
from bigin_sync.model.side import Side
from bigin_sync.store import orgs
from bigin_sync.store.db import Session

CONFIRMED = "confirmed"
"""What an org's metadata keeps these fields under, each with the time it was last found as before."""

LATELY = timedelta(hours=1)
"""How long a field is taken to be as it was found."""


def confirmed(session: Session, iid: int, *, now: datetime) -> dict[tuple[Side, str], frozenset[str]]:
    """Side and module -> fields that are not in doubt, whatever is refused for them."""
    return {
        (side, module): frozenset(_lately(session, iid, side, module, now=now))
        for side, module in orgs.metadata_read_at(session, iid, what=CONFIRMED)
    }


@contextmanager
def reexamined(room: Room, iid: int, place: tuple[Side, str], names: frozenset[str]) -> Iterator[None]:
    """Around the reading of an org's fields: those of these names are confirmed of which nothing new is told."""
    side, module = place
    with room.db.read() as session:
        before = _told(session, iid, side, module)
    yield
    with room.db.write(iid) as session:
        after, now = _told(session, iid, side, module), room.clock.now()
        same = {name: now.isoformat() for name in names if before.get(name) == after.get(name)}
        if same:
            known = _lately(session, iid, side, module, now=now)
            orgs.put_metadata(session, iid, side=side, module=module, told={CONFIRMED: known | same})


def _told(session: Session, iid: int, side: Side, module: str) -> dict[str, object]:
    rows = orgs.metadata(session, iid, side=side, module=module, what="fields") or []
    return {str(row.get("api_name")): row for row in rows}


def _lately(session: Session, iid: int, side: Side, module: str, *, now: datetime) -> dict[str, str]:
    known: dict[str, str] = orgs.metadata(session, iid, side=side, module=module, what=CONFIRMED) or {}
    return {name: at for name, at in known.items() if now - datetime.fromisoformat(at) < LATELY}
