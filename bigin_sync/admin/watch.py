"""The watch over an integration, as another process sees it: who keeps it in sync, and what is being done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bigin_sync.jobs.room import Room
from bigin_sync.jobs.vital import lives
from bigin_sync.store import heartbeats
from bigin_sync.store.db import Session


class DaemonState(StrEnum):
    """What a daemon does. `lost`: it gave no sign of life for long, or is gone without having said so."""

    SYNCING = "syncing"
    WAITING = "waiting"
    RESTING = "resting"
    ENDED = "ended"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage of the run under way. product: empty for a stage that works on both; total: None while unknown."""

    stage: str
    kind: str
    product: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class DaemonLine:
    """The daemon, as its last sign of life shows it.

    modules, since, stages: the run under way. next_look: when it looks next at the latest. trouble: why nothing is
    tried until `trouble_until`.
    """

    state: DaemonState
    pid: int
    host: str
    started_at: datetime
    beat_at: datetime
    modules: tuple[str, ...] = ()
    since: datetime | None = None
    stages: tuple[StageLine, ...] = ()
    next_look: datetime | None = None
    trouble: str | None = None
    trouble_until: datetime | None = None


def daemon(room: Room, session: Session, iid: int) -> DaemonLine | None:
    """The daemon that keeps an integration in sync, or the last one that did; None when there never was one."""
    found = heartbeats.current(session, iid)
    if found is None:
        return None
    alive = lives(found, now=room.clock.now())
    state = _state(found, alive=alive)
    about = DaemonLine(state, found.pid, found.host, found.started_at, found.beat_at)
    if not alive:
        return about
    doing, pulse = found.pulse.doing, found.pulse
    return DaemonLine(
        state,
        found.pid,
        found.host,
        found.started_at,
        found.beat_at,
        modules=tuple(doing.get("modules", ())),
        since=datetime.fromisoformat(doing["since"]) if doing else None,
        stages=tuple(_stage(each) for each in doing.get("stages", ())),
        next_look=pulse.next_due_at,
        trouble=pulse.trouble,
        trouble_until=pulse.trouble_until,
    )


def _state(found: heartbeats.Heartbeat, *, alive: bool) -> DaemonState:
    if found.holder is None:
        return DaemonState.ENDED
    if not alive:
        return DaemonState.LOST
    if found.pulse.doing:
        return DaemonState.SYNCING
    return DaemonState.WAITING if found.pulse.trouble is None else DaemonState.RESTING


def _stage(told: Mapping[str, Any]) -> StageLine:
    return StageLine(told["stage"], told["kind"], told["product"], told["done"], told["total"])
