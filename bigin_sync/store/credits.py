"""Credits: how many API credits each side has used in the last 24 hours, and when to stop.

Both products grant credits for a rolling window of 24 hours (Bigin: "API limits"; Zoho CRM v8: "API limits"). Every
call is written down before it leaves, in a transaction of its own: a process that is killed has told of all its calls,
and of no more than those that were about to leave.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Integer, bindparam, delete, func, select, update
from sqlmodel import Session

from bigin_sync.errors import OutOfCredits
from bigin_sync.model.side import Side
from bigin_sync.store import orgs
from bigin_sync.store.columns import moment
from bigin_sync.store.db import Database, now_epoch
from bigin_sync.store.tables_setup import CREDIT
from bigin_sync.store.upsert import upsert

MINUTE = 60
WINDOW = 24 * 60 * MINUTE

_c = CREDIT.c
_row = CREDIT.alias("known")
_USED = (
    select(func.coalesce(func.sum(_row.c.credits), 0))
    .where(_row.c.integration_id == bindparam("iid"), _row.c.side == bindparam("of"))
    .where(_row.c.minute >= bindparam("since"))
    .scalar_subquery()
)
_COUNT = (
    update(CREDIT)
    .where(_c.integration_id == bindparam("iid"), _c.side == bindparam("of"), _c.minute == bindparam("at"))
    .where(bindparam("limit", type_=Integer) - bindparam("wanted", type_=Integer) >= _USED)
    .values(credits=_c.credits + bindparam("wanted", type_=Integer), calls=_c.calls + 1)
)
"""One statement for a call, as it is made for each of them."""


class Ledger:
    """Books the calls of one side of one integration; safe across threads, and across processes on one database.

    budget: the org's credits per 24 hours. reserve: how many of them are never used, and for_whom they are left. A
    thread that books must hold no write transaction, nor may one that waits for it.
    """

    def __init__(
        self,
        db: Database,
        iid: int,
        *,
        side: Side,
        budget: int,
        reserve: int = 0,
        for_whom: str = "the org's people and other programs",
    ) -> None:
        self._db = db
        self._iid = iid
        self._side = side
        self._limit = budget - reserve
        self._for_whom = for_whom
        self._whose = {"iid": iid, "of": side.value}

    def book(self, credits: int) -> None:
        """Count one call of so many credits; raises `OutOfCredits` before the call when the budget is used up."""
        with self._db.write(self._iid) as session:
            minute = self._this_minute()
            booked = self._add(session, minute, credits=credits)
            if not booked:
                self._begin(session, minute)
                booked = self._add(session, minute, credits=credits)
        if not booked:
            raise self._out_of_credits(wanted=credits)

    def _add(self, session: Session, minute: int, *, credits: int) -> bool:
        """Count a call if the budget allows; False if it does not, or if this minute has no row to be counted in."""
        found = {"at": minute, "since": minute - WINDOW, "wanted": credits, "limit": self._limit}
        return session.connection().execute(_COUNT, self._whose | found).rowcount == 1

    def _begin(self, session: Session, minute: int) -> None:
        """Make this minute's row, and forget those that count no more."""
        connection = session.connection()
        connection.execute(delete(CREDIT).where(*self._mine(), _c.minute <= minute - WINDOW - MINUTE))
        row = {"integration_id": self._iid, "side": self._side.value, "minute": minute, "credits": 0, "calls": 0}
        connection.execute(upsert(session, CREDIT, key=("integration_id", "side", "minute"), replace=()), row)

    def _out_of_credits(self, *, wanted: int) -> OutOfCredits:
        with self._db.read() as session:
            rows = session.connection().execute(select(_c.minute, _c.credits).where(*self._mine()).order_by(_c.minute))
            known = [(at, credits) for at, credits in rows]
            org = orgs.get(session, self._iid, side=self._side)
        name = self._side.value if org is None else org.org_name
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
            why=f"{self._limit:,} credits in 24 hours are its share; the rest is left to {self._for_whom}.",
            hint="Nothing is lost; the next sync goes on" + (f" from {until:%Y-%m-%d %H:%M} UTC." if until else "."),
        )

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return (_c.integration_id == self._iid, _c.side == self._side.value)

    def _this_minute(self) -> int:
        seconds = int(self._db.clock.now().timestamp())
        return seconds - seconds % MINUTE


def used(session: Session, iid: int, *, side: Side) -> int:
    """The credits a side has used in the last 24 hours."""
    since = now_epoch(session) - WINDOW - MINUTE
    statement = select(func.coalesce(func.sum(_c.credits), 0)).where(
        _c.integration_id == iid, _c.side == side.value, _c.minute > since
    )
    return int(session.connection().execute(statement).scalar_one())
