"""A mapping as plain JSON: stored whole with a module's settings, and changed by a file that a person wrote.

Such a file names only what is to be different from the proposal:

    {"contact": {"remove": ["Fax"],
                 "change": {"Lead_Source": {"values": [["Web", "Online"]], "default": {"crm": "Other"}}},
                 "add": [{"bigin": "Region", "crm": "Sales_Region", "direction": "to_crm"}],
                 "new": {"crm": {"Segment": "Other"}}}}

(`new`: what every new record of a side gets in a field that the other side has no counterpart for)

or, as an export of all settings has it, the whole mapping: {"contact": {"fields": [...]}}.
"""

from collections.abc import Iterable
from collections.abc import Mapping as Dict
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bigin_sync.errors import InvalidMapping
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.model.values import Value
from bigin_sync.pairing.catalog import Direction, FieldPair, FieldType, Pairing, Unknown, When
from bigin_sync.pairing.constants import Constant, constant_of
from bigin_sync.pairing.mapping import Mapping, Metas, custom_pair


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _StoredWhen(_Strict):
    key: str
    reads: list[str]
    writes: str
    inside: bool = False


class _StoredPair(_Strict):
    name: str
    left: str
    right: str
    type: FieldType
    to: str | None = None
    direction: Direction = Direction.BOTH
    master: Side | None = None
    values: list[tuple[str, str]] = []
    unknown: Unknown = Unknown.LEAVE_OUT
    default_left: str | bool | list[str] | None = None
    default_right: str | bool | list[str] | None = None
    when_left: _StoredWhen | None = None
    when_right: _StoredWhen | None = None
    beside_left: str | None = None
    beside_right: str | None = None
    needed: bool = False


class _StoredConstant(_Strict):
    side: Side
    api: str
    type: FieldType
    value: str | bool | list[str] | None = None


class _StoredMapping(_Strict):
    kind: str
    fields: list[_StoredPair]
    constants: list[_StoredConstant] = []


def to_json(mapping: Mapping) -> dict[str, Any]:
    """The whole mapping as a plain JSON object; `from_json` gives it back unchanged."""
    pairs = [
        _StoredPair(
            name=pair.name,
            left=pair.left,
            right=pair.right,
            type=pair.type,
            to=pair.to,
            direction=pair.direction,
            master=pair.master,
            values=list(pair.value_map),
            unknown=pair.unknown,
            default_left=pair.default_left,
            default_right=pair.default_right,
            when_left=_when_out(pair.when_left),
            when_right=_when_out(pair.when_right),
            beside_left=pair.beside_left,
            beside_right=pair.beside_right,
            needed=pair.needed,
        )
        for pair in mapping.pairs
    ]
    constants = [
        _StoredConstant(side=each.side, api=each.api, type=each.type, value=each.value) for each in mapping.constants
    ]
    stored = _StoredMapping(kind=mapping.kind, fields=pairs, constants=constants)
    return stored.model_dump(mode="json", exclude_defaults=True)


def from_json(stored: Dict[str, Any]) -> Mapping:
    """The mapping that `to_json` wrote; raises `InvalidMapping` on anything else."""
    try:
        read = _StoredMapping.model_validate(stored)
    except ValidationError as error:
        raise _invalid(error) from error
    pairs = tuple(
        FieldPair(
            name=pair.name,
            left=pair.left,
            right=pair.right,
            type=pair.type,
            to=None if pair.to is None else Kind(pair.to),
            direction=pair.direction,
            master=pair.master,
            value_map=tuple(pair.values),
            unknown=pair.unknown,
            default_left=pair.default_left,
            default_right=pair.default_right,
            when_left=_when_in(pair.when_left),
            when_right=_when_in(pair.when_right),
            beside_left=pair.beside_left,
            beside_right=pair.beside_right,
            needed=pair.needed,
        )
        for pair in read.fields
    )
    constants = tuple(Constant(each.side, each.api, each.type, each.value) for each in read.constants)
    return Mapping(Kind(read.kind), pairs, constants)


def _when_out(when: When | None) -> _StoredWhen | None:
    if when is None:
        return None
    return _StoredWhen(key=when.key, reads=sorted(when.reads), writes=when.writes, inside=when.inside)


def _when_in(stored: _StoredWhen | None) -> When | None:
    if stored is None:
        return None
    return When(key=stored.key, reads=frozenset(stored.reads), writes=stored.writes, inside=stored.inside)


class _Change(_Strict):
    """What a person may say about a pair. Sides are named by their labels (`bigin`, `crm`)."""

    direction: str | None = None
    master: str | None = None
    values: list[tuple[str, str]] | None = None
    unknown: Unknown | None = None
    default: dict[str, str | bool | list[str] | None] = {}


class _Kind(_Strict):
    remove: list[str] = []
    change: dict[str, _Change] = {}
    add: list[dict[str, Any]] = []
    new: dict[str, dict[str, str | bool | list[str]]] = {}


def _invalid(error: ValidationError) -> InvalidMapping:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return InvalidMapping(
        f"The mapping can't be read: {place}: {first['msg']}.", hint="See the how-to on mapping fields."
    )


def changed(pairing: Pairing, mapping: Mapping, document: Dict[str, Any], *, left: Metas, right: Metas) -> Mapping:
    """The mapping with the changes that a file asks for its kind; raises `InvalidMapping` on what can't be understood.

    Whether the result fits both orgs is for `validate` to say.
    """
    unknown_kinds = sorted(set(document) - {spec.kind for spec in pairing.kinds})
    if unknown_kinds:
        kinds = ", ".join(spec.kind for spec in pairing.kinds)
        raise InvalidMapping(f"There is no kind of record named {unknown_kinds[0]!r}.", hint=f"The kinds are: {kinds}.")
    told = document.get(mapping.kind) or {}
    if isinstance(told, Dict) and "fields" in told:
        return from_json({**told, "kind": mapping.kind})
    try:
        wanted = _Kind.model_validate(told)
    except ValidationError as error:
        raise _invalid(error) from error
    _all_known(mapping, [*wanted.remove, *wanted.change])
    kept = [pair for pair in mapping.pairs if pair.name not in wanted.remove]
    pairs = [_applied(pairing, pair, wanted.change[pair.name]) if pair.name in wanted.change else pair for pair in kept]
    pairs += [_added(pairing, mapping.kind, entry, left=left, right=right) for entry in wanted.add]
    metas = {Side.LEFT: left, Side.RIGHT: right}
    given = [(_side(pairing, label), api, value) for label, some in wanted.new.items() for api, value in some.items()]
    constants = [_constant(pairing, side, api, value, metas[side]) for side, api, value in given]
    return Mapping(mapping.kind, tuple(pairs), tuple(constants))


def _constant(pairing: Pairing, side: Side, api: str, value: Value, metas: Metas) -> Constant:
    if api not in metas:
        raise InvalidMapping(f"{pairing.title(side)} has no field {api!r}.", hint="Names are case-sensitive.")
    found = constant_of(pairing, metas[api], side=side, value=value)
    if isinstance(found, str):
        raise InvalidMapping(f"{api} can't be {value!r} in every new record: {found}.", hint="Choose another value.")
    return found


def _all_known(mapping: Mapping, names: Iterable[str]) -> None:
    for name in names:
        if mapping.pair(name) is None:
            known = ", ".join(pair.name for pair in mapping.pairs)
            raise InvalidMapping(f"The mapping of {mapping.kind} has no field {name!r}.", hint=f"It has: {known}.")


def _side(pairing: Pairing, label: str) -> Side:
    side = pairing.side_of(label)
    if side is None:
        labels = " and ".join(pairing.labels.values())
        raise InvalidMapping(f"There is no side named {label!r}.", hint=f"The sides are {labels}.")
    return side


def _direction(pairing: Pairing, text: str) -> Direction:
    words = {"both": Direction.BOTH, "fill": Direction.FILL}
    words[f"to_{pairing.label(Side.LEFT)}"] = Direction.TO_LEFT
    words[f"to_{pairing.label(Side.RIGHT)}"] = Direction.TO_RIGHT
    if text not in words:
        raise InvalidMapping(f"There is no direction named {text!r}.", hint=f"The directions are: {', '.join(words)}.")
    return words[text]


def _applied(pairing: Pairing, pair: FieldPair, change: _Change) -> FieldPair:
    if change.direction is not None:
        pair = replace(pair, direction=_direction(pairing, change.direction))
    if change.master is not None:
        pair = replace(pair, master=_side(pairing, change.master))
    if change.values is not None:
        pair = replace(pair, value_map=tuple(change.values))
    if change.unknown is not None:
        pair = replace(pair, unknown=change.unknown)
    for label, value in change.default.items():
        plain = sorted(value) if isinstance(value, list) else value
        if _side(pairing, label) is Side.LEFT:
            pair = replace(pair, default_left=plain)
        else:
            pair = replace(pair, default_right=plain)
    return pair


def _added(pairing: Pairing, kind: Kind, entry: Dict[str, Any], *, left: Metas, right: Metas) -> FieldPair:
    """The pair that an entry `{"bigin": API name, "crm": API name, …}` asks for."""
    here, there = pairing.label(Side.LEFT), pairing.label(Side.RIGHT)
    names = (entry.get(here), entry.get(there))
    if not all(isinstance(name, str) for name in names):
        raise InvalidMapping("A field to add needs its name on both sides.", hint=f"Give {here!r} and {there!r}.")
    try:
        change = _Change.model_validate({key: value for key, value in entry.items() if key not in (here, there)})
    except ValidationError as error:
        raise _invalid(error) from error
    for name, metas, side in ((str(names[0]), left, Side.LEFT), (str(names[1]), right, Side.RIGHT)):
        if name not in metas:
            raise InvalidMapping(f"{pairing.title(side)} has no field {name!r}.", hint="Names are case-sensitive.")
    found = custom_pair(pairing, kind, left=left[str(names[0])], right=right[str(names[1])])
    if isinstance(found, str):
        raise InvalidMapping(f"{names[0]} and {names[1]} can't be mapped: {found}.", hint="Leave them out.")
    return _applied(pairing, found, change)
