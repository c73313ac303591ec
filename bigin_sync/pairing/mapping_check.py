"""Checking a mapping against the metadata of both orgs, and explaining it to people."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as Dict
from dataclasses import dataclass

from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.catalog import Direction, FieldPair, FieldType, Pairing
from bigin_sync.pairing.choices import choice_map
from bigin_sync.pairing.constants import Constant, constant_of
from bigin_sync.pairing.fields import FieldMeta
from bigin_sync.pairing.mapping import MOST_FIELDS, Mapping, Metas, refusal, synced_before
from bigin_sync.pairing.stages import stage_map

MOST_CHARACTERS = 1_000_000
"""Taken for the length of a field whose length is not told: more than either product holds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a mapping that people should know. `blocking`: the module can't be activated with it."""

    field: str
    message: str
    hint: str = ""
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class Explained:
    """A pair as it is shown: both API names, the arrow between them, and notes in words."""

    name: str
    left: str
    arrow: str
    right: str
    holds: str
    notes: tuple[str, ...]


def validate(pairing: Pairing, mapping: Mapping, *, left: Metas, right: Metas) -> list[Finding]:
    """Everything that is wrong with a mapping (blocking), or lossy about it; empty when it fits both orgs perfectly."""
    found = list(_as_a_whole(pairing, mapping))
    for pair in mapping.pairs:
        found.extend(_pair(pairing, mapping, pair, left=left, right=right))
    for side in BOTH:
        found.extend(_mandatory(pairing, mapping, side, here=left if side is Side.LEFT else right))
    found.extend(_constants(pairing, mapping, {Side.LEFT: left, Side.RIGHT: right}))
    return found


def _as_a_whole(pairing: Pairing, mapping: Mapping) -> Iterator[Finding]:
    if len(mapping.pairs) > MOST_FIELDS:
        yield Finding("", f"{len(mapping.pairs)} fields are mapped.", f"At most {MOST_FIELDS} can be read at once.")
    for name, times in Counter(pair.name for pair in mapping.pairs).items():
        if times > 1:
            yield Finding(name, "It is mapped twice.", "Remove one of the two.")
    for side in BOTH:
        alone = Counter(name for pair in mapping.pairs if pair.when(side) is None for name in pair.wire_names(side))
        for api, times in alone.items():
            if times > 1:
                yield Finding(api, f"{pairing.title(side)}: it is part of two pairs.", "Remove one of the two.")
    mapped = {pair.name for pair in mapping.pairs}
    for pair in pairing.kind(mapping.kind).fields:
        if pair.needed and pair.name not in mapped:
            yield Finding(pair.name, f"A {mapping.kind} can't be synced without it.", "Put it back into the mapping.")


def _pair(pairing: Pairing, mapping: Mapping, pair: FieldPair, *, left: Metas, right: Metas) -> Iterator[Finding]:
    for side in BOTH:
        if pairing.forbids(pair.api(side)):
            yield Finding(pair.name, f"{pair.api(side)} is never synced: it would ring or mail somebody.", "Remove it.")
            return
    here, there = left.get(pair.left), right.get(pair.right)
    if here is None or there is None:
        side = Side.LEFT if here is None else Side.RIGHT
        yield Finding(pair.name, f"{pairing.title(side)} has no field {pair.api(side)}.", "Remove it from the mapping.")
        return
    if reason := refusal(pairing, pair, left=here, right=there):
        yield Finding(pair.name, f"It can't be mapped: {reason}.", "Remove it from the mapping.")
        return
    if pair.to is not None and pair.to not in synced_before(pairing, mapping.kind):
        yield Finding(pair.name, f"It points to a {pair.to}, which is synced after the {mapping.kind}.", "Remove it.")
    for side, source, target in ((Side.RIGHT, here, there), (Side.LEFT, there, here)):
        if pair.direction.flows_to(side):
            yield from _one_way(pairing, pair, side, source=source, target=target)
        if pair.type is FieldType.STAGE:
            yield from _stages(pairing, pair, side, metas={Side.LEFT: left, Side.RIGHT: right})


def _one_way(
    pairing: Pairing, pair: FieldPair, side: Side, *, source: FieldMeta, target: FieldMeta
) -> Iterator[Finding]:
    """What is wrong with writing `source` values into `target`, on `side`."""
    title = pairing.title(side)
    if not target.writable:
        way = f"to_{pairing.label(side.other)}"
        yield Finding(pair.name, f"{title} does not let {target.api_name} be written.", f"Set its direction to {way}.")
        return
    if pair.type is FieldType.STAGE:
        return
    if target.options and pair.type in (FieldType.PICKLIST, FieldType.MULTIPICKLIST):
        yield from _choices(pairing, pair, side, source=source, target=target)
    elif _is_text(source) and _is_text(target) and (source.length or 0) > (target.length or MOST_CHARACTERS):
        message = f"{title} holds {target.length} characters, {pairing.title(side.other)} {source.length}."
        yield Finding(pair.name, message, "Longer texts are cut there.", blocking=False)


def _is_text(meta: FieldMeta) -> bool:
    texts = (FieldType.TEXT, FieldType.TEXTAREA, FieldType.EMAIL, FieldType.PHONE, FieldType.WEBSITE)
    return meta.type in texts


def _choices(
    pairing: Pairing, pair: FieldPair, side: Side, *, source: FieldMeta, target: FieldMeta
) -> Iterator[Finding]:
    stored = {option.stored for option in target.options}
    default = pair.default(side)
    wanted = {values[0 if side is Side.LEFT else 1] for values in pair.value_map}
    wanted |= {default} if isinstance(default, str) else set(default) if isinstance(default, list) else set()
    for value in sorted(wanted - stored):
        yield Finding(pair.name, f"{pairing.title(side)} has no value {value!r}.", "Use a value that the org has.")
    find = choice_map(pair, source=source, target=target, target_side=side)
    unknown = [option.stored for option in source.options if find(option.stored) is None]
    if unknown:
        some = ", ".join(unknown[:3]) + (", …" if len(unknown) > 3 else "")
        message = f"{pairing.title(side)} does not know {len(unknown)} of the values: {some}."
        yield Finding(pair.name, message, "Add them there, or map them to others.", blocking=False)


def _stages(pairing: Pairing, pair: FieldPair, side: Side, *, metas: Dict[Side, Metas]) -> Iterator[Finding]:
    """What the stage map says of stages that a side does not have, and which stages of the other have none there."""
    towards = stage_map(pair, metas, target_side=side)
    title, other = pairing.title(side), pairing.title(side.other)
    for text in towards.names_nothing():
        # Not blocking: neither product insists on its own list, so a deal can be in such a stage all the same.
        message = f"{title} does not list the stage {text!r}: no deal is moved to it there."
        yield Finding(pair.name, message, "Use a stage that the org has.", blocking=False)
    default = pair.default(side)
    if isinstance(default, str) and towards.named(default) is None:
        yield Finding(pair.name, f"{title} has no stage {default!r}.", "Choose a default that the org has.")
    beside = pair.beside(side)
    if beside is not None and beside not in metas[side]:
        yield Finding(pair.name, f"{title} has no field {beside} any more.", "Propose the mapping again.")
    if pair.direction.flows_to(side):
        for stage in towards.unknown():
            message = f"no stage of {title} stands for {stage!r} of {other}; deals in it wait."
            yield Finding(pair.name, message, "Name one for it in the stage map.", blocking=False)


def _mandatory(pairing: Pairing, mapping: Mapping, side: Side, *, here: Metas) -> Iterator[Finding]:
    """Fields without which the side refuses a new record, and which nothing fills."""
    writing = [pair for pair in mapping.pairs if pair.direction.flows_to(side) or pair.default(side) is not None]
    filled = {name for pair in writing for name in pair.wire_names(side)}
    filled |= {each.api for each in mapping.constants if each.side is side}
    for name, meta in here.items():
        if (
            name in filled
            or not meta.creatable
            or not (meta.mandatory or meta.required)
            or meta.data_type == "ownerlookup"
        ):
            continue
        says = "needs" if meta.mandatory else "has a layout that asks for"
        message = f"{pairing.title(side)} {says} {name} ({meta.label}), which is not mapped."
        hint = "Map it, give it a value for new records, or make it optional there."
        yield Finding(name, message, hint, blocking=meta.mandatory)


def _constants(pairing: Pairing, mapping: Mapping, metas: Dict[Side, Metas]) -> Iterator[Finding]:
    """Values for new records that do not fit the field any more: they are refused record by record, or ignored."""
    for each in mapping.constants:
        meta = metas[each.side].get(each.api)
        if meta is None:
            yield Finding(each.api, f"{pairing.title(each.side)} no longer has this field.", blocking=False)
        elif isinstance(why := constant_of(pairing, meta, side=each.side, value=each.value), str):
            message = f"New records can't get {each.value!r} in it: {why}."
            yield Finding(each.api, message, "Choose another value.", blocking=meta.mandatory)


def explain(pairing: Pairing, mapping: Mapping) -> list[Explained]:
    """The mapping as people read it, pair by pair, then what only new records of one side get."""
    arrows = {Direction.BOTH: "↔", Direction.TO_RIGHT: "→", Direction.TO_LEFT: "←", Direction.FILL: "⇢⇠"}
    return [
        Explained(
            name=pair.name,
            left=" + ".join(reversed(pair.wire_names(Side.LEFT))),
            arrow=arrows[pair.direction],
            right=" + ".join(reversed(pair.wire_names(Side.RIGHT))),
            holds=f"{pair.type} of {pair.to}" if pair.to else pair.type.value,
            notes=tuple(_notes(pairing, pair)),
        )
        for pair in mapping.pairs
    ] + [_explained(each) for each in mapping.constants]


def _explained(constant: Constant) -> Explained:
    left, right = (constant.api if constant.side is side else "" for side in BOTH)
    return Explained(constant.api, left, "*", right, constant.type.value, (f"new records get {constant.value!r}",))


def _notes(pairing: Pairing, pair: FieldPair) -> Iterator[str]:
    if pair.direction is Direction.FILL:
        yield "only fills a blank field"
    if pair.master is not None:
        yield f"{pairing.title(pair.master)} always wins"
    if pair.value_map:
        yield f"{len(pair.value_map)} values mapped"
    for side in BOTH:
        if pair.default(side) is not None:
            yield f"default in {pairing.title(side)}: {pair.default(side)}"
