"""Carrying: what a canonical value of one side becomes on the other, and when two values count as the same.

In which ways a value may cross, and what becomes of plain ones, is in `crossings`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from bigin_sync.errors import Bug
from bigin_sync.model.kind import Kind
from bigin_sync.model.outcome import Cause
from bigin_sync.model.record import Ref
from bigin_sync.model.side import Side
from bigin_sync.model.values import Value, Values
from bigin_sync.pairing.catalog import Direction, FieldPair, FieldType, Pairing, Unknown
from bigin_sync.pairing.choices import choice_map, choices_carried
from bigin_sync.pairing.crossings import (
    BLANK,
    Carried,
    Crossing,
    LeftOut,
    Pointer,
    fitted,
    rounded,
    to_the_minute,
    yes_no,
)
from bigin_sync.pairing.fields import FieldMeta
from bigin_sync.pairing.mapping import Mapping as FieldMapping
from bigin_sync.pairing.owners import OwnerMap
from bigin_sync.pairing.places import Places
from bigin_sync.pairing.stages import StageMap, stage_map

Translate: TypeAlias = Callable[[Kind, Side, str], str | None]
"""(kind, side, record id there) -> the id of the linked record on the other side; None: not linked."""

_Carry: TypeAlias = Callable[[Value], Crossing]


class Carrier:
    """Carries values of one kind across, both ways. Build it once per run; it is safe to use from any thread.

    translate: looks up known links; it may be asked for every lookup value. `knowing` exchanges it at no cost.
    """

    def __init__(
        self,
        pairing: Pairing,
        mapping: FieldMapping,
        *,
        left: Mapping[str, FieldMeta],
        right: Mapping[str, FieldMeta],
        owners: OwnerMap,
        translate: Translate,
    ) -> None:
        self._pairing = pairing
        self._owners = owners
        self._translate = translate
        self._metas = {Side.LEFT: left, Side.RIGHT: right}
        self._spec = pairing.kind(mapping.kind)
        self._places = Places(mapping)
        # One plain dict per side: this is asked for every field of every record, and a side is slow to hash.
        self._from_left = {pair.name: self._route(pair, Side.LEFT) for pair in mapping.pairs}
        self._from_right = {pair.name: self._route(pair, Side.RIGHT) for pair in mapping.pairs}
        self._by_id = frozenset(name for name, route in self._from_left.items() if route.by_id)

    def knowing(self, translate: Translate) -> "Carrier":
        """The same rules with other known links."""
        other = copy(self)
        other._translate = translate  # noqa: SLF001 -- a copy of this very object
        return other

    def knows(self, name: str) -> bool:
        """Whether the mapping has a field of that name."""
        return name in self._from_left

    def standing(self, name: str) -> Side | None:
        """The side whose value of this field always stands: its master, or the one side a one-way field comes from."""
        pair = self._from_left[name].pair
        if pair.master is not None:
            return pair.master
        if pair.direction in (Direction.TO_LEFT, Direction.TO_RIGHT):
            return Side.RIGHT if pair.direction is Direction.TO_LEFT else Side.LEFT
        return None

    def master(self, name: str) -> Side | None:
        """The side whose value wins whenever both differ, even where only the other side was edited."""
        return self._from_left[name].pair.master

    def may_write(self, name: str, target: Side, *, present: Value) -> bool:
        """Whether the mapping lets a side's value, `present`, be written over at all."""
        route = (self._from_right if target is Side.LEFT else self._from_left)[name]
        return route.open and (present is None or route.pair.direction is not Direction.FILL)

    def born(self, among: Values, from_side: Side) -> Iterator[tuple[str, Value | Crossing]]:
        """What the fields of a record become on one that is made of it: each as a plain value or as a crossing.

        An owner falls back, a box is not ticked, a mandatory field needs its default; other blanks say nothing, and are
        left out.
        """
        routes = self._from_left if from_side is Side.LEFT else self._from_right
        for name, value in among.items():
            route = routes.get(name)
            if route is None or not route.open or (value is None and not route.tells_blank):
                continue
            if value is None or not route.plain:
                crowded = self.crowded_out(name, from_side.other, source=among, present={})
                yield name, crowded or self.carry(name, value, from_side, creating=True)
            elif route.free or (route.limit and isinstance(value, str) and len(value) * 2 <= route.limit):
                yield name, value
            else:
                yield name, route.rule(value)

    def carry(
        self, name: str, value: Value, from_side: Side, *, creating: bool = False, present: Value = None
    ) -> Crossing:
        """What this side's value of a field becomes on the other side, which holds `present` now.

        creating: the record is being made there, so an owner without counterpart becomes the fallback, and a blank
        mandatory field takes the pair's default.
        """
        route = (self._from_left if from_side is Side.LEFT else self._from_right)[name]
        gate = route.new_gate if creating else route.gate
        if gate is not None:
            return gate
        pair = route.pair
        if creating and pair.type is FieldType.OWNER:
            return self._new_owner(value, from_side)
        if value is None and pair.type is not FieldType.BOOLEAN:
            return self._blank(route, creating=creating)
        return self._crossed(route, value, present=present)

    def crowded_out(self, name: str, target: Side, *, source: Values, present: Values) -> LeftOut | None:
        """Why a link is not written where a side has room for one of several; None if there is room.

        What is shown there stays, as long as the other side has it too; a side that shows none takes the first.
        """
        for rival in self._places.before(name, target):
            value = source.get(rival)
            if value is None or (present.get(rival) is None and present.get(name) is not None):
                continue
            if present.get(rival) is not None or isinstance(self.carry(rival, value, target.other), Carried):
                return LeftOut(f"{self._pairing.title(target)} has room for one link, and shows the {rival.lower()}")
        return None

    def one_per_place(self, target: Side, values: Values) -> dict[str, LeftOut]:
        """Of values to be written to a side, those that would be written over by others of them, each with why."""
        found = {}
        for name in values:
            rivals = [rival for rival in self._places.before(name, target) if values.get(rival) is not None]
            if rivals:
                reason = f"{self._pairing.title(target)} has room for one link, and shows the {rivals[0].lower()}"
                found[name] = LeftOut(reason)
        return found

    def apart(self, names: Iterable[str], left: Values, right: Values) -> list[str]:
        """Those of these fields whose two values are not the same."""
        by_id, same = self._by_id, self.same
        # Most fields of a first meeting are equal, and equal texts are the same wherever they are no ids.
        unequal = [name for name in names if left.get(name) != right.get(name) or name in by_id]
        return [name for name in unequal if not same(name, left.get(name), right.get(name))]

    def same(self, name: str, left: Value, right: Value) -> bool:
        """Whether two sides' values need no writing: one is what the other becomes when it crosses."""
        route = self._from_left[name]
        if left == right and (left is None or not route.by_id):
            return True
        pair = route.pair
        if pair.type is FieldType.OWNER:
            return (left, right) in self._owners.same
        if pair.type is FieldType.EMAIL and isinstance(left, str) and isinstance(right, str):
            return left.casefold() == right.casefold()
        there = self._becomes(route, left, present=right)
        arrives = there is not None and there.value == right
        if arrives and pair.type is not FieldType.STAGE:
            return True
        back = self._becomes(self._from_right[name], right, present=left)
        returns = back is not None and back.value == left
        # Several stages may stand for one, but a move to a pipeline that the other side has as well must be carried.
        return arrives and returns if pair.type is FieldType.STAGE else returns

    def _becomes(self, route: "_Route", value: Value, *, present: Value) -> Carried | None:
        """What a filled value crosses as, if it crosses at all; whichever way the pair's values may travel."""
        if value is None and route.pair.type is not FieldType.BOOLEAN:
            return None
        crossing = self._crossed(route, value, present=present)
        return crossing if isinstance(crossing, Carried) else None

    def _crossed(self, route: "_Route", value: Value, *, present: Value) -> Crossing:
        """What the pair's own rule makes of a value; a lookup needs to know the links, a stage where it is now."""
        if route.stages is not None:
            return self._stage(route, route.stages, value, present=present)
        if route.pair.to is not None:
            return self._lookup(value, to=route.pair.to, from_side=route.from_side)
        return route.rule(value)

    def _route(self, pair: FieldPair, from_side: Side) -> "_Route":
        target = from_side.other
        new_gate = self._gate(pair, from_side, creating=True)
        rule = self._rule(pair, from_side)
        by_rule = pair.type not in (FieldType.OWNER, FieldType.LOOKUP, FieldType.STAGE)
        stages = stage_map(pair, self._metas, target_side=target) if pair.type is FieldType.STAGE else None
        default = pair.default(target)
        return _Route(
            pair=pair,
            from_side=from_side,
            open=pair.direction.flows_to(target) and pair.master is not target,
            gate=self._gate(pair, from_side, creating=False),
            new_gate=new_gate,
            rule=rule,
            stages=stages,
            default=stages.named(default) if stages is not None and isinstance(default, str) else default,
            by_id=pair.type in (FieldType.LOOKUP, FieldType.OWNER),
            plain=by_rule and new_gate is None and not self._places.before(pair.name, target),
            tells_blank=self._tells_blank(pair, from_side),
            free=rule is Carried,
            limit=rule.keywords["limit"] if isinstance(rule, partial) and rule.func is fitted else 0,
        )

    def _gate(self, pair: FieldPair, from_side: Side, *, creating: bool) -> LeftOut | None:
        """Why nothing of this pair ever crosses this way; None if it may."""
        target = from_side.other
        product = self._pairing.title(target)
        if not pair.direction.flows_to(target):
            return LeftOut(f"{pair.name} is only taken over from {product}")
        meta = self._metas[target].get(pair.api(target))
        if meta is None:
            return LeftOut(f"{product} no longer has the field {pair.api(target)}")
        if creating and not meta.creatable:
            return LeftOut(f"{product} does not let {pair.name} be set on a new record")
        if not creating and not meta.updatable:
            return LeftOut(f"{product} does not let {pair.name} be changed")
        return None

    def _tells_blank(self, pair: FieldPair, from_side: Side) -> bool:
        meta = self._metas[from_side.other].get(pair.api(from_side.other))
        mandatory = pair.needed or (meta is not None and meta.mandatory)
        return mandatory or pair.type in (FieldType.OWNER, FieldType.BOOLEAN)

    def _blank(self, route: "_Route", *, creating: bool) -> Crossing:
        pair, target = route.pair, route.from_side.other
        if pair.type is FieldType.OWNER:
            return LeftOut("the record has no owner")
        if self._spec.needs_parent and self._spec.is_parent(pair.name):
            return LeftOut("a link that was taken away stays on the other side")
        if pair.type is FieldType.DURATION:
            return BLANK  # mandatory only for calls that have taken place, whatever the metadata says
        meta = self._metas[target][pair.api(target)]
        if not (meta.mandatory or pair.needed):
            return BLANK
        if route.default is not None:
            return Carried(route.default, f"blank, so the default {pair.default(target)!r}")
        reason = f"{self._pairing.title(target)} needs {pair.name}, which is blank"
        return LeftOut(reason, Cause.MANDATORY if creating else None)

    def _new_owner(self, value: Value, from_side: Side) -> Crossing:
        carried = self._owner(value, from_side=from_side)
        fallback = self._owners.fallback(from_side.other)
        if isinstance(carried, LeftOut) and fallback is not None:
            return Carried(fallback, "the owner has no counterpart, so the record goes to the fallback owner")
        return carried

    def _owner(self, value: Value, *, from_side: Side) -> Crossing:
        found = self._owners.counterpart(from_side, value) if isinstance(value, str) else None
        if found is None:
            return LeftOut(f"the owner has no active counterpart in {self._pairing.title(from_side.other)}", kept=True)
        return Carried(found)

    def _lookup(self, value: Value, *, to: Kind, from_side: Side) -> Crossing:
        if not isinstance(value, str):
            raise Bug(f"A lookup to {to} holds a {type(value).__name__}, which is no id.")
        found = self._translate(to, from_side, value)
        return Carried(found) if found is not None else Pointer(Ref(from_side, to, value))

    def _stage(self, route: "_Route", stages: StageMap, value: Value, *, present: Value) -> Crossing:
        """A stage without counterpart stops the whole record: a deal must not move on in all but its stage."""
        here = present if isinstance(present, str) else None
        found = stages.find(value, present=here) if isinstance(value, str) else None
        if found is not None:
            return Carried(found)
        pair, target = route.pair, route.from_side.other
        if pair.unknown is Unknown.DEFAULT and route.default is not None:
            return Carried(route.default, f"no stage stands for {value!r}, so the default {pair.default(target)!r}")
        titles = self._pairing.title(route.from_side), self._pairing.title(target)
        return LeftOut(
            f"no stage of {titles[1]} stands for {value!r} of {titles[0]}; name one for it in the stage map "
            f"({pair.name}, values) or give one of {titles[1]} that name",
            Cause.UNMAPPED,
        )

    def _rule(self, pair: FieldPair, from_side: Side) -> _Carry:
        target = from_side.other
        source_meta = self._metas[from_side].get(pair.api(from_side))
        meta = self._metas[target].get(pair.api(target))
        if pair.type is FieldType.OWNER:
            return partial(self._owner, from_side=from_side)
        if pair.type is FieldType.BOOLEAN:
            return yes_no
        if pair.type in (FieldType.PICKLIST, FieldType.MULTIPICKLIST):
            known = choice_map(pair, source=source_meta, target=meta, target_side=target)
            return partial(self._choice, pair=pair, target=target, known=known)
        if pair.type in (FieldType.INTEGER, FieldType.NUMBER, FieldType.MONEY):
            places = 0 if meta is not None and meta.type is FieldType.INTEGER else meta.decimals if meta else None
            return Carried if places is None else partial(rounded, places=places)
        if pair.type in (FieldType.DATE, FieldType.DATETIME):
            return Carried
        if pair.type is FieldType.DURATION:
            return to_the_minute if target in self._spec.whole_minutes else Carried
        return Carried if meta is None or not meta.length else partial(fitted, limit=meta.length, held=pair.type)

    def _choice(self, value: Value, *, pair: FieldPair, target: Side, known: Callable[[str], str | None]) -> Crossing:
        found = choices_carried(value, known=known)
        if found is not None:
            return Carried(found)
        default = pair.default(target)
        product = self._pairing.title(target)
        if pair.unknown is Unknown.DEFAULT and default is not None:
            return Carried(default, f"{product} does not know {value!r}, so the default {default!r}")
        problem = Cause.UNMAPPED if pair.unknown is Unknown.PROBLEM else None
        return LeftOut(f"{product} has no value {value!r} in {pair.name}", problem, kept=problem is None)


@dataclass(frozen=True, slots=True)
class _Route:
    """One field, one way. open: whether the mapping ever lets it travel so. gate, new_gate: why nothing crosses into an
    existing or a new record; None if it may. stages: what carries a stage, in place of the rule. default: the pair's
    for the target, a stage as it is stored there. by_id: the values are ids, which mean nothing on the other side.
    plain: nothing but the rule decides what a value becomes on a new record. tells_blank: a blank has something to say
    to a new record. free: a plain value stays as it is. limit: a plain text that is surely shorter stays as it is; 0:
    not known.
    """

    pair: FieldPair
    from_side: Side
    open: bool
    gate: LeftOut | None
    new_gate: LeftOut | None
    rule: _Carry
    stages: StageMap | None
    default: Value
    by_id: bool
    plain: bool
    tells_blank: bool
    free: bool
    limit: int
