"""Modules: the state of each, and every revision of its settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from bigin_sync.errors import Bug
from bigin_sync.store.db import now
from bigin_sync.store.tables_setup import ModuleRow, RevisionRow, RunRow


class ModuleState(StrEnum):
    """Where a module is in its life. A module that nobody has touched yet is `available`."""

    AVAILABLE = "available"
    CONFIGURED = "configured"
    FIRST_SYNC = "first_sync"
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Module:
    """A module as it stands. last_run_at: when the last run that served it began."""

    name: str
    state: ModuleState
    revision_id: int | None
    stopped_why: str | None
    last_run_id: int | None
    last_run_at: datetime | None


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of a module's settings, whole, and what was changed in words. Numbers start at 1 in each module."""

    id: int
    module: str
    number: int
    at: datetime
    by: str
    what: str
    settings: Mapping[str, Any]


def get(session: Session, iid: int, *, name: str) -> Module | None:
    """A module, or None when nobody has touched it yet."""
    return next((module for module in listing(session, iid) if module.name == name), None)


def listing(session: Session, iid: int) -> list[Module]:
    """Every module that somebody has touched, in that order."""
    statement = (
        select(ModuleRow, col(RunRow.started_at))
        .join(RunRow, col(RunRow.id) == col(ModuleRow.last_run_id), isouter=True)
        .where(ModuleRow.integration_id == iid)
        .order_by(col(ModuleRow.id))
    )
    return [
        Module(row.name, ModuleState(row.state), row.revision_id, row.stopped_why, row.last_run_id, started_at)
        for row, started_at in session.exec(statement)
    ]


def set_state(session: Session, iid: int, *, name: str, state: ModuleState, stopped_why: str | None = None) -> None:
    """Move a module to a state, forgetting why it was stopped. Which moves are allowed is decided elsewhere."""
    row = _touched(session, iid, name)
    row.state, row.stopped_why = state.value, stopped_why
    session.add(row)
    session.flush()


def served(session: Session, iid: int, *, names: Sequence[str], run_id: int) -> None:
    """Note the run that served these modules last."""
    for name in names:
        row = _touched(session, iid, name)
        row.last_run_id = run_id
        session.add(row)
    session.flush()


def revise(session: Session, iid: int, *, module: str, by: str, what: str, settings: Mapping[str, Any]) -> Revision:
    """Keep a new version of a module's settings; it is in force once the module points to it (`point`)."""
    earlier = revisions(session, iid, module=module)
    row = RevisionRow(
        integration_id=iid,
        module=module,
        number=earlier[0].number + 1 if earlier else 1,
        at=now(session),
        by=by,
        what=what,
        settings=dict(settings),
    )
    session.add(row)
    session.flush()
    return _to_revision(row)


def point(session: Session, iid: int, *, name: str, revision_id: int) -> None:
    """Put a revision in force."""
    row = _touched(session, iid, name)
    row.revision_id = revision_id
    session.add(row)
    session.flush()


def revision(session: Session, iid: int, *, module: str) -> Revision | None:
    """The revision in force, or None before the module was configured."""
    statement = select(RevisionRow).join(ModuleRow, col(ModuleRow.revision_id) == col(RevisionRow.id))
    row = session.exec(statement.where(ModuleRow.integration_id == iid, ModuleRow.name == module)).one_or_none()
    return None if row is None else _to_revision(row)


def revisions(session: Session, iid: int, *, module: str) -> list[Revision]:
    """All revisions of a module, newest first."""
    statement = select(RevisionRow).where(RevisionRow.integration_id == iid, RevisionRow.module == module)
    return [_to_revision(row) for row in session.exec(statement.order_by(col(RevisionRow.number).desc()))]


def _touched(session: Session, iid: int, name: str) -> ModuleRow:
    statement = select(ModuleRow).where(ModuleRow.integration_id == iid, ModuleRow.name == name)
    known = session.exec(statement).one_or_none()
    return known or ModuleRow(integration_id=iid, name=name, state=ModuleState.AVAILABLE.value)


def _to_revision(row: RevisionRow) -> Revision:
    if row.id is None:
        raise Bug("A revision was read before it was stored.")
    return Revision(row.id, row.module, row.number, row.at, row.by, row.what, row.settings)
