"""From what a scenario tells to two emulated orgs, and back: names become ids and ids names again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bigin_sync.emulator.dollar_keys import module_word
from bigin_sync.emulator.metadata import PERSON_TYPES, FieldDef, ModuleDef, ViewDef
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.stock_options import options
from bigin_sync.emulator.table import Row
from bigin_sync.errors import UnreadableFile
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.pairing.catalog import KindSpec
from bigin_sync.replay.belonging import Way, way_of, ways
from bigin_sync.replay.joined import apart, join
from bigin_sync.replay.joined import told as told_joined
from bigin_sync.replay.shapes import OrgTold, Reshape, ViewTold
from bigin_sync.replay.spoken import sent_as, spoken, stored_as
from bigin_sync.replay.told import Cell, Sample, Stamp

_NUMBERS = frozenset({"integer", "double", "currency", "percent"})
_BEFORE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """One org of a scenario, with the names its people and records go by."""

    org: Org
    side: Side
    people: Mapping[str, str]
    """First name -> user id; who set the sync up has no name here."""
    made: dict[str, dict[str, str]] = field(default_factory=dict)
    """Kind -> label -> id, of the records the story began with."""

    def spec(self, kind: str) -> KindSpec:
        """The pairing's word on a kind; a kind that is not synced yet is refused."""
        found = next((spec for spec in BIGIN_CRM.kinds if spec.kind == kind), None)
        if found is None:
            raise _slip(f"records of the kind {kind} are not synced")
        return found

    def module(self, kind: str) -> ModuleDef:
        """The module in which this org keeps that kind."""
        return self.org.modules[self.spec(kind).on(self.side).module]

    def user(self, name: str | None) -> str:
        """The id of a person, by first name; nobody is the person who set the sync up."""
        if name is None:
            return self.org.admin_id
        if name not in self.people:
            raise _slip(f"nobody called {name} works in {self.org.product}; there are {', '.join(self.people)}")
        return self.people[name]

    def label(self, kind: str, row: Row) -> str:
        """What people call a record."""
        return self.label_of(kind, row.values)

    def label_of(self, kind: str, values: Mapping[str, object]) -> str:
        """What people call a record with these values."""
        spec = self.spec(kind)
        filled = {pair.name: values.get(pair.api(self.side)) for pair in spec.fields if pair.to is None}
        return spec.label({name: str(value) for name, value in filled.items() if value})

    def find(self, kind: str, name: str) -> Row:
        """The one record of that label, or of that e-mail address."""
        rows = list(self.org.tables[self.module(kind).api_name].rows.values())
        named = [row for row in rows if name in (self.label(kind, row), row.values.get("Email"))]
        if len(named) != 1:
            found = "is no" if not named else f"are {len(named)}"
            raise _slip(f"there {found} {kind} called {name!r} in {self.org.product} at this moment")
        return named[0]

    def stored(self, kind: str, values: Mapping[str, Cell]) -> dict[str, Any]:
        """Values as the emulator keeps them: names of records and people as ids."""
        told: dict[str, Any] = {}
        for name, value in values.items():
            way = self._way(kind, name)
            if way is not None:
                told[way.api] = None if value is None else self._record(way.kind, str(value))
                told |= {} if way.key is None else {"$se_module": None if value is None else way.module}
                continue
            known = self._field(kind, name)
            told |= stored_as(known, value) if self._plain(known, value) else {name: self._cell(known, value)}
        return told

    def sent(self, kind: str, values: Mapping[str, Cell]) -> dict[str, Any]:
        """Values as a person's browser would send them to the API."""
        told: dict[str, Any] = {}
        for name, value in values.items():
            way = self._way(kind, name)
            if way is not None:
                told[way.api] = None if value is None else {"id": self._record(way.kind, str(value))}
                told |= {} if way.key is None else {way.key: way.word}
                continue
            known = self._field(kind, name)
            if self._plain(known, value):
                told |= sent_as(known, value)
            else:
                told[name] = None if value is None else {"id": self._cell(known, value)}
        return told

    def ways(self, kind: str) -> list[Way]:
        """How this org says what records of a kind belong to."""
        found = ways(self.spec(kind), self.module(kind), self.side)
        return [replace(way, word=way.word and str(module_word(self.org, way.module))) for way in found]

    def _way(self, kind: str, name: str) -> Way | None:
        return next((way for way in self.ways(kind) if way.name == name), None)

    def _field(self, kind: str, name: str) -> FieldDef:
        module = self.module(kind)
        if name not in module.fields:
            raise _slip(f"{self.org.product} has no field {name} in {module.api_name}")
        return module.fields[name]

    @staticmethod
    def _plain(known: FieldDef, value: Cell) -> bool:
        """Whether a value is told as it is, and is no name of a record or person."""
        if isinstance(value, (int, float)) and not isinstance(value, bool) and known.data_type not in _NUMBERS:
            raise _slip(f"{known.api_name} holds text, so {value} needs quotes around it")
        return known.data_type != "lookup" and known.data_type not in PERSON_TYPES

    def _cell(self, known: FieldDef, value: Cell) -> str | None:
        """The id of the person or record that is named."""
        if value is None:
            return None
        if known.data_type in PERSON_TYPES:
            return self.user(str(value))
        kind = next((spec.kind for spec in BIGIN_CRM.kinds if spec.on(self.side).module == known.lookup), None)
        if kind is None:
            raise _slip(f"{known.api_name} points to {known.lookup}, which is not synced")
        return self._record(kind, str(value))

    def records(self, kind: str, labels: Iterable[str]) -> dict[str, str]:
        """The ids of records that are named by their labels."""
        return {label: self._record(kind, label) for label in labels}

    def _record(self, kind: str, label: str) -> str:
        begun = self.made.get(kind, {}).get(label)
        return begun if begun is not None else self.find(kind, label).id


def furnish(place: Place, told: OrgTold) -> None:
    """Makes an org differ from a stock one as a scenario tells."""
    org = place.org
    org.switches.turn(dict(told.switches))
    for kind, fields in told.fields.items():
        module = place.module(kind)
        for name, facts in fields.items():
            api = name.replace(" ", "_")
            known = module.fields.get(api) or _custom(org, module, api, facts)
            module.fields[api] = replace(known, **_facts(facts))
    for view in told.views:
        _show(org, place.module(view.of).views, view)
    for first in told.inactive:
        gone = place.user(first)
        org.users[gone] = org.users[gone].named(status="disabled")
    org.changed_shape()


def _custom(org: Org, module: ModuleDef, name: str, facts: Mapping[str, Any]) -> FieldDef:
    """A custom field that an org has; it is told with its `data_type`, so that a slip in a name makes none."""
    if "data_type" not in facts:
        raise _slip(f"{org.product} has no field {name} in {module.api_name}")
    label = name.replace("_", " ")
    return FieldDef(api_name=name, label=label, data_type=facts["data_type"], id=org.ids.field(), custom=True)


def _facts(told: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a field as the emulator keeps them; `options` are told as a list of values."""
    return {name: options(*fact) if name == "options" else fact for name, fact in told.items()}


def reshape(place: Place, told: Reshape) -> None:
    """Makes an org different while a story goes on."""
    furnish(place, told)
    for kind, names in told.removed.items():
        for name in names:
            if place.module(kind).fields.pop(name, None) is None:
                raise _slip(f"{place.org.product} has no field {name} in {place.module(kind).api_name}")
    for kind, renamed in told.renamed.items():
        _rename(place, kind, renamed)
    place.org.changed_shape()


def _rename(place: Place, kind: str, names: Mapping[str, str]) -> None:
    """Gives fields other API names; records keep what they hold in them, and are not touched by it."""
    module = place.module(kind)
    for old, new in names.items():
        if old not in module.fields:
            raise _slip(f"{place.org.product} has no field {old} in {module.api_name}")
        module.fields[new] = replace(module.fields.pop(old), api_name=new)
        for row in place.org.tables[module.api_name].rows.values():
            if old in row.values:
                row.values[new] = row.values.pop(old)


def _show(org: Org, views: list[ViewDef], told: ViewTold) -> None:
    """A new list view, or what one of that name shows from now on."""
    for number, known in enumerate(views):
        if known.name == told.name:
            views[number] = replace(_view(org, told), id=known.id)
            return
    views.append(_view(org, told))


def _view(org: Org, view: ViewTold) -> ViewDef:
    leaves: list[dict[str, object]] = [
        {"comparator": "equal", "field": {"api_name": name}, "value": value} for name, value in view.where.items()
    ]
    criteria: dict[str, object] = leaves[0] if len(leaves) == 1 else {"group_operator": "AND", "group": leaves}
    return ViewDef(name=view.name, id=org.ids.setting(), criteria=criteria, fields=tuple(view.where))


def populate(place: Place, samples: Mapping[str, list[Sample]], *, starts: datetime) -> None:
    """Puts the records a story begins with into an org; ids first, so that records may point to later ones."""
    ids: dict[str, list[str]] = {}
    for kind, told in samples.items():
        ids[kind] = [place.org.ids.record() for _ in told]
        labels = [place.label_of(kind, sample.values) for sample in told]
        place.made[kind] = dict(zip(labels, ids[kind], strict=True))
    for kind, told in samples.items():
        for row_id, sample in zip(ids[kind], told, strict=True):
            values, joined = apart(place, kind, sample.values)
            made, edited = sample.made, sample.edited or Stamp(at=sample.made.at, by=sample.made.by)
            begun = _epoch(made.at or starts - _BEFORE)
            place.org.seed(
                place.module(kind).api_name,
                [{"Owner": place.org.admin_id, **place.stored(kind, values)}],
                ids=[row_id],
                created=begun,
                modified=max(begun, _epoch(edited.at)) if edited.at else begun,
                created_by=place.user(made.by),
                modified_by=place.user(edited.by),
            )
            join(place, kind, row_id, joined={one: place.records(one, labels) for one, labels in joined.items()})
    place.made.clear()


def shown(place: Place) -> dict[str, list[dict[str, Cell]]]:
    """Everything in an org as a scenario would tell it: kind -> records, oldest first, blanks left out."""
    return {
        spec.kind: [_told(place, spec.kind, row) for row in _rows(place, spec.kind)]
        for spec in BIGIN_CRM.kinds
        if _rows(place, spec.kind)
    }


def _rows(place: Place, kind: str) -> list[Row]:
    return sorted(place.org.tables[place.module(kind).api_name].rows.values(), key=lambda row: int(row.id))


def _told(place: Place, kind: str, row: Row) -> dict[str, Cell]:
    told = dict(_spoken(place, kind, row, known) for known in place.module(kind).fields.values() if known.writable)
    told |= dict(told_joined(place, kind, row.id))
    return {name: value for name, value in told.items() if value not in (None, "", False, [])}


def _spoken(place: Place, kind: str, row: Row, known: FieldDef) -> tuple[str, Cell]:
    """How a field of a record is told: its name and its value."""
    value = row.values.get(known.api_name)
    if known.data_type in PERSON_TYPES:
        return known.api_name, next((name for name, user_id in place.people.items() if user_id == value), None)
    if known.data_type != "lookup":
        return known.api_name, spoken(known, row.values)
    way = way_of(place.ways(kind), known, row)
    if value is None or way is None:
        return known.api_name, None if value is None else _pointed_label(place, known, str(value))
    target = place.org.live(way.module, value)
    return way.name, None if target is None else place.label(way.kind, target)


def _pointed_label(place: Place, known: FieldDef, row_id: str) -> str | None:
    """What a lookup shows: nothing once its record was deleted, as in the product."""
    kind = next((spec.kind for spec in BIGIN_CRM.kinds if spec.on(place.side).module == known.lookup), None)
    row = place.org.live(known.lookup or "", row_id)
    if row is None:
        return None
    return row_id if kind is None else place.label(kind, row)


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def _slip(what: str) -> UnreadableFile:
    return UnreadableFile(f"The scenario does not fit: {what}.", hint="How scenarios are written: fixtures/README.md")
