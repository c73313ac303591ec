"""An oracle: whether a value may be written over, by what people did and the orgs hold; it asks nothing of the sync."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bigin_sync.model.action import Write
from bigin_sync.model.policy import Policy, Strategy
from bigin_sync.model.side import BOTH, Side
from tests.exhaustive.tiny import FIELDS, Broken, Flight, Key, World, key_of
from tests.machine.ledger import winner

Base = Mapping[Side, str]
"""The two values with which a field was last settled."""


def may_overwrite(world: World, flight: Flight, name: str, *, policy: Policy) -> None:
    """A field may be written over only if it was edited on the other side, to this very value, since the two last
    agreed; and if it was edited on both, only if the strategy, or a person, lets that side win. What holds again
    what it held before a write of which nobody heard may be written once more. Raises `Broken`.
    """
    pair = _pair(flight)
    before, _sent = world.unheard.get((flight.source, name), (None, None))
    if before == world.value(flight.source, name):
        return
    if not any(_allowed(world, flight, name, base, policy=policy) for base in _bases(world, pair, name, policy)):
        was, now = world.value(flight.source, name), flight.write.values[name]
        raise Broken(f"{name} of {flight.side} was {was} and became {now}, which is not how that was to be settled")


def agreed(world: World, pair: Iterable[Key], write: Write) -> World:
    """A write has reached its org: on these values the two agree, and what the source says by now is an edit since."""
    base, held = dict(world.base), dict(world.held)
    for key, name in itertools.product(pair, write.values.keys() & FIELDS):
        base[key, name] = str(write.values[name])
        held[key, name] = frozenset({base[key, name], world.value(key, name)})
    return replace(world, base=base, held=held)


def _allowed(world: World, flight: Flight, name: str, base: Base | None, *, policy: Policy) -> bool:
    assert flight.read is not None
    target, source = flight.side, flight.side.other
    counterpart, value = _pair(flight)[source], flight.write.values[name]
    if value not in world.held_in(counterpart, name) or (base is not None and base[source] == value):
        return False
    if base is not None and base[target] == world.value(flight.source, name):
        return True
    if policy.strategy is Strategy.ASK:
        return flight.decided.get(name) is source
    return winner(policy, {target: flight.read.at, source: world.row(counterpart).at}) is source


def _bases(world: World, pair: Mapping[Side, Key], name: str, policy: Policy) -> Iterator[Base | None]:
    """How the field may have been settled last: by the last write, or since by a run that found nothing to write in it,
    because it was the same on both sides, or `skip` leaves it as it is. A write of which nobody heard any more counts
    as one that arrived. None: never.
    """
    last = {side: world.base[key, name] for side, key in pair.items() if (key, name) in world.base}
    yield last if len(last) == len(BOTH) else None
    for key in pair.values():
        if (key, name) in world.unheard:
            yield dict.fromkeys(BOTH, str(world.unheard[key, name][1]))
    for left in world.held_in(pair[Side.LEFT], name):
        for right in world.held_in(pair[Side.RIGHT], name):
            if left == right or policy.strategy is Strategy.SKIP:
                yield {Side.LEFT: left, Side.RIGHT: right}


def _pair(flight: Flight) -> Mapping[Side, Key]:
    assert flight.link is not None
    return {side: key_of(flight.link.ref(side)) for side in BOTH}
