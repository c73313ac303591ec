"""How everything stands once syncs are over: by content, so that two histories which came to the same are equal."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bigin_sync.clock import SystemClock
from bigin_sync.jobs.room import Room
from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Link
from bigin_sync.model.side import BOTH, Side
from bigin_sync.replay.worlds import Place, shown
from bigin_sync.store import conflicts, inbox, journal, links
from bigin_sync.store.db import Session
from bigin_sync.store.inbox import State
from tests.process.small_world import SmallWorld, settings_of

MANY = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Both orgs, the links between them, and all that is unsettled. Records are named by what people call them."""

    records: dict[str, dict[str, list[str]]]
    links: list[str]
    unsettled: list[str]
    conflicts: list[str]
    open_writes: int


def standing(small: SmallWorld, home: Path) -> Standing:
    """How everything stands now."""
    names = {place.side: _names(place) for place in small.places.values()}
    with Room.open(settings_of(home), clock=SystemClock()) as room, room.db.read() as session:
        iid = room.integration()
        kinds = [Kind(kind) for kind in room.pairing.parents_first()]
        return Standing(
            {
                label: {kind: sorted(map(str, rows)) for kind, rows in shown(place).items()}
                for label, place in small.places.items()
            },
            sorted(_told(link, names) for kind in kinds for link in _links(session, iid, kind)),
            sorted(
                f"{entry.record.ref.side} {kind} {entry.record.label}: {entry.state}, {entry.why}"
                for kind in kinds
                for entry in inbox.slice(session, iid, kind=kind, states=list(State), limit=MANY)
            ),
            sorted(
                f"{one.kind} {one.field}: {one.left_value} | {one.right_value}"
                for one in conflicts.listing(session, iid)
            ),
            len(journal.open_intents(session, iid)),
        )


def _names(place: Place) -> dict[str, str]:
    """Record id -> what people call it."""
    return {
        row.id: place.label(spec, row)
        for spec in ("company", "contact")
        for row in place.org.tables[place.module(spec).api_name].rows.values()
    }


def _links(session: Session, iid: int, kind: Kind) -> list[Link]:
    return list(links.slice(session, iid, kind=kind, limit=MANY))


def _told(link: Link, names: Mapping[Side, Mapping[str, str]]) -> str:
    """A link with what was seen of both records."""
    assert link.left.vector == link.right.vector, "a link that is settled has equal vectors"
    sides = [f"{names[side][link.copy(side).id]} {_seen(link.copy(side).seen, names[side])}" for side in BOTH]
    return f"{link.kind}: {' | '.join(sides)} gone={link.parted} held={sorted(link.held)}"


def _seen(seen: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, Any]]:
    return sorted(
        (name, names.get(value, value) if isinstance(value, str) else value)
        for name, value in seen.items()
        if value is not None
    )
