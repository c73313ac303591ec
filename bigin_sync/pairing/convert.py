"""Conversion: what a side writes on the wire <-> the canonical value, field type by field type.

Reading is tolerant, since both products (and their generations) write the same thing in several ways: lookups as
object or bare id, big numbers as text, times in any offset, blank texts as `""`. A value that is not understood is
passed on as the text it is; it is never read as blank, because a blank would be carried to the other side.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, TypeAlias

from bigin_sync.errors import Bug
from bigin_sync.model.record import Record, Ref
from bigin_sync.model.side import Side
from bigin_sync.model.values import Value, Values
from bigin_sync.pairing.catalog import FieldPair, FieldType, KindSpec, When
from bigin_sync.pairing.durations import read_duration, write_clock, write_minutes
from bigin_sync.pairing.fields import NO_CHOICE
from bigin_sync.pairing.mapping import Mapping as FieldMapping
from bigin_sync.pairing.places import elsewhere
from bigin_sync.pairing.stages import joined, parted
from bigin_sync.pairing.sync_key import read_key

AUDIT = ("id", "Created_Time", "Created_By", "Modified_Time", "Modified_By")
"""What both products answer about every record beside its fields."""

LONGEST_NUMBER = 60
"""Digits a number may have before it is taken for a mistake; both products stop at 19."""

Row: TypeAlias = Mapping[str, Any]
Read: TypeAlias = Callable[[object], Value]
Write: TypeAlias = Callable[[Value], object]


def _text(raw: object) -> Value:
    if raw is None or raw == "":
        return None
    if not isinstance(raw, str):
        return _odd_text(raw)
    return raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw


def _odd_text(raw: object) -> Value:
    """A field that was answered as something else than what it holds: a number for a text, an object, a list."""
    if isinstance(raw, dict):
        return _text(raw.get("name"))
    if isinstance(raw, list):
        return _text(", ".join(text for text in map(_text, raw) if isinstance(text, str)))
    return str(raw)


def _choice(raw: object) -> Value:
    return None if raw == NO_CHOICE else _text(raw)


def _stage(raw: object, pipeline: object) -> Value:
    stage, where = _choice(raw), _choice(pipeline)
    return joined(where if isinstance(where, str) else None, stage) if isinstance(stage, str) else None


def _stage_out(api: str, beside: str, value: str) -> dict[str, Any]:
    """Both wire fields of a stage; a stage without its pipeline leaves the pipeline as it is."""
    pipeline, stage = parted(value)
    return {api: stage} if pipeline is None else {beside: pipeline, api: stage}


def _choices(raw: object) -> Value:
    if raw is None or raw == "":
        return None
    parts = raw if isinstance(raw, list) else str(raw).split(";")
    chosen = {choice for choice in map(_choice, parts) if isinstance(choice, str)}
    return sorted(chosen) or None


def plain_decimal(number: Decimal) -> str:
    """A finite number in canonical form: plain digits, no exponent, no trailing zeros, no negative zero."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _number(raw: object) -> Value:
    if raw is None or raw == "":
        return None
    if not isinstance(raw, int | float | str | Decimal):
        raw = _odd_text(raw) or ""
    try:
        number = Decimal(repr(raw) if isinstance(raw, float) else str(raw).strip())
    except InvalidOperation:
        return _text(raw)
    if not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER:
        return str(raw)
    return plain_decimal(number)


def _yes_no(raw: object) -> Value:
    if isinstance(raw, bool) or raw is None:
        return raw
    words: dict[str, bool | None] = {"true": True, "1": True, "false": False, "0": False, "": None}
    text = str(raw).strip()
    return words.get(text.lower(), text)


def _day(raw: object) -> Value:
    if raw is None or raw == "":
        return None
    text = str(raw)
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return text


def moment(raw: str) -> datetime:
    """The aware UTC time, in whole seconds, of a time as either product writes it; without an offset it is UTC.

    Raises ValueError when it is no time, OverflowError when it lies outside the years 1 to 9999.
    """
    parsed = datetime.fromisoformat(raw)
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=UTC)
    return parsed.astimezone(UTC).replace(microsecond=0)


def _time(raw: object) -> Value:
    if raw is None or raw == "":
        return None
    text = str(raw)
    try:
        return moment(text).isoformat()[:19] + "Z"
    except (ValueError, OverflowError):
        return text


def _id(raw: object) -> str | None:
    if isinstance(raw, dict):
        raw = raw.get("id")
    return str(raw) if raw else None


def _as_is(value: Value) -> object:
    return value


def _number_out(value: Value) -> object:
    """A JSON number; a text where a JSON number would lose digits (both products then judge it themselves)."""
    if not isinstance(value, str):
        return value
    try:
        return int(value)
    except ValueError:
        pass
    try:
        near = float(value)
        return near if Decimal(repr(near)) == Decimal(value) else value
    except (ValueError, InvalidOperation):
        return value


def _time_out(value: Value) -> object:
    """Both products take any numeric offset, but are never seen to write `Z` (Bigin v2, Zoho CRM v8: conventions)."""
    return f"{value[:-1]}+00:00" if isinstance(value, str) and value.endswith("Z") else value


def _id_out(value: Value) -> object:
    """Always as an object: Bigin takes a bare unknown text for a name, and makes a company of it."""
    return None if value is None else {"id": value}


_READERS: Mapping[FieldType, Read] = MappingProxyType(
    {
        FieldType.TEXT: _text,
        FieldType.TEXTAREA: _text,
        FieldType.EMAIL: _text,
        FieldType.PHONE: _text,
        FieldType.WEBSITE: _text,
        FieldType.INTEGER: _number,
        FieldType.NUMBER: _number,
        FieldType.MONEY: _number,
        FieldType.BOOLEAN: _yes_no,
        FieldType.DATE: _day,
        FieldType.DATETIME: _time,
        FieldType.PICKLIST: _choice,
        FieldType.MULTIPICKLIST: _choices,
        FieldType.STAGE: _choice,
        FieldType.DURATION: read_duration,
        FieldType.LOOKUP: _id,
        FieldType.OWNER: _id,
    }
)

_WRITERS: Mapping[FieldType, Write] = MappingProxyType(
    {
        FieldType.INTEGER: _number_out,
        FieldType.NUMBER: _number_out,
        FieldType.MONEY: _number_out,
        FieldType.DATETIME: _time_out,
        FieldType.DURATION: write_clock,
        FieldType.LOOKUP: _id_out,
        FieldType.OWNER: _id_out,
    }
)


def to_canonical(pair: FieldPair, raw: object) -> Value:
    """The canonical value of what a side answered for a field; never fails."""
    return _READERS[pair.type](raw)


def to_wire(pair: FieldPair, value: Value) -> object:
    """What to send to a side for a canonical value of that side; blank is always `null`."""
    return _WRITERS.get(pair.type, _as_is)(value)


def _module_inside(raw: object) -> object:
    """The module of a shared lookup where newer generations tell it: inside the lookup."""
    inside = raw.get("module") if isinstance(raw, dict) else None
    return inside.get("api_name") if isinstance(inside, dict) else None


def _points(when: When, row: Row, api: str) -> bool:
    """Whether the shared lookup of a row holds what this condition stands for."""
    return (row.get(when.key) or _module_inside(row.get(api))) in when.reads


def _whole_days(spec: KindSpec, mapping: FieldMapping, side: Side) -> "tuple[str, list[tuple[str, str, str]]] | None":
    """The box that makes an event one of whole days, and name, API name and time of day of its two ends."""
    days = spec.whole_days
    ends = {days.starts: "00:00:00", days.ends: "23:59:59"} if days is not None else {}
    if days is None or mapping.pair(days.box) is None:
        return None
    return days.box, [(p.name, p.api(side), ends[p.name]) for p in mapping.pairs if p.name in ends]


def _whole_day(raw: object, clock: str) -> Value:
    """The day as it is written, in whatever offset: both products tell whole days in none (seen: always `+00:00`)."""
    try:
        return f"{date.fromisoformat(str(raw)[:10]).isoformat()}T{clock}Z"
    except ValueError:
        return _time(raw)


class RecordReader:
    """Reads the rows of one kind and side as records. Build it once, use it for every row, from any thread.

    fields: the API names to ask for, audit fields included. key: the API name of the field that holds sync keys.
    """

    def __init__(self, spec: KindSpec, mapping: FieldMapping, *, side: Side, key: str | None = None) -> None:
        self._side = side
        self._key = key
        self._kind = spec.kind
        self._label = spec.label
        plain = [p for p in mapping.pairs if p.when(side) is None and p.beside(side) is None]
        self._always = [(p.name, p.api(side), _READERS[p.type]) for p in plain]
        composed = [(p, p.beside(side)) for p in mapping.pairs]
        self._joined = [(p.name, p.api(side), beside) for p, beside in composed if beside is not None]
        shared = [(pair, pair.when(side)) for pair in mapping.pairs]
        self._sometimes = [(p.name, p.api(side), _READERS[p.type], when) for p, when in shared if when is not None]
        keys = [when.key for _, when in shared if when is not None]
        self._elsewhere = list(elsewhere(spec, mapping, side=side))
        self._days = _whole_days(spec, mapping, side)
        mapped = [name for pair in mapping.pairs for name in pair.wire_names(side)] + ([] if key is None else [key])
        self._mapped = frozenset(mapped)
        self.fields: tuple[str, ...] = tuple(dict.fromkeys([*AUDIT, *mapped, *keys]))

    def untold(self, row: Row) -> frozenset[str]:
        """The API names of mapped fields that a row does not have; normally none."""
        return frozenset() if self._mapped <= row.keys() else self._mapped - row.keys()

    def read(self, row: Row) -> Record:
        """The record that a row shows. The row must carry its id and Modified_Time, as every answer does.

        A field that the row does not have is left out of the values: it is not blank, it was not told.
        """
        get = row.get
        values: dict[str, Value] = {name: read(row[api]) for name, api, read in self._always if api in row}
        for name, api, beside in self._joined:
            if api in row and beside in row:
                values[name] = _stage(row[api], row[beside])
        for name, api, read, when in self._sometimes:
            if api in row and (row[api] is None or when.key in row or _module_inside(row[api]) is not None):
                values[name] = read(row[api]) if _points(when, row, api) else None
        for name, api, when in self._elsewhere:
            if values.get(name) is None and _points(when, row, api):
                values[name] = _id(row.get(api))
        if self._days and values.get(self._days[0]) is True:
            values |= {name: _whole_day(row[api], clock) for name, api, clock in self._days[1] if api in row}
        modified = get("Modified_Time")
        record_id = _id(get("id"))
        if record_id is None or not modified:
            raise Bug(f"A {self._kind} row came without id or Modified_Time: {sorted(row)}")
        created = get("Created_Time")
        return Record(
            ref=Ref(self._side, self._kind, record_id),
            values=values,
            label=self._label(values) or record_id,
            modified_at=moment(modified),
            modified_by=_id(get("Modified_By")),
            created_at=moment(created) if created else None,
            created_by=_id(get("Created_By")),
            key=None if self._key is None else read_key(get(self._key)),
        )


class RecordWriter:
    """Writes canonical values of one kind and side as the JSON object of the wire. Build it once, use it for all."""

    def __init__(self, spec: KindSpec, mapping: FieldMapping, *, side: Side) -> None:
        self._kind = spec.kind
        self._side = side
        self._at_birth = spec.at_birth
        writers = dict(_WRITERS) | ({FieldType.DURATION: write_minutes} if side in spec.whole_minutes else {})
        self._plan: dict[str, tuple[str, Write, When | None]] = {
            pair.name: (pair.api(side), writers.get(pair.type, _as_is), pair.when(side)) for pair in mapping.pairs
        }
        self._constants = {
            each.api: _WRITERS.get(each.type, _as_is)(each.value) for each in mapping.constants if each.side is side
        }
        self._beside = {pair.name: beside for pair in mapping.pairs if (beside := pair.beside(side)) is not None}

    def begin(self, values: Values) -> dict[str, Any]:
        """The JSON object of a new record: these values, and what else the side must be told of it."""
        at_birth = {} if self._at_birth is None else self._at_birth(self._side, values)
        return {**self._constants, **self.write(values), **at_birth}

    def write(self, values: Values) -> dict[str, Any]:
        """API name -> wire value, for exactly the fields given (a shared field brings its key along)."""
        row: dict[str, Any] = {}
        for name, value in values.items():
            if name not in self._plan:
                raise Bug(f"The mapping of {self._kind} has no field {name!r}.")
            api, write, when = self._plan[name]
            if name in self._beside and isinstance(value, str):
                row.update(_stage_out(api, self._beside[name], value))
            elif when is None:
                row[api] = write(value)
            elif value is not None:
                module = {"module": {"api_name": when.writes}} if when.inside else {}
                row[api], row[when.key] = {"id": value, **module}, when.writes
            else:
                row.setdefault(api, None)
        return row
