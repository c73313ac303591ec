"""A shell around the deciding code: what the real shells do with a store and two orgs, done with the tiny world.

Every decision is the program's own (`arriving`, `observe`, `match`, `plan`, `merge`, `settled`, `lost`); here it is
only carried out, one thing that lasts at a time, so that a kill may come in between.
"""

from dataclasses import replace

from bigin_sync.model.action import Create, Part
from bigin_sync.model.change import Moved
from bigin_sync.model.link import Copy, Link
from bigin_sync.model.outcome import Stored, Unknown
from bigin_sync.model.policy import Policy
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, CONTACT
from bigin_sync.pairing.match_keys import MatchKeys
from bigin_sync.store.inbox import Entry, State
from bigin_sync.sync.arriving import _look
from bigin_sync.sync.lost import Lost, find
from bigin_sync.sync.match import Matches, match
from bigin_sync.sync.merge import Both, Merged, merge
from bigin_sync.sync.observe import differing, observe, unmoved
from bigin_sync.sync.plan import plan_create, plan_linked
from bigin_sync.sync.settled import After, Left, as_sent, created, settled
from tests.exhaustive.asked import asked, renewed, said, unasked, verdicts
from tests.exhaustive.effect import GUARDED, effect, heard, unheard
from tests.exhaustive.tiny import Broken, Flight, Key, Open, Run, World, id_of, key_of, record_of
from tests.unit.sync.copies import OURS, carrier, moment

CARRIER = carrier()
SPEC = BIGIN_CRM.kind(CONTACT)
KEYS = MatchKeys(SPEC, region=None)
ROUNDS = 2


class Shell:
    """Runs under one policy. `steps` gives every way in which the next thing may go: name -> the world after it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def steps(self, world: World) -> dict[str, World]:
        """The next step of the run, or its beginning, and all that may come of it."""
        run = world.run
        if run is None:
            begun = replace(world, now=world.now + 1, run=Run("gather left"))
            return {"begin": self._settle(begun)}
        ways = self._flying(world, run, run.flight) if run.flight is not None else self._on_the_ground(world, run)
        return {**ways, "kill": replace(_unanswered(world, run.flight), run=None, opened=_after_kill(world))}

    def _on_the_ground(self, world: World, run: Run) -> dict[str, World]:
        if run.stage.startswith("gather"):
            side = Side(run.stage.split()[1])
            after = "gather right" if side is Side.LEFT else "sweep"
            return {run.stage: _at(self._gather(world, side), after)}
        if run.stage == "sweep":
            ways = {"decide": world, "sweep, decide": _sweep(world)}
            return {
                name: self._decide(_hold_back(then)) for name, then in ways.items() if then != world or name == "decide"
            }
        if run.todo:
            return {"take up": self._take_up(world, run)}
        if run.rounds < ROUNDS and any(entry.state is State.NEW for entry in world.inbox.values()):
            return {"again": self._decide(replace(world, run=replace(run, rounds=run.rounds + 1)))}
        return {"end": replace(world, run=None)}

    def _settle(self, world: World) -> World:
        for one in world.opened:
            side = one.write.target
            free = [key for key in world.keys(side) if world.row(key).copy and world.link_of(key) is None]
            there = [record_of(world, key) for key in free if not world.row(key).binned]
            found = find([Lost("Ida Lind", one.write.values)], there, keys=KEYS.of)
            if found.unclear:
                raise Broken("a lost creation can't be told apart")
            entry = world.inbox.get(one.source)
            if found.made and entry is not None:
                world = self._adopt(world, one, entry, key_of(found.made[0].ref))
            elif found.made:
                world = _keep_apart(world, one, key_of(found.made[0].ref))
            elif not one.coming:
                world = replace(world, opened=tuple(each for each in world.opened if each != one))
        return world

    def _adopt(self, world: World, one: Open, entry: Entry, made: Key) -> World:
        """As settle does: what was sent is what is known of the new record, and edits since then cross as such."""
        at = moment(world.row(made).at)
        source, then = one.source[0], as_sent(entry.record, one.write)
        here, there = created(then, one.write, Stored(id_of(made), at))
        edited = differing(entry.record.values, then.values)
        if edited:
            here = replace(here, vector=here.vector.bumped(source))
        link = Link(len(world.links) + 1, CONTACT, *((here, there) if source is Side.LEFT else (there, here)))
        world = world.with_link(link).with_entry(made, None)
        world = world.with_entry(one.source, replace(entry, link_id=link.id, state=State.NEW) if edited else None)
        return replace(world, opened=tuple(each for each in world.opened if each != one))

    def _gather(self, world: World, side: Side) -> World:
        for key in world.keys(side):
            if not world.row(key).binned:
                world = self._arrive(world, key)
        return world

    def _arrive(self, world: World, key: Key) -> World:
        """As `arriving` does: what is news of a record goes to the inbox."""
        entry, link = world.inbox.get(key), world.link_of(key)
        look = _look(record_of(world, key), link, entry, keys=KEYS, own_user=OURS)
        if look.after is not None:
            world = world.with_link(look.after)
        if look.settled is not None:
            world = world.with_entry(key, None)
        if look.back and look.after is not None:
            world = renewed(world, look.after)
        if look.withdrawn is not None and link is not None:
            world = unasked(renewed(world, link), link)
        if look.row is not None:
            row = look.row
            world = world.with_entry(key, Entry(_number(key), row.record, row.link_id, row.state, None))
        return world

    def _decide(self, world: World) -> World:
        world = self._link(world)
        todo: list[tuple[str, Side, Key]] = []
        for key, entry in sorted(world.inbox.items()):
            if entry.state is State.NEW and entry.link_id is None:
                todo.append(("create", key[0].other, key))
        for link in world.links:
            entries = _entries(world, link)
            if not any(entry.state is State.NEW for entry in entries.values()):
                continue
            both = _both(link, entries)
            decided = verdicts(world, link)
            act, merged = plan_linked(
                link, both, policy=self._policy, carrier=CARRIER, pairing=BIGIN_CRM, resolved=decided
            )
            if isinstance(act, Part):
                world = _aside(world, link)
            elif not merged.writes:
                world = _landed(world, merged, settled(link, both, merged, stored={}), entries)
            else:
                order = [side for side in (Side.RIGHT, Side.LEFT) if not merged.write(side).empty]
                todo += [("update", side, key_of(link.ref(side))) for side in order]
        assert world.run is not None
        return replace(world, run=replace(world.run, stage="write", todo=tuple(todo)))

    def _link(self, world: World) -> World:
        """Records that are the same are linked, and their fields meet."""
        free = {entry.id: (key, entry) for key, entry in world.inbox.items() if entry.link_id is None}
        new = {id: both for id, both in free.items() if both[1].state is State.NEW}
        matches = Matches()
        for rule in SPEC.match:
            groups: dict[str, tuple[list[int], list[int]]] = {}
            for id, (key, entry) in sorted(new.items()):
                for rank, text in KEYS.of(entry.record.values):
                    if rank == rule.rank:
                        groups.setdefault(text, ([], []))[BOTH.index(key[0])].append(id)
            match(groups.values(), rule=rule.name, matches=matches)
        for left, (right, _rule) in matches.pairs.items():
            entries = {Side.LEFT: new[left][1], Side.RIGHT: new[right][1]}
            here, there = (Copy(one.record.ref.id, {}, one.record.modified_at) for one in entries.values())
            link = Link(len(world.links) + 1, CONTACT, here, there)
            both = _both(link, entries)
            merged = merge(both, policy=self._policy, carrier=CARRIER)
            for side, entry in entries.items():
                world = world.with_entry(key_of(entry.record.ref), replace(entry, link_id=link.id))
                entries[side] = replace(entry, link_id=link.id)
            world = _landed(world, merged, settled(link, both, merged, stored={}), entries)
        for id in matches.held:
            key, entry = new[id]
            world = world.with_entry(key, replace(entry, state=State.HELD))
        return world

    def _take_up(self, world: World, run: Run) -> World:
        (verb, side, key), rest = run.todo[0], run.todo[1:]
        world = replace(world, run=replace(run, todo=rest))
        return self._intend(world, key) if verb == "create" else self._read_again(world, side, key)

    def _intend(self, world: World, source: Key) -> World:
        entry = world.inbox.get(source)
        if entry is None or entry.link_id is not None:
            return world
        act = plan_create(entry.record, kind=SPEC, carrier=CARRIER, pairing=BIGIN_CRM)
        assert isinstance(act, Create)
        flight = Flight(source[0].other, act.write, source, entries={source[0]: entry})
        return _flying_with(replace(world, opened=(*world.opened, Open(source, act.write))), flight)

    def _read_again(self, world: World, side: Side, target: Key) -> World:
        link = world.link_of(target)
        if link is None or link.parted:
            return world
        if world.row(target).binned:
            return _parted(world, link, gone=side)
        if side is GUARDED and world.row(target).at >= world.now - 1:
            # Until its guard can tell a later edit from what was read.
            world = replace(world, now=world.row(target).at + 2)
        world = self._arrive(world, target)
        link = world.link_of(target)
        assert link is not None
        entries = _entries(world, link)
        both = _both(link, entries)
        merged = merge(both, policy=self._policy, carrier=CARRIER, resolved=verdicts(world, link))
        write = merged.write(side)
        if not write.values:
            return _landed(world, merged, settled(link, both, merged, stored={}), entries)
        read, decided = world.row(target), said(world, link)
        return _flying_with(
            world, Flight(side, write, target, link, both, merged, entries, world.now - 1, read, decided)
        )

    def _flying(self, world: World, run: Run, flight: Flight) -> dict[str, World]:
        """The call: answered, or its answer lost, having taken effect or not; and then its landing."""
        if flight.outcome is not None:
            return {"land": replace(_land(world, flight), run=replace(run, flight=None))}
        lost = replace(flight, outcome=Unknown("lost"))
        done, answer = effect(world, flight, policy=self._policy)
        ways = {
            "call": _flying_with(done, replace(flight, outcome=answer)),
            "call, answer lost": _flying_with(done, lost),
            "call never arrives": _flying_with(world, lost),
        }
        if flight.link is None:
            late = tuple(replace(one, coming=one.source == flight.source) for one in world.opened)
            ways["call is under way for long"] = _flying_with(replace(world, opened=late), lost)
        return ways


def _keep_apart(world: World, one: Open, made: Key) -> World:
    """What was made of a record that was deleted meanwhile is linked to what is gone."""
    record = record_of(world, made)
    here = Copy(id_of(one.source), {}, moment(world.now), gone=True)
    there = Copy(id_of(made), record.values, record.modified_at)
    left, right = (here, there) if made[0] is Side.RIGHT else (there, here)
    world = world.with_link(Link(len(world.links) + 1, CONTACT, left, right)).with_entry(made, None)
    return replace(world, opened=tuple(each for each in world.opened if each != one))


def _after_kill(world: World) -> tuple[Open, ...]:
    """A call that was leaving when the process was killed may be under way."""
    flight = world.run.flight if world.run is not None else None
    if flight is None or flight.link is not None or flight.outcome is not None:
        return world.opened
    return tuple(replace(one, coming=one.source == flight.source) for one in world.opened)


def _land(world: World, flight: Flight) -> World:
    outcome = flight.outcome
    if flight.link is None:
        source = flight.entries[flight.side.other]
        if not isinstance(outcome, Stored):
            return world.with_entry(flight.source, replace(source, state=State.WAITING))
        here, there = created(source.record, flight.write, outcome)
        copies = (here, there) if flight.side is Side.RIGHT else (there, here)
        link = Link(len(world.links) + 1, CONTACT, *copies)
        opened = tuple(one for one in world.opened if one.source != flight.source)
        return replace(world.with_link(link).with_entry(flight.source, None), opened=opened)
    if not isinstance(outcome, Stored):
        return _unanswered(world, flight) if isinstance(outcome, Unknown) else world
    assert flight.both is not None
    assert flight.merged is not None
    entries = dict(flight.entries)
    if (entry := entries.get(flight.side)) is not None:
        shown = replace(entry.record, values={**entry.record.values, **flight.write.values})
        entries[flight.side] = replace(entry, record=shown, state=State.NEW)
        world = world.with_entry(flight.source, entries[flight.side])
    stored = {flight.side: (outcome, flight.write.values)}
    return _landed(
        heard(world, flight), flight.merged, settled(flight.link, flight.both, flight.merged, stored=stored), entries
    )


def _unanswered(world: World, flight: Flight | None) -> World:
    """What settle notes of an update that nobody heard of any more."""
    link = None if flight is None or flight.link is None else world.link_of(flight.source)
    if flight is None or link is None:
        return world
    # No way comes to that second.
    sent, before, now, never = flight.write.values, flight.write.before, moment(world.now), moment(10**6)
    copy = link.copy(flight.side).with_unanswered(sent, before=before, now=now, until=never)
    return unheard(world.with_link(link.with_copy(flight.side, copy)), flight)


def _landed(world: World, merged: Merged, after: After, entries: dict[Side, Entry]) -> World:
    """A link as it is known now; its entries are removed or set aside by what is left of them."""
    world = asked(world.with_link(after.link), merged, after)
    for side, entry in entries.items():
        rest = after.rests[side]
        key = key_of(entry.record.ref)
        world = world.with_entry(key, None if rest.left is Left.DONE else replace(entry, state=State(rest.left.value)))
    return world


def _sweep(world: World) -> World:
    for link in world.links:
        for side in BOTH:
            if world.row(key_of(link.ref(side))).binned and not link.copy(side).gone:
                known = next(one for one in world.links if one.id == link.id)
                world = _parted(world, known, gone=side)
    for side in BOTH:
        for key in world.keys(side):
            if world.row(key).binned and world.link_of(key) is None:
                world = world.with_entry(key, None)
    return world


def _parted(world: World, link: Link, *, gone: Side) -> World:
    return _aside(world.with_link(link.with_copy(gone, replace(link.copy(gone), gone=True))), link, gone=gone)


def _aside(world: World, link: Link, *, gone: Side | None = None) -> World:
    side = gone or (Side.LEFT if link.left.gone else Side.RIGHT)
    world = world.with_entry(key_of(link.ref(side)), None)
    survivor = key_of(link.ref(side.other))
    entry = world.inbox.get(survivor)
    return world if entry is None else world.with_entry(survivor, replace(entry, state=State.SKIPPED))


def _hold_back(world: World) -> World:
    """What an open creation concerns waits; what waited for one that is settled goes on."""
    concerned = {one.source for one in world.opened}
    sides = {one.write.target for one in world.opened}
    for key, entry in world.inbox.items():
        if entry.link_id is None and entry.state in (State.NEW, State.WAITING):
            waits = key in concerned or (key[0] in sides and world.row(key).copy)
            world = world.with_entry(key, replace(entry, state=State.WAITING if waits else State.NEW))
    return world


def _entries(world: World, link: Link) -> dict[Side, Entry]:
    keys = {side: key_of(link.ref(side)) for side in BOTH}
    return {side: world.inbox[key] for side, key in keys.items() if key in world.inbox}


def _both(link: Link, entries: dict[Side, Entry]) -> Both:
    """As `context.both_of` puts it together."""
    changes = []
    for side in BOTH:
        copy, entry = link.copy(side), entries.get(side)
        if entry is None or copy.gone:
            changes.append(unmoved(copy))
            continue
        now = entry.record.values
        base = observe(replace(copy, written=None, gone=False), entry.record, own_user=None)
        changes.append(replace(base, moved=Moved.EDITED, fields=differing(now, copy.seen)))
    at = [entries[side].record.modified_at if side in entries else link.copy(side).modified_at for side in BOTH]
    return Both(changes[0], changes[1], at[0], at[1])


def _number(key: Key) -> int:
    return 1 + key[1] * 2 + BOTH.index(key[0])


def _at(world: World, stage: str) -> World:
    assert world.run is not None
    return replace(world, run=replace(world.run, stage=stage))


def _flying_with(world: World, flight: Flight) -> World:
    assert world.run is not None
    return replace(world, run=replace(world.run, flight=flight))
