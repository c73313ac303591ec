"""Shares: how many of an org's API credits this program may use in 24 hours, and to whom the rest is left."""

from collections.abc import Sequence
from dataclasses import dataclass

from bigin_sync.jobs.room import Room
from bigin_sync.store import modules
from bigin_sync.store.modules import ModuleState

RESERVE = 5
"""Percent of an org's daily credits that are left to its people and their other programs, whatever happens."""


@dataclass(frozen=True, slots=True)
class Share:
    """Percent of the daily credits that stay unused, and for whom."""

    kept: float
    for_whom: str

    def reserve(self, daily: int) -> int:
        """How many of so many credits stay unused."""
        return int(daily * self.kept / 100)

    def usable(self, daily: int) -> int:
        """How many of them may be used."""
        return daily - self.reserve(daily)


LIVE = Share(RESERVE, "the org's people and other programs")
"""What anything but a first sync may use."""


def share_of(room: Room, iid: int, *, names: Sequence[str] | None = None) -> Share:
    """What a run over these modules, or over all that are switched on, may use: less if one of them has its first sync
    before it, so that the edits of what is in sync already go on meanwhile.
    """
    with room.db.read() as session:
        known = modules.listing(session, iid)
    wanted = None if names is None else {name.casefold() for name in names}
    first = any(
        module.state is ModuleState.FIRST_SYNC if wanted is None else module.name in wanted
        for module in known
        if not module.first_sync_done
    )
    if not first:
        return LIVE
    return Share(room.settings.first_sync_reserve, "the edits of what is in sync already, and the org's people")
