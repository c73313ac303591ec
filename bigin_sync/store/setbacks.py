"""Setbacks: that a database was found to know less than its orgs show, and which modules go on with it since."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from sqlmodel import Session

from bigin_sync.store import keepsakes

_NAME = "setback"


class Cause(StrEnum):
    """`restored`: it is an older state of itself. `lost`: it is in the place of another one that synced these orgs."""

    RESTORED = "restored"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Setback:
    """What became of the database. fence: of the run that found it. settled: the modules that were let go on since."""

    cause: Cause
    fence: int
    settled: frozenset[str] = frozenset()


def get(session: Session, iid: int) -> Setback | None:
    """The setback that was found last, if one was."""
    told = keepsakes.get(session, iid, name=_NAME)
    return None if told is None else Setback(Cause(told["cause"]), told["fence"], frozenset(told["settled"]))


def put(session: Session, iid: int, setback: Setback) -> None:
    """Keep a setback, in place of an earlier one."""
    keepsakes.put(session, iid, name=_NAME, value={**asdict(setback), "settled": sorted(setback.settled)})
