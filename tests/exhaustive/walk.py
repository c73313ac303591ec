"""The walk: every sequence of things that can happen, to a depth; worlds that differ in nothing that matters are one.

From each world that is reached the sync is let run in peace until it rests, and then every promise must hold.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bigin_sync.model.link import Copy, Link
from bigin_sync.model.policy import Policy, Strategy
from bigin_sync.model.record import Record
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.vector import Order, Vector
from bigin_sync.store.inbox import State
from tests.exhaustive.asked import decisions
from tests.exhaustive.effect import arrive_late
from tests.exhaustive.shell import Shell
from tests.exhaustive.tiny import FIELDS, VALUES, Broken, Row, World, key_of, people
from tests.unit.sync.copies import NOON

MOST_RUNS = 8
"""Runs after which two orgs that nobody touches must be at rest."""

PEACE = ("begin", "gather left", "gather right", "sweep, decide", "decide", "take up", "call", "land", "again", "end")
"""The ways of a run that nothing goes wrong in."""


def beginnings() -> dict[str, World]:
    """Where walks start: a record on one side, one and the same on both that meet for the first time, or what came of
    one of these.
    """
    one, two = (Row((VALUES["Title"][0], text), at=0) for text in VALUES["Description"][:2])
    new = World(10, ((one,), ()))
    same = World(10, ((one,), (two,)))
    shell = Shell(Policy())
    in_sync = one_run(shell, new)
    return {
        "new on the left": new,
        "new on the right": World(10, ((), (one,))),
        "the same on both sides": same,
        "in sync": in_sync,
        "an update went unanswered": led(shell, in_sync, UNANSWERED),
        "a person is asked": one_run(Shell(Policy(Strategy.ASK)), same),
        "a person is asked about edits": one_run(Shell(Policy(Strategy.ASK)), _edited(in_sync)),
    }


UNANSWERED = (
    *("edit left Description", "edit left Description"),
    *("begin", "gather left", "gather right", "decide", "take up", "call, answer lost", "land", "kill"),
)
"""The left was edited, so that there are values which neither side has had; its edit has left for the right."""


def led(shell: Shell, world: World, told: Sequence[str]) -> World:
    """The world after these things have happened, one after the other."""
    for number, what in enumerate(told):
        world = dict(happenings(shell, world, tuple(told[:number])))[what]
    return world


def _edited(world: World) -> World:
    """Both sides have edited a field, each to another value."""
    for what in ("edit left Description", "edit right Description"):
        world = next(after for done, after in people(world) if done == what)
    return world


@dataclass(slots=True)
class Walk:
    """What was walked. worlds: canonical worlds reached; sequences: ways of the stated depth; rests: quiet worlds."""

    policy: Policy
    depth: int
    worlds: int = 0
    sequences: int = 0
    rests: int = 0
    unseen: int = 0
    _rested: dict[Hashable, bool] = field(default_factory=dict)

    def take(self, begin: World) -> None:
        """Walk from one beginning. Raises `Broken`, with what led there."""
        shell = Shell(self.policy)
        layer: dict[Hashable, tuple[World, tuple[str, ...]]] = {_canonical(begin): (begin, ())}
        ways: dict[Hashable, int] = dict.fromkeys(layer, 1)
        seen: dict[Hashable, tuple[World, tuple[str, ...]]] = {}
        after: dict[Hashable, list[Hashable]] = {}
        for _ in range(self.depth):
            reached: dict[Hashable, int] = defaultdict(int)
            coming: dict[Hashable, tuple[World, tuple[str, ...]]] = {}
            for place, count in ways.items():
                if place not in after:
                    world, path = layer[place]
                    self._rest(shell, world, path)
                    after[place] = []
                    for name, then in happenings(shell, world, path):
                        goal = _canonical(then)
                        after[place].append(goal)
                        if goal not in after and goal not in coming:
                            coming[goal] = (then, (*path, name))
                for goal in after[place]:
                    reached[goal] += count
            seen.update(layer)
            layer, ways = coming, dict(reached)
        for world, path in layer.values():
            self._rest(shell, world, path)
        self.worlds += len(after) + len(layer)
        self.sequences += sum(ways.values())

    def _rest(self, shell: Shell, world: World, path: tuple[str, ...]) -> None:
        """Let the sync run in peace until it rests, and see whether the promises hold."""
        trail = []
        try:
            for way in ("it never arrived",):
                while way in (late := arrive_late(world)):
                    world = late[way]
            if world.run is not None:
                world = one_run(shell, world)
            for _ in range(MOST_RUNS):
                if (place := _canonical(world)) in self._rested:
                    return
                trail.append(place)
                before, written = _remembered(world), world.written
                world = one_run(shell, world)
                if world.written == written and _remembered(world) == before:
                    _promises(world, self.policy)
                    self.rests += 1
                    self._rested.update(dict.fromkeys(trail, True))
                    self.unseen = max(self.unseen, world.unseen)
                    return
            raise Broken(f"no rest after {MOST_RUNS} runs")
        except Broken as broken:
            raise Broken(f"{broken}\n  after: {', '.join(path)}\n  {world}") from broken


def happenings(shell: Shell, world: World, path: tuple[str, ...]) -> Iterator[tuple[str, World]]:
    """Everything that can happen next, and the world after it. Raises `Broken`, with the path that led there."""
    yield from people(world)
    yield from decisions(world)
    yield from arrive_late(world).items()
    try:
        ways = shell.steps(world)
    except Broken as broken:
        raise Broken(f"{broken}\n  after: {', '.join(path)}") from broken
    for name, then in ways.items():
        _vectors_only_grow(world, then, (*path, name))
        yield name, then


def one_run(shell: Shell, world: World) -> World:
    """To the end of the run under way, or of one more."""
    while True:
        ways = shell.steps(world)
        world = next(ways[name] for name in PEACE if name in ways)
        if world.run is None:
            return world


def _promises(world: World, policy: Policy) -> None:
    """What holds wherever nothing is left to do."""
    _nothing_doubled(world)
    if world.opened:
        raise Broken("a creation is open still")
    for link in world.links:
        rows = {side: world.row(key_of(link.ref(side))) for side in BOTH}
        if link.parted or any(row.binned for row in rows.values()):
            _parted(world)
            continue
        entries = [one for one in world.inbox.values() if one.link_id == link.id]
        held = any(entry.state is State.HELD for entry in entries)
        if held != (policy.strategy is Strategy.ASK and bool(link.held)):
            raise Broken("something is held that should not be, or the other way round")
        _questions(world, link)
        _alike(world, rows, frozenset(FIELDS) if policy.strategy is Strategy.SKIP else link.held)
        if not held and link.left.vector != link.right.vector:
            raise Broken(f"in sync, but {link.left.vector} is not {link.right.vector}")


def _nothing_doubled(world: World) -> None:
    """Each record that the sync has made is the one copy of one that a person made."""
    for side in BOTH:
        linked = [link.copy(side).id for link in world.links]
        if len(set(linked)) != len(linked):
            raise Broken(f"a record of {side} has two links")
        for key in world.keys(side):
            if world.row(key).copy:
                link = world.link_of(key)
                if link is None or world.row(key_of(link.ref(side.other))).copy:
                    raise Broken(f"a record of {side} is a copy of none that a person made")


def _parted(world: World) -> None:
    """A deletion crosses neither as one nor by a new record: there is nothing that a run may still do about it."""
    if any(entry.state is State.NEW for entry in world.inbox.values()):
        raise Broken("something is left to do about a record whose counterpart was deleted")


def _questions(world: World, link: Link) -> None:
    """A person is asked about what is held and nothing else, and shown what is there; what was decided is done."""
    shown = {name: one for (link_id, name), one in world.questions.items() if link_id == link.id}
    if shown.keys() != link.held:
        raise Broken(f"a person is asked about {set(shown)}, and {set(link.held)} are held")
    for name, one in shown.items():
        place = FIELDS.index(name)
        if (one.left, one.right) != tuple(world.row(key_of(link.ref(side))).values[place] for side in BOTH):
            raise Broken(f"a person is shown {one}, which is not there")
        if one.winner is not None:
            raise Broken(f"a person has decided about {name}, and nothing came of it")


def _alike(world: World, rows: dict[Side, Row], apart: Collection[str]) -> None:
    """The two records say the same, but for the fields that may stay apart; no edit of a person is nowhere."""
    differ = [name for place, name in enumerate(FIELDS) if len({row.values[place] for row in rows.values()}) > 1]
    if not set(differ) <= set(apart):
        raise Broken(f"{', '.join(differ)} differ")
    for ((side, place), name), value in world.owed.items():
        if side in rows and world.row((side, place)) is rows[side]:
            now = [rows[one].values[FIELDS.index(name)] for one in BOTH]
            if value not in now if name in differ else now != [value, value]:
                raise Broken(f"the edit of {name} to {value} in {side} is lost: it is nowhere, and not in the journal")


def _vectors_only_grow(before: World, after: World, path: tuple[str, ...]) -> None:
    for link in after.links:
        was = next((one for one in before.links if one.id == link.id), None)
        for side in BOTH:
            own = link.copy(side).vector
            if own.of(side) < link.copy(side.other).vector.of(side):
                raise Broken(f"{side.other} knows of edits that {side} does not\n  after: {', '.join(path)}")
            if was is not None and was.copy(side).vector.compared(own) not in (Order.EQUAL, Order.BEFORE):
                raise Broken(f"the vector of {side} went back\n  after: {', '.join(path)}")


def _remembered(world: World) -> Hashable:
    return _canonical(replace(world, run=None))


def _canonical(world: World) -> Hashable:
    """A world without what makes no difference: how long ago something was, and how many edits there have been."""
    times = sorted({world.now, *_times(world)})
    short: dict[int, int] = {}
    for last, time in zip([times[0], *times], times, strict=False):
        short[time] = (short[last] + min(time - last, 3)) if short else 0
    return _Shortened(short).world(world)


def _seconds(at: datetime) -> int:
    return int((at - NOON).total_seconds())


def _times(world: World) -> Iterator[int]:
    for rows in world.rows:
        yield from (row.at for row in rows)
    for link in world.links:
        yield from _times_of(link.left)
        yield from _times_of(link.right)
    yield from (_seconds(entry.record.modified_at) for entry in world.inbox.values())
    flight = world.run.flight if world.run is not None else None
    if flight is not None:
        yield flight.seen_until
        if flight.read is not None:
            yield flight.read.at
        if flight.both is not None:
            yield from (_seconds(flight.both.left_at), _seconds(flight.both.right_at))
        if flight.link is not None:
            yield from _times_of(flight.link.left)
            yield from _times_of(flight.link.right)
        if (at := getattr(flight.outcome, "modified_at", None)) is not None:
            yield _seconds(at)


def _times_of(copy: Copy) -> Iterator[int]:
    yield _seconds(copy.modified_at)
    if copy.written is not None:
        yield _seconds(copy.written.at)


class _Shortened:
    """The parts of a world as plain values, its times shortened."""

    def __init__(self, times: dict[int, int]) -> None:
        self._times = times

    def world(self, world: World) -> Hashable:
        t = self._times
        return (
            t[world.now],
            tuple(
                tuple((row.values, t[row.at], row.ours, row.binned, row.copy) for row in rows) for rows in world.rows
            ),
            tuple(self._link(link.left, link.right, held=link.held) for link in world.links),
            tuple((key, self._record(one.record), one.link_id, one.state) for key, one in sorted(world.inbox.items())),
            tuple((one.source, _plain(one.write.values), one.coming) for one in world.opened),
            tuple(sorted((place, one.left, one.right, one.winner) for place, one in world.questions.items())),
            self._run(world),
            tuple(sorted(world.owed.items())),
            tuple(sorted(world.base.items())),
            tuple(sorted((place, tuple(sorted(held))) for place, held in world.held.items())),
            tuple(sorted(world.unheard.items())),
        )

    def _run(self, world: World) -> Hashable:
        run = world.run
        if run is None:
            return None
        flight = run.flight
        if flight is None:
            return (run.stage, run.todo, run.rounds)
        link = None if flight.link is None else self._link(flight.link.left, flight.link.right, held=flight.link.held)
        entries = tuple((side, self._record(one.record)) for side, one in sorted(flight.entries.items()))
        both = flight.both
        change = None if both is None else (_plain(both.left.now), _plain(both.right.now))
        outcome = (type(flight.outcome).__name__, self._second(getattr(flight.outcome, "modified_at", None)))
        values, until = _plain(flight.write.values), self._times[flight.seen_until]
        read = flight.read and (flight.read.values, self._times[flight.read.at])
        decided = tuple(sorted(flight.decided.items()))
        known = (read, decided, until, outcome)
        return (run.stage, run.todo, run.rounds, flight.side, values, link, entries, change, known)

    def _link(self, left: Copy, right: Copy, *, held: frozenset[str]) -> Hashable:
        base = Vector(right.vector.left, left.vector.right)
        return (self._copy(left, base), self._copy(right, base), held)

    def _copy(self, copy: Copy, base: Vector) -> Hashable:
        written = copy.written and (self._second(copy.written.at), copy.written.fields)
        ahead = (copy.vector.left - base.left, copy.vector.right - base.right)
        lost = copy.unanswered and (_plain(copy.unanswered.values), _plain(copy.unanswered.before))
        return (_plain(copy.seen), self._second(copy.modified_at), ahead, written, copy.gone, lost)

    def _record(self, record: Record) -> Hashable:
        return (_plain(record.values), self._second(record.modified_at), record.modified_by)

    def _second(self, at: datetime | None) -> int | None:
        return None if at is None else self._times[_seconds(at)]


def _plain(values: object) -> Hashable:
    assert isinstance(values, dict) or hasattr(values, "get")
    return tuple(values.get(name, "-") for name in FIELDS)
