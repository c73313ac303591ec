"""Dues: when each module is to be looked at next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from bigin_sync.store.tables_watch import DueRow


@dataclass(frozen=True, slots=True)
class Due:
    """When a module is due.

    interval: the seconds that `at` lies behind the last look. quiet_runs: how many looks in a row found nothing new.
    revision: the number of the settings that were in force at the last look.
    """

    module: str
    at: datetime
    interval: float
    quiet_runs: int = 0
    revision: int | None = None


def listing(session: Session, iid: int) -> dict[str, Due]:
    """Module -> when it is due; a module that was never looked at has none."""
    rows = session.exec(select(DueRow).where(DueRow.integration_id == iid))
    return {row.module: Due(row.module, row.due_at, row.interval, row.quiet_runs, row.revision) for row in rows}


def put(session: Session, iid: int, *, dues: Iterable[Due]) -> None:
    """Note when these modules are due next."""
    for due in dues:
        row = DueRow(
            integration_id=iid,
            module=due.module,
            due_at=due.at,
            interval=due.interval,
            quiet_runs=due.quiet_runs,
            revision=due.revision,
        )
        session.merge(row)
    session.flush()
