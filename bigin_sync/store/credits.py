"""Credits: how many API credits each side has used in the last 24 hours, and when to stop.

Both products grant credits for a rolling window of 24 hours (Bigin: "API limits"; Zoho CRM v8: "API limits"). Calls are
counted in memory and written in blocks that are set aside before they are used: after a crash the count is too high by
at most one block (`BLOCK` credits), never too low.
"""

import threading
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlmodel import Session

from bigin_sync.errors import OutOfCredits
from bigin_sync.model.side import Side
from bigin_sync.store import orgs
from bigin_sync.store.columns import moment
from bigin_sync.store.db import Database, now_epoch
from bigin_sync.store.tables_setup import CREDIT
from bigin_sync.store.upsert import upsert

BLOCK = 100
MINUTE = 60
WINDOW = 24 * 60 * MINUTE

_c = CREDIT.c


class Ledger:
    """Books the calls of one side of one integration; safe across threads, and across processes on one database.

    budget: the org's credits per 24 hours. reserve: how many of them are never used, but left to the org's people and
    their other programs. A thread that books must hold no write transaction, nor may one that waits for it.
    """

    def __init__(self, db: Database, iid: int, *, side: Side, budget: int, reserve: int = 0) -> None:
        self._db = db
        self._iid = iid
        self._side = side
        self._limit = budget - reserve
        self._lock = threading.Lock()
        self._minute = 0
        self._set_aside = 0
        self._calls = 0

    def book(self, credits: int) -> None:
        """Count one call of so many credits; raises `OutOfCredits` before the call when the budget is used up."""
        with self._lock:
            if self._set_aside < credits or self._minute != self._this_minute():
                self._settle(wanted=credits)
            self._set_aside -= credits
            self._calls += 1

    def close(self) -> None:
        """Write down what was used and give back what was set aside for nothing. The ledger may be used again."""
        with self._lock:
            if self._minute:
                with self._db.write(self._iid) as session:
                    self._give_back(session)

    def _settle(self, *, wanted: int) -> None:
        """Give back what is left of the last block, look at what everybody used, and set the next block aside."""
        with self._db.write(self._iid) as session:
            self._give_back(session)
            minute = self._this_minute()
            session.connection().execute(delete(CREDIT).where(*self._mine(), _c.minute <= minute - WINDOW - MINUTE))
            rows = session.connection().execute(select(_c.minute, _c.credits).where(*self._mine()).order_by(_c.minute))
            known = [(at, credits) for at, credits in rows]
            left = self._limit - sum(credits for _, credits in known)
            block = max(wanted, min(BLOCK, left))
            org = orgs.get(session, self._iid, side=self._side)
            if left >= wanted:
                self._add(session, minute, credits=block, calls=0)
        if left < wanted:
            name = self._side.value if org is None else org.org_name
            raise self._out_of_credits(name, known, wanted=wanted)
        self._minute, self._set_aside = minute, block

    def _give_back(self, session: Session) -> None:
        if self._set_aside or self._calls:
            self._add(session, self._minute, credits=-self._set_aside, calls=self._calls)
        self._minute = self._set_aside = self._calls = 0

    def _add(self, session: Session, minute: int, *, credits: int, calls: int) -> None:
        connection = session.connection()
        row = {"integration_id": self._iid, "side": self._side.value, "minute": minute, "credits": 0, "calls": 0}
        connection.execute(upsert(session, CREDIT, key=("integration_id", "side", "minute"), replace=()), row)
        connection.execute(
            update(CREDIT)
            .where(*self._mine(), _c.minute == minute)
            .values(credits=_c.credits + credits, calls=_c.calls + calls)
        )

    def _out_of_credits(self, name: str, known: list[tuple[int, int]], *, wanted: int) -> OutOfCredits:
        missing = wanted - self._limit + sum(credits for _, credits in known)
        until: datetime | None = None
        for minute, credits in known:
            missing -= credits
            if missing <= 0:
                until = moment(minute + MINUTE + WINDOW)
                break
        return OutOfCredits(
            f"The API credits of {name} that this program may use are used up.",
            until=until,
            why=f"{self._limit:,} credits in 24 hours are its share; more would lock out the org's other programs.",
            hint="Nothing is lost; the next sync goes on" + (f" from {until:%Y-%m-%d %H:%M} UTC." if until else "."),
        )

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return (_c.integration_id == self._iid, _c.side == self._side.value)

    def _this_minute(self) -> int:
        seconds = int(self._db.clock.now().timestamp())
        return seconds - seconds % MINUTE


def used(session: Session, iid: int, *, side: Side) -> int:
    """The credits a side has used in the last 24 hours, including what running processes have set aside."""
    since = now_epoch(session) - WINDOW - MINUTE
    statement = select(func.coalesce(func.sum(_c.credits), 0)).where(
        _c.integration_id == iid, _c.side == side.value, _c.minute > since
    )
    return int(session.connection().execute(statement).scalar_one())
