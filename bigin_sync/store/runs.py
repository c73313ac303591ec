"""Runs: every pass over an integration, what it came to, and under which settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlmodel import Session, col, select

from bigin_sync.errors import Bug
from bigin_sync.store.db import now
from bigin_sync.store.tables_setup import RunRow


class RunState(StrEnum):
    """How a run stands, or how it ended. `stopped`: by a brake; `interrupted`: by a person, or with its process."""

    RUNNING = "running"
    DONE = "done"
    DRY = "dry"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Run:
    """One run. counts: kind -> what became of its records; revisions: module -> number of the settings in force."""

    id: int
    started_at: datetime
    ended_at: datetime | None
    state: RunState
    why: str
    dry: bool
    counts: Mapping[str, Any]
    error: str | None
    revisions: Mapping[str, int]
    fence: int


def start(session: Session, iid: int, *, why: str, dry: bool, revisions: Mapping[str, int], fence: int) -> int:
    """Write down that a run begins; returns its id."""
    row = RunRow(
        integration_id=iid,
        started_at=now(session),
        why=why,
        dry=dry,
        state=RunState.RUNNING.value,
        counts={},
        revisions=dict(revisions),
        fence=fence,
    )
    session.add(row)
    session.flush()
    return _to_run(row).id


def finish(session: Session, run_id: int, *, state: str, counts: Mapping[str, Any], error: str | None = None) -> None:
    """Write down how a run ended."""
    row = session.get(RunRow, run_id)
    if row is None:
        raise Bug(f"Run {run_id} ended without having been started.")
    row.ended_at, row.state, row.counts, row.error = now(session), RunState(state).value, dict(counts), error
    session.add(row)
    session.flush()


def mark_interrupted(session: Session, iid: int) -> list[int]:
    """End the runs that are still said to be running though their process is gone; returns their ids.

    Only for the holder of the lease: with it, nobody else can be running.
    """
    statement = select(RunRow).where(RunRow.integration_id == iid, RunRow.state == RunState.RUNNING.value)
    rows = session.exec(statement.order_by(col(RunRow.id))).all()
    for row in rows:
        row.ended_at, row.state, row.error = now(session), RunState.INTERRUPTED.value, "its process ended early"
        session.add(row)
    session.flush()
    return [_to_run(row).id for row in rows]


def get(session: Session, iid: int, run_id: int) -> Run | None:
    """One run of the integration."""
    row = session.get(RunRow, run_id)
    return None if row is None or row.integration_id != iid else _to_run(row)


def listing(session: Session, iid: int, *, limit: int | None = None, module: str | None = None) -> list[Run]:
    """The runs, newest first, at most `limit`; those that served a module, if one is named."""
    statement = select(RunRow).where(RunRow.integration_id == iid).order_by(col(RunRow.id).desc())
    if module is None:
        return [_to_run(row) for row in session.exec(statement.limit(limit))]
    served = (row for row in session.exec(statement.execution_options(yield_per=500)) if module in row.revisions)
    return [_to_run(row) for row in islice(served, limit)]


def planned_since(session: Session, iid: int, *, fence: int) -> set[str]:
    """The modules of which a plan was made, by runs of this fence or a later one."""
    statement = select(RunRow.revisions).where(
        RunRow.integration_id == iid, RunRow.state == RunState.DRY.value, RunRow.fence >= fence
    )
    return {module for revisions in session.exec(statement) for module in revisions}


def _to_run(row: RunRow) -> Run:
    if row.id is None:
        raise Bug("A run was read before it was stored.")
    return Run(
        id=row.id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        state=RunState(row.state),
        why=row.why,
        dry=row.dry,
        counts=row.counts,
        error=row.error,
        revisions=row.revisions,
        fence=row.fence,
    )
