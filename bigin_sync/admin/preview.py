"""Preview: what the next run would do, as the journal of a dry run holds it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bigin_sync.admin.lines import FieldLine, Teller, WriteLine
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.work import work
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.step import Verb
from bigin_sync.store import journal
from bigin_sync.sync.progress import Progress, Report, Silent

__all__ = ["FieldLine", "Total", "WriteLine", "lines", "plan", "totals"]

SLICE = 500
QUIET = (Verb.HOLD, Verb.PROBLEM, Verb.WAIT, Verb.SKIP, Verb.PART, Verb.AGREE)
LOUD = tuple(verb for verb in Verb if verb not in QUIET)


@dataclass(frozen=True, slots=True)
class Total:
    """How many lines of a plan share kind, action and product."""

    kind: str
    action: str
    product: str
    number: int


def plan(room: Room, modules: Sequence[str] | None = None, *, progress: Progress | None = None) -> Report:
    """A dry run over these modules, or over all that are set up: both orgs are read, neither is written.

    A module that is configured but not switched on yet is planned as its first sync.
    """
    return work(room, room.connected(), why="plan", modules=modules, dry=True, progress=progress or Silent())


def totals(room: Room, report: Report) -> list[Total]:
    """The plan of a dry run, counted."""
    with room.db.read() as session:
        tallies = journal.tally(session, report.run_id)
    return [
        Total(each.kind, each.verb, "" if each.target is None else room.pairing.title(each.target), each.entries)
        for each in tallies
    ]


def lines(room: Room, run_id: int, *, limit: int | None = None) -> Iterator[WriteLine]:
    """The plan of a dry run, kind by kind: links and writes first, then what is set aside. At most `limit` lines."""
    iid = room.integration()
    left = limit
    with room.db.read() as session:
        teller = Teller(room, iid, session)
        for kind in room.pairing.parents_first():
            for verbs, target in _groups():
                after = 0
                while left is None or left > 0:
                    some = journal.planned(
                        session,
                        run_id,
                        kind=kind,
                        verbs=verbs,
                        target=target,
                        after_id=after,
                        limit=SLICE if left is None else min(left, SLICE),
                    )  # fmt: skip -- one thought
                    if not some:
                        break
                    yield from teller.lines(some)
                    after = some[-1].id
                    left = None if left is None else left - len(some)


def _groups() -> Iterator[tuple[tuple[Verb, ...], Side | None]]:
    yield LOUD, None
    for side in reversed(BOTH):
        yield LOUD, side
    yield QUIET, None
