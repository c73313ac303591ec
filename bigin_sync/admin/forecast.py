"""Forecast: what carrying out a plan will take of each org: calls, credits, and time.

Counted are the writes of the plan, and reading each batch of records to be changed again right before. What only shows
on the way comes on top: lookups that are filled once their record is made, products that are joined with their deals,
calls that have to be repeated.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from bigin_sync.jobs.clients import capabilities_of
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.shares import share_of
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Verb
from bigin_sync.store import credits, journal, orgs
from bigin_sync.store.journal import Tally
from bigin_sync.sync.order import BATCH
from bigin_sync.sync.progress import Report
from bigin_sync.zoho.budget import PriceList
from bigin_sync.zoho.client import PRODUCTS

READ_SECONDS = 0.5
WRITE_SECONDS = 2.0
"""How long a reading of 100 records by their ids and a write of 100 are taken to last; nobody promises any time."""

_CHANGES = (Verb.UPDATE, Verb.MERGE)
_WRITES = (Verb.CREATE, *_CHANGES)


@dataclass(frozen=True, slots=True)
class Expense:
    """What writes to one side take."""

    calls: int = 0
    credits: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """What a plan takes of one org. credits_left: those this program may use now; days: in how many it can be done."""

    label: str
    title: str
    calls: int
    credits: int
    seconds: float
    credits_left: int
    days: int


def expense(tallies: Iterable[Tally], side: Side, *, prices: PriceList, concurrency: int) -> Expense:
    """What these planned lines take of a side. Pure: kind by kind, in batches, several at a time."""
    numbers: dict[str, list[int]] = {}
    for each in tallies:
        if each.target is side and each.verb in _WRITES:
            numbers.setdefault(each.kind, [0, 0])[each.verb in _CHANGES] += each.entries
    calls, price, seconds = 0, 0, 0.0
    for creates, changes in numbers.values():
        writes, rereads = ceil(creates / BATCH) + ceil(changes / BATCH), ceil(changes / BATCH)
        calls += writes + rereads
        price += _written(creates, prices) + _written(changes, prices) + rereads * prices.ordinary
        seconds += ceil(writes / concurrency) * WRITE_SECONDS + ceil(rereads / concurrency) * READ_SECONDS
    return Expense(calls, price, seconds)


def days(wanted: int, *, left: int, daily: int) -> int:
    """In how many days so many credits can be spent: 1 if today's are enough; 0 where there never are any."""
    if wanted <= left:
        return 1
    return 1 + ceil((wanted - left) / daily) if daily > 0 else 0


def forecast(room: Room, report: Report) -> list[ForecastLine]:
    """What the plan of a dry run takes of either org, as the next sync would carry it out."""
    iid = room.integration()
    with room.db.read() as session:
        tallies = journal.tally(session, report.run_id)
        known = {org.side: org for org in orgs.listing(session, iid)}
        used = {side: credits.used(session, iid, side=side) for side in BOTH}
    share = share_of(room, iid, names=sorted({room.pairing.kind(Kind(kind)).module for kind in report.counts}))
    lines = []
    for side in BOTH:
        label, can = room.pairing.label(side), capabilities_of(room, known[side])
        cost = expense(tallies, side, prices=PRODUCTS[label].prices, concurrency=can.concurrency)
        daily = share.usable(can.daily_credits)
        left = max(daily - used[side], 0)
        lines.append(
            ForecastLine(
                label=label,
                title=room.pairing.title(side),
                calls=cost.calls,
                credits=cost.credits,
                seconds=cost.seconds,
                credits_left=left,
                days=days(cost.credits, left=left, daily=daily),
            )
        )
    return lines


def _written(records: int, prices: PriceList) -> int:
    full, rest = divmod(records, BATCH)
    return full * prices.write(BATCH) + prices.write(rest)
