"""What a scenario tells of records: their values, who made them, which one is meant.

The shapes here are those of the file, so keys have the names a reader of the file sees. Names of fields may be written
with spaces (`First Name`) or as the API has them (`First_Name`); inside they are always the API's.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bigin_sync.replay.words import PLURALS, SINGULARS, api_name

Label = Literal["bigin", "crm"]
Scalar: TypeAlias = str | bool | int | float | None
Cell: TypeAlias = Scalar | list[str]


class Told(BaseModel):
    """Every part of a scenario: nothing beyond the known keys, nothing changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _field(given: object) -> object:
    return api_name(given) if isinstance(given, str) else given


def _fields(given: object) -> object:
    if not isinstance(given, Mapping):
        return given
    return {api_name(str(key)): _plain(value) for key, value in given.items()}


def _plain(value: object) -> object:
    """A day as the text that stands in the file; YAML takes it for something of its own."""
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


FieldName = Annotated[str, BeforeValidator(_field)]

Values = Annotated[dict[str, Cell], BeforeValidator(_fields)]
"""API name -> value as a person writes it: lookups by the label of the record, people by their name."""


def _moment(given: object) -> object:
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            raise ValueError(f"a moment is written like 2026-03-01 17:30 (in UTC), not {given!r}") from None
    if isinstance(given, datetime) and given.tzinfo is None:
        return given.replace(tzinfo=UTC)
    return given


Moment = Annotated[datetime, BeforeValidator(_moment)]


class Stamp(Told):
    """Who did something, and when. Written `2026-03-01 17:30 by Ana`, or `by Ana`, or only the moment."""

    at: Moment | None = None
    by: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: object) -> object:
        if isinstance(given, datetime):
            return {"at": given}
        if not isinstance(given, str):
            return given
        moment, found, who = f" {given.strip()}".partition(" by ")
        return {"at": moment.strip() or None, "by": who.strip() if found else None}


class Sample(Told):
    """One record: who made it and who edited it last (`made`, `edited`), and the values of its fields."""

    made: Stamp = Stamp()
    edited: Stamp | None = None
    values: Values = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            return given
        told: dict[str, Any] = {key: given[key] for key in ("made", "edited") if key in given}
        return {**told, "values": {key: value for key, value in given.items() if key not in told}}


def by_kind(given: object) -> object:
    """A mapping headed by plurals (`contacts:`) as one keyed by kind."""
    if not isinstance(given, Mapping):
        return given
    for key in given:
        if key not in SINGULARS:
            raise ValueError(f"{key!r} is no kind of record; the kinds are {', '.join(SINGULARS)}")
    return {SINGULARS[key]: told if told is not None else [] for key, told in given.items()}


Samples = Annotated[dict[str, list[Sample]], BeforeValidator(by_kind)]


class Records(Told):
    """The records of both orgs. What stands under `both` exists on either side."""

    both: Samples = Field(default_factory=dict)
    bigin: Samples = Field(default_factory=dict)
    crm: Samples = Field(default_factory=dict)

    def on(self, label: str) -> dict[str, list[Sample]]:
        """The records of one side, kind by kind, those under `both` first."""
        own: dict[str, list[Sample]] = getattr(self, label)
        return {kind: [*self.both.get(kind, ()), *own.get(kind, ())] for kind in {**self.both, **own}}


def naming(given: object) -> object:
    """Takes `contact: X` out of a mapping and puts `kind` and `it` in its place; refuses none, and more than one."""
    if not isinstance(given, Mapping) or "kind" in given:
        return given
    named = [key for key in given if key in PLURALS]
    if len(named) != 1:
        raise ValueError(f"it must say which record is meant, exactly once: {', '.join(PLURALS)}")
    rest = {str(key): told for key, told in given.items() if key != named[0]}
    return {**rest, "kind": named[0], "it": given[named[0]]}


class Named(Told):
    """Something about one record, which is named by what people call it: `contact: Ida Lindqvist`, or by its e-mail."""

    kind: str
    it: str

    _naming = model_validator(mode="before")(naming)
