"""Modules: the state of each, and every revision of its settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


class StoppedBy(StrEnum):
    """What stopped a module: too much at once, fields that changed in an org, or a list view that is gone."""

    BRAKE = "brake"
    FIELDS = "fields"
    VIEW = "view"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module as it stands. last_run_at: when the last run that served it began.

    resumes_as: the state a paused, disabled or stopped module goes back to. released: its next run passes the brakes.
    catch_up: the strategy that its next run settles conflicts with. owed: what that run has to do first, as plain JSON.
    frozen: kind -> field -> why the field stands still, since it changed in one of the orgs.
    """

    name: str
    state: ModuleState
    revision_id: int | None
    stopped_why: str | None
    last_run_id: int | None
    last_run_at: datetime | None
    resumes_as: ModuleState | None = None
    stopped_by: StoppedBy | None = None
    released: bool = False
    catch_up: str | None = None
    owed: Mapping[str, Any] = field(default_factory=dict)
    frozen: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def first_sync_done(self) -> bool:
        """Whether its first sync has finished, whatever became of the module since."""
        return ModuleState.ACTIVE in (self.state, self.resumes_as)


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
    return [_to_module(row, started_at) for row, started_at in session.exec(statement)]


def set_state(
    session: Session, iid: int, *, name: str, state: ModuleState, resumes_as: ModuleState | None = None
) -> None:
    """Move a module to a state, forgetting why it was stopped. Which moves are allowed is decided elsewhere."""
    _change(
        session,
        iid,
        name,
        state=state.value,
        resumes_as=None if resumes_as is None else resumes_as.value,
        stopped_why=None,
        stopped_by=None,
    )


def stop(session: Session, iid: int, *, name: str, by: StoppedBy, why: str) -> bool:
    """Stop a module that runs; it remembers what it was. One that is stopped already gets the newer reason; one that a
    person has paused or disabled meanwhile stays so, and is stopped once it goes on and the reason still holds. Returns
    whether it is stopped now.
    """
    row = _touched(session, iid, name)
    if row.state in (ModuleState.PAUSED, ModuleState.DISABLED):
        return False
    resumes_as = row.resumes_as if row.state == ModuleState.STOPPED else row.state
    _change(
        session,
        iid,
        name,
        state=ModuleState.STOPPED.value,
        resumes_as=resumes_as,
        stopped_why=why,
        stopped_by=by.value,
        released=False,
    )
    return True


def finish(session: Session, iid: int, *, name: str, strategy: str, released: bool) -> None:
    """A run served a module to its end: the first sync is over, and what was meant for one run is used up.

    strategy, released: what the run went by; what a person has chosen since is meant for the next one. A module that
    was paused or disabled meanwhile stays so, and is active once it resumes.
    """
    row = _touched(session, iid, name)
    first = ModuleState.FIRST_SYNC.value
    _change(
        session,
        iid,
        name,
        state=ModuleState.ACTIVE.value if row.state == first else row.state,
        resumes_as=ModuleState.ACTIVE.value if row.resumes_as == first else row.resumes_as,
        released=row.released and not released,
        catch_up=None if row.catch_up == strategy else row.catch_up,
    )


def release(session: Session, iid: int, *, name: str) -> None:
    """Let the next run of a module pass the brakes."""
    _change(session, iid, name, released=True)


def catch_up(session: Session, iid: int, *, name: str, strategy: str | None) -> None:
    """Settle conflicts with this strategy in the next run of a module, whatever its settings say; None: do not."""
    _change(session, iid, name, catch_up=strategy)


def owe(session: Session, iid: int, *, name: str, what: Mapping[str, Any]) -> None:
    """Keep what the next run of a module has to do first, in place of what it was; empty for nothing."""
    _change(session, iid, name, owed=dict(what) or None)


def freeze(session: Session, iid: int, *, name: str, fields: Mapping[str, Mapping[str, str]]) -> None:
    """Keep which fields of a module stand still (kind -> field -> why), in place of those that did."""
    _change(session, iid, name, frozen={kind: dict(some) for kind, some in fields.items() if some} or None)


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


def _change(session: Session, iid: int, name: str, **values: object) -> None:
    row = _touched(session, iid, name)
    for column, value in values.items():
        setattr(row, column, value)
    session.add(row)
    session.flush()


def _touched(session: Session, iid: int, name: str) -> ModuleRow:
    statement = select(ModuleRow).where(ModuleRow.integration_id == iid, ModuleRow.name == name)
    known = session.exec(statement).one_or_none()
    return known or ModuleRow(integration_id=iid, name=name, state=ModuleState.AVAILABLE.value)


def _to_module(row: ModuleRow, started_at: datetime | None) -> Module:
    return Module(
        name=row.name,
        state=ModuleState(row.state),
        revision_id=row.revision_id,
        stopped_why=row.stopped_why,
        last_run_id=row.last_run_id,
        last_run_at=started_at,
        resumes_as=None if row.resumes_as is None else ModuleState(row.resumes_as),
        stopped_by=None if row.stopped_by is None else StoppedBy(row.stopped_by),
        released=row.released,
        catch_up=row.catch_up,
        owed=row.owed or {},
        frozen=row.frozen or {},
    )


def _to_revision(row: RevisionRow) -> Revision:
    if row.id is None:
        raise Bug("A revision was read before it was stored.")
    return Revision(row.id, row.module, row.number, row.at, row.by, row.what, row.settings)
