"""A crowd: people write into two orgs without a pause while the process that syncs them is killed at any moment.

Every record that somebody made is on both sides in the end, once. One that was deleted on a side has stayed away there,
and is still on the other one if it had come there. Every edit is told apart by what was written. In the end each is on
both sides (but where the record was deleted), or a person wrote something else into the same field afterwards, or the
journal has it as what lost, to something that a person wrote on the other side and that was to win. One that came
between our last look at a Bigin record and our write to it can't be known to anybody (docs/guarantees.md); it is
counted apart. One in that window of a CRM record makes the org refuse our write, and is held to what holds for all.
"""

import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from random import Random
from unittest import mock

from bigin_sync.admin import modules
from bigin_sync.clock import SystemClock
from bigin_sync.jobs.room import Room
from bigin_sync.model.kind import Kind
from bigin_sync.model.link import Link
from bigin_sync.model.record import Ref
from bigin_sync.model.side import BOTH
from bigin_sync.replay.words import LABELS
from bigin_sync.store import journal, links
from tests.process.forking import Nursery, nursery
from tests.process.small_world import SmallWorld, settings_of
from tests.torture.past import rightly_gone
from tests.torture.table import Tally
from tests.torture.watch import FIELDS, NAMES, Edit, Watch

KILLS_A_CASE = 5
LONGEST_RUN = 1.0
"""Seconds; a run that is killed lives for some part of it."""
LONGEST_PAUSE = 0.08
"""Seconds between two edits, at most."""
NEW = 0.1
"""How often what people do is to make a record."""
GONE = 0.01
"""How often it is to delete one."""
BRAKES = dict.fromkeys(("max_updates", "max_all_changed", "max_gone", "max_all_gone"), "none")
"""So few records, and people at all of them: what would stop a run elsewhere is the rule here."""
MANY = 100_000


def crowd(luck: Random, *, kills: int | None, seconds: float | None, tally: Tally) -> None:
    """Kill so many runs, or as many as there is time for, while people work."""
    clock = SystemClock()
    began, killed, case = clock.elapsed(), 0, 0
    with (
        tempfile.TemporaryDirectory(prefix="bigin-sync-crowd-") as folder,
        nursery() as children,
        SmallWorld(Path(folder)).served() as small,
    ):
        while (kills is None or killed < kills) and (seconds is None or clock.elapsed() - began < seconds):
            case += 1
            killed += _case(small, children, luck, name=f"crowd {case}", tally=tally)


def _case(small: SmallWorld, children: Nursery, luck: Random, *, name: str, tally: Tally) -> int:
    """Both orgs as new: kill a few runs, let the last ones through, and look at what has become of every edit."""
    home = small.begin()
    with Room.open(settings_of(home), clock=SystemClock()) as room:
        modules.edit(room, "contacts", changes=BRAKES)
    watch = Watch(small, Random(luck.random()), quick=True)
    over = threading.Event()
    killed = 0
    with mock.patch.object(small.world, "answer", watch.answer):
        people = threading.Thread(target=_work, args=(watch, over))
        people.start()
        try:
            for _ in range(KILLS_A_CASE):
                killed += children.sync_for(home, luck.uniform(0.05, LONGEST_RUN))
            children.sync(home)
        finally:
            over.set()
            people.join()
            watch.quick = False
        *_, idle = children.sync(home, times=3)
    tally.faults["SIGKILL of a real process while people worked"] += killed
    tally.edits += len(watch.edits)
    tally.made += len(watch.made)
    tally.deleted += watch.deleted
    tally.window += watch.window
    tally.overwritten += len(watch.unseen)
    tally.refused += watch.refused
    judge(small, home, watch, idle=idle["writes"], name=name, tally=tally)
    return killed


def _work(watch: Watch, over: threading.Event) -> None:
    while not over.wait(watch.luck.uniform(0, LONGEST_PAUSE)):
        drawn = watch.luck.random()
        if drawn < NEW:
            watch.make()
        elif drawn < NEW + GONE:
            watch.delete()
        else:
            watch.edit()


def judge(small: SmallWorld, home: Path, watch: Watch, *, idle: int, name: str, tally: Tally) -> None:
    """Look at what has become of every edit, and at whether everything is there once.

    idle: how many records a run wrote that came after all was done.
    """
    with Room.open(settings_of(home), clock=SystemClock()) as room, room.db.read() as session:
        iid = room.integration()
        linked = [link for kind in FIELDS for link in links.slice(session, iid, kind=Kind(kind), limit=MANY)]
        kept = _kept(journal.history(session, iid, limit=MANY))
    lost = [f"{token} was written over though we had not seen it" for token in sorted(watch.run_over)]
    lost += [
        f"{one.token} of {one.ref} {one.field} is nowhere, and did not lose by the strategy"
        for one in watch.edits
        if one.token not in watch.run_over
        and watch.gone(one.ref) is None
        and not (_there(watch, linked, one.ref, one.field, one.token) or watch.later(one))
        and not _lost_rightly(watch, one, kept)
        and one.token not in watch.unseen
    ]
    doubles = [*_doubled(watch, linked), *_made_twice(watch)]
    crossed = _crossed(watch)
    tally.lost += len(lost)
    tally.doubles += len(doubles)
    tally.forbidden += len(crossed)
    if idle:
        lost.append(f"one more run wrote {idle} records")
    if lost or doubles or crossed:
        tally.failed(name, [*lost, *doubles, *crossed])


Kept = Mapping[tuple[Ref, str, object], Collection[tuple[object, Ref]]]
"""(record, field, a value that the journal keeps) -> what that was to be written over with, and of which record."""


def _kept(lines: Iterable[journal.Entry]) -> Kept:
    kept = defaultdict(set)
    for one in lines:
        step, target = one.line, one.line.target
        if target is not None and one.intended_at is not None:
            ref, source = (Ref(side, step.kind, step.id_on(side)) for side in (target, target.other))
            for field, value in step.payload.get("before", {}).items():
                kept[ref, field, value].add((step.payload["values"][field], source))
    return kept


def _lost_rightly(watch: Watch, edit: Edit, kept: Kept) -> bool:
    """Whether the journal keeps what was written, and what it was written over with was to stand."""
    here = watch.past(edit.ref, edit.field)
    for value, other in kept.get((edit.ref, edit.field, edit.token), ()):
        went = {
            was
            for (ref, name, was), sent in kept.items()
            if (ref, name) == (other, edit.field) and edit.token in (one for one, _source in sent)
        }
        there = watch.past(other, edit.field)
        if rightly_gone(edit.token, value, here=here, there=there, sent=bool(went - {value})):
            return True
    return False


def _there(watch: Watch, linked: list[Link], ref: Ref, field: str, token: str) -> bool:
    """Whether both records of a link hold what was written, but for one that was deleted."""
    link = next((one for one in linked if one.ref(ref.side) == ref), None)
    both = [link.ref(side) for side in BOTH] if link is not None else []
    return bool(both) and all(watch.value(one, field) == token for one in both if watch.gone(one) is None)


def _doubled(watch: Watch, linked: list[Link]) -> list[str]:
    """Records that are linked with none or with several."""
    found = []
    for side, label in zip(BOTH, LABELS, strict=True):
        times = Counter(link.copy(side).id for link in linked)
        for kind in FIELDS:
            ids = watch.ids(watch.small.places[label], Kind(kind))
            found += [f"{kind} {id} of {label} has {times[id]} links" for id in ids if times[id] != 1]
    return found


def _made_twice(watch: Watch) -> list[str]:
    """What people made, and what is not there exactly once on a side. What was deleted on one side may never have come
    to the other one, and has not come back.
    """
    gone = {label: {one.name for one in watch.small.places[label].org.bin.everything()} for label in LABELS}
    found = []
    for label in LABELS:
        place = watch.small.places[label]
        times = Counter(
            row.values.get(name)
            for kind, name in NAMES.items()
            for row in place.org.tables[place.module(kind).api_name].rows.values()
        )
        for name in watch.made:
            right = {0} if name in gone[label] else {0, 1} if any(name in some for some in gone.values()) else {1}
            found += [f"{name} is {times[name]} times in {label}"] if times[name] not in right else []
    return found


def _crossed(watch: Watch) -> list[str]:
    """Records that nobody but the sync has deleted."""
    people = {label: watch.small.places[label].people.values() for label in LABELS}
    return [
        f"{gone.name} of {label} was deleted by the sync"
        for label in LABELS
        for gone in watch.small.places[label].org.bin.everything()
        if gone.deleted_by not in people[label]
    ]
