"""Endings: how everything stands, by content, so that two ways which came to the same are equal."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import BOTH
from bigin_sync.replay.found import Found, look
from bigin_sync.replay.play import conflict_line
from bigin_sync.replay.stage import Stage
from bigin_sync.store import journal, links

MANY = 10_000


@dataclass(frozen=True, slots=True)
class Ending:
    """Records by side and kind, what is not synced and why, what waits for a person, all links, and open writes."""

    records: Mapping[str, list[str]]
    aside: list[str]
    conflicts: list[str]
    links: list[str]
    open_writes: int

    def apart(self, other: "Ending", *, later: "Ending | None" = None) -> list[str]:
        """What is here and not there, and the other way round, in words.

        later: how it stands over there one run later, where that is as good: of what that run changes either is right.
        """
        mine, one, two = self._lines(), other._lines(), (later or other)._lines()
        found = [f"unexpected: {line}" for line in sorted((mine - (one | two)).elements())]
        return found + [f"missing: {line}" for line in sorted(((one & two) - mine).elements())]

    def _lines(self) -> Counter[str]:
        told = [f"{place}: {row}" for place, rows in self.records.items() for row in rows]
        return Counter([*told, *self.aside, *self.conflicts, *self.links, f"{self.open_writes} open writes"])


def ending(stage: Stage) -> Ending:
    """How everything stands now."""
    found = look(stage)
    with stage.room.db.read() as session:
        iid = stage.room.integration()
        made = [
            link
            for kind in stage.room.pairing.parents_first()
            for link in links.slice(session, iid, kind=Kind(kind), limit=MANY)
        ]
        opened = len(journal.open_intents(session, iid))
    return Ending(
        _records(found),
        sorted(f"{one.kind} {one.it} in {one.in_}: {one.state}, {one.because}" for one in found.not_synced),
        sorted(f"conflict: {conflict_line(one)}" for one in found.conflicts),
        sorted(
            f"link: {link.kind} {[_seen(link.copy(side).seen) for side in BOTH]} parted={link.parted} "
            f"held={sorted(link.held)} in sync={link.left.vector == link.right.vector}"
            for link in made
        ),
        opened,
    )


def _records(found: Found) -> dict[str, list[str]]:
    return {
        f"{label} {kind}": sorted(str(sorted(row.items(), key=str)) for row in rows)
        for label, kinds in found.records.items()
        for kind, rows in kinds.items()
    }


def _seen(seen: Mapping[str, object]) -> list[str]:
    """What was seen of a record, but for ids, which are other ones each time, and blanks."""
    return sorted(
        f"{name}={value}"
        for name, value in seen.items()
        if value not in (None, False) and not (isinstance(value, str) and value.isdecimal() and len(value) > 15)
    )
