"""Due: when a module is looked at next. Pure.

Whoever has just changed something is likely to change more: after news a module is looked at again soon. Every look
that finds nothing makes the next one wait longer, up to a bound. Looks cost API credits, also the ones for nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bigin_sync.store.dues import Due

GROWTH = 1.5
"""By how much the pause grows with each quiet look: from half a minute to ten minutes in eight looks."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The shortest and the longest pause between two looks, in seconds. Equal ones make a fixed interval."""

    shortest: float
    longest: float

    def clip(self, interval: float) -> float:
        """The interval, not shorter and not longer than allowed."""
        return min(self.longest, max(self.shortest, interval))


def next_due(last: Due | None, *, module: str, bounds: Bounds, news: bool, now: datetime, revision: int | None) -> Due:
    """When a module that has just been looked at is due again; `news`: whether there was anything new."""
    if news or last is None:
        interval, quiet = bounds.clip(bounds.shortest), 0
    else:
        interval, quiet = bounds.clip(last.interval * GROWTH), last.quiet_runs + 1
    return Due(module, now + timedelta(seconds=interval), interval, quiet, revision)


def due_now(
    running: Mapping[str, int | None], dues: Mapping[str, Due], *, now: datetime, fresh: Collection[str] = ()
) -> list[str]:
    """The modules to be looked at now, in the order given.

    running: module that is switched on -> number of its settings. fresh: those that were just switched on. Due are
    these; those whose time has come, also long ago; those never looked at; those whose settings were changed since.
    """
    return [name for name, revision in running.items() if name in fresh or _is_due(dues.get(name), revision, now)]


def next_time(running: Mapping[str, int | None], dues: Mapping[str, Due]) -> datetime | None:
    """When the first of these modules is due, as far as is known."""
    return min((dues[name].at for name in running if name in dues), default=None)


def _is_due(due: Due | None, revision: int | None, now: datetime) -> bool:
    return due is None or due.at <= now or due.revision != revision
