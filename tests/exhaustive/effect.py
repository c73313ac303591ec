"""What a call does in the org it reaches, at once or late; each overwriting is judged there."""

from dataclasses import replace

from bigin_sync.model.action import Write
from bigin_sync.model.outcome import Overtaken, Stored
from bigin_sync.model.policy import Policy
from bigin_sync.model.side import Side
from tests.exhaustive.oracle import agreed, may_overwrite
from tests.exhaustive.tiny import FIELDS, Broken, Flight, Key, Row, World, id_of, key_of
from tests.unit.sync.copies import moment

GUARDED = Side.RIGHT
"""The side that refuses what was modified after a moment; the other one can't."""


def effect(world: World, flight: Flight, *, policy: Policy) -> tuple[World, Stored | Overtaken]:
    """What a call does in the org it reaches, and its answer."""
    if flight.link is None:
        made = _made(world, flight.write, flight.source)
        key = made.keys(flight.side)[-1]
        return made, Stored(id_of(key), moment(made.row(key).at))
    key = flight.source
    row = world.row(key)
    if row.binned or (flight.side is GUARDED and row.at > flight.seen_until):
        return world, Overtaken(id_of(key))
    owed = dict(world.owed)
    values, unseen = list(row.values), world.unseen
    for name, value in flight.write.values.items():
        place = FIELDS.index(name)
        if values[place] != value:
            if flight.write.before.get(name) == values[place]:
                may_overwrite(world, flight, name, policy=policy)
            elif flight.side is GUARDED:
                raise Broken(f"{name} was overwritten unseen on the side that can refuse it")
            else:
                unseen += 1
            owed.pop((key, name), None)
        values[place] = str(value)
    world = replace(world, owed=owed, unseen=unseen, written=world.written + 1)
    world = world.with_row(key, replace(row, values=tuple(values), at=world.now, ours=True))
    world = agreed(world, (key, key_of(flight.link.ref(flight.side.other))), flight.write)
    return world, Stored(id_of(key), moment(world.now))


def unheard(world: World, flight: Flight) -> World:
    """Nobody heard of a write any more, whether or not it has reached its org."""
    sent = {
        (flight.source, name): (flight.write.before.get(name), value) for name, value in flight.write.values.items()
    }
    return replace(world, unheard={**world.unheard, **sent})


def heard(world: World, flight: Flight) -> World:
    """The answer to a write has been taken in."""
    still = {place: was for place, was in world.unheard.items() if place[0] != flight.source}
    return replace(world, unheard=still)


def arrive_late(world: World) -> dict[str, World]:
    """What is under way for long arrives at last, or does not any more."""
    ways = {}
    for one in world.opened:
        if one.coming:
            known = tuple(replace(each, coming=False) if each == one else each for each in world.opened)
            over = replace(world, opened=known)
            ways["it never arrived"] = over
            ways["it arrives"] = _made(replace(over, now=over.now + 1), one.write, one.source)
    return ways


def _made(world: World, write: Write, source: Key) -> World:
    key = (write.target, len(world.keys(write.target)))
    values = tuple(str(write.values[name]) for name in FIELDS)
    world = replace(world.with_row(key, Row(values, world.now, ours=True, copy=True)), written=world.written + 1)
    return agreed(world, (key, source), write)
