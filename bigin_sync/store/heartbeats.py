"""Heartbeats: which process keeps an integration in sync, and what it is doing.

The row stays when the process leaves, with no holder. Whether a holder that has not left still lives is not decided
here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from bigin_sync.errors import LeaseLost
from bigin_sync.store.db import now
from bigin_sync.store.tables_watch import HeartbeatRow


@dataclass(frozen=True, slots=True)
class Pulse:
    """What a process says of itself.

    doing: the run under way as plain JSON, empty between runs. next_due_at: when it looks again. trouble: why the last
    run ended early, and until when nothing is tried because of that.
    """

    doing: Mapping[str, Any] = field(default_factory=dict)
    next_due_at: datetime | None = None
    trouble: str | None = None
    trouble_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last sign of life. holder: None when the process has left."""

    holder: str | None
    pid: int
    host: str
    started_at: datetime
    beat_at: datetime
    pulse: Pulse


def current(session: Session, iid: int) -> Heartbeat | None:
    """The last sign of life of whoever keeps the integration in sync, or did so last; None when nobody ever did."""
    row = session.get(HeartbeatRow, iid)
    if row is None:
        return None
    pulse = Pulse(row.doing, row.next_due_at, row.trouble, row.trouble_until)
    return Heartbeat(row.holder, row.pid, row.host, row.started_at, row.beat_at, pulse)


def claim(session: Session, iid: int, *, holder: str, pid: int, host: str) -> None:
    """Become the one who keeps the integration in sync, whoever it was before."""
    at = now(session)
    row = HeartbeatRow(
        integration_id=iid, holder=holder, pid=pid, host=host, started_at=at, beat_at=at, doing={}, trouble=None
    )
    session.merge(row)
    session.flush()


def beat(session: Session, iid: int, *, holder: str, pulse: Pulse) -> None:
    """A sign of life. Raises `LeaseLost` when somebody else keeps the integration in sync by now."""
    row = _row(session, iid)
    if row is None or row.holder != holder:
        raise LeaseLost(
            "Another daemon keeps these orgs in sync by now.",
            why="Two of them would only stand in each other's way.",
            hint="bigin-sync status shows the other one.",
        )
    row.beat_at = now(session)
    _say(row, pulse)
    session.add(row)
    session.flush()


def leave(session: Session, iid: int, *, holder: str) -> None:
    """Say goodbye, if it is still us."""
    row = _row(session, iid)
    if row is not None and row.holder == holder:
        row.holder, row.beat_at = None, now(session)
        _say(row, Pulse())
        session.add(row)
        session.flush()


def _say(row: HeartbeatRow, pulse: Pulse) -> None:
    row.doing, row.next_due_at = dict(pulse.doing), pulse.next_due_at
    row.trouble, row.trouble_until = pulse.trouble, pulse.trouble_until


def _row(session: Session, iid: int) -> HeartbeatRow | None:
    return session.exec(select(HeartbeatRow).where(HeartbeatRow.integration_id == iid).with_for_update()).one_or_none()
