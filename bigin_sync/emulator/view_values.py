"""What the value of a view's criterion means: plain values, and the tokens written `${…}`.

Tokens known from real orgs: `${EMPTY}`, `${NOTEMPTY}`, `${TODAY}`, `${AGEINDAYS}+n`, `${CATEGORY.Open}` and, for
people, `{"name": "${CURRENTUSER}"}`. Days are those of the user's own time zone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bigin_sync.emulator import wire
from bigin_sync.emulator.cells import Cell, Family, Reader, Unfit, family, literal, reader
from bigin_sync.emulator.metadata import PERSON_TYPES, FieldDef
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.users import User

_AGE = re.compile(r"\$\{AGEINDAYS\}([+-]\d+)")
_CATEGORY = re.compile(r"\$\{CATEGORY\.(\w+)\}")
_DAYS = {"${TODAY}": 0, "${YESTERDAY}": -1, "${TOMORROW}": 1}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Unusable(Exception):
    """A value the field cannot be compared with."""


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Who looks at a module's view, and where: what is "me" and what is "today" depends on it."""

    org: Org
    module: str
    user: User

    @property
    def today(self) -> date:
        """The day it is for this person."""
        return self.day_of(self.org.now())

    def day_of(self, epoch: int) -> date:
        """The day a moment falls on for this person."""
        return datetime.fromtimestamp(epoch, ZoneInfo(self.user.zone)).date()


@dataclass(frozen=True, slots=True)
class Empty:
    """The field is (`wanted`), or is not, empty."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class Values:
    """Values in the form cells have."""

    values: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Days(Values):
    """Days, with which the day of a time is compared."""


@dataclass(frozen=True, slots=True)
class Ages(Values):
    """Numbers of days, with which the age of a day or time is compared."""


@dataclass(frozen=True, slots=True)
class Names(Values):
    """Names, with which the name of the record or person a field refers to is compared."""


Operands: TypeAlias = Empty | Values


def operands(onlooker: Onlooker, field: FieldDef, value: object) -> Operands:
    """What a criterion compares its field with; raises `Unusable`."""
    if value in ("${EMPTY}", None):
        return Empty(wanted=True)
    if value == "${NOTEMPTY}":
        return Empty(wanted=False)
    given = value if isinstance(value, list) else [value]
    kind = family(field)
    try:
        if kind in (Family.DATE, Family.MOMENT):
            return _times(onlooker, field, given)
        if kind is Family.REFERENCE:
            return _references(field, given, me=onlooker.user)
        category = _CATEGORY.fullmatch(str(value))
        if category is not None:
            return Values(_of_category(onlooker, field, category.group(1)))
        if kind in (Family.CHOICE, Family.CHOICES):
            stored = {one.display.casefold(): one.actual.casefold() for one in field.options}
            return Values(tuple(stored.get(str(each).casefold(), str(each).casefold()) for each in given))
        return Values(tuple(literal(field, each) for each in given))
    except Unfit as error:
        raise Unusable(str(value)) from error


def comparable(onlooker: Onlooker, field: FieldDef, given: Values) -> Reader:
    """Reads the field in the form its operands have."""
    plain = reader(onlooker.org, onlooker.module, field)
    if isinstance(given, Names):
        return lambda row: _name(onlooker.org, field, row, number=plain(row))
    if not isinstance(given, Days | Ages):
        return plain
    today = onlooker.today

    def day(cell: Cell) -> date | None:
        if cell is None:
            return None
        return date.fromisoformat(cell) if isinstance(cell, str) else onlooker.day_of(int(str(cell)))

    if isinstance(given, Ages):
        return lambda row: None if (met := day(plain(row))) is None else (today - met).days
    return lambda row: None if (met := day(plain(row))) is None else met.isoformat()


def _times(onlooker: Onlooker, field: FieldDef, given: list[object]) -> Values:
    ages = [_AGE.fullmatch(str(each)) for each in given]
    if all(ages):
        return Ages(tuple(int(age.group(1)) for age in ages if age is not None))
    resolved = [_day(onlooker.today, each) for each in given]
    if all(map(_DATE.fullmatch, resolved)):
        return Days(tuple(resolved))
    return Values(tuple(literal(field, each) for each in resolved))


def _day(today: date, value: object) -> str:
    shift = _DAYS.get(str(value))
    return str(value) if shift is None else (today + timedelta(days=shift)).isoformat()


def _references(field: FieldDef, given: list[object], *, me: User) -> Values:
    """People and records by id; by name where a criterion holds nothing but a name."""
    numbers: list[Cell] = []
    for each in given:
        told = each if isinstance(each, Mapping) else {"id": each}
        if "${CURRENTUSER}" in (told.get("name"), told.get("id")):
            numbers.append(int(me.id))
        elif str(told.get("id")).isdigit():
            numbers.append(literal(field, told["id"]))
        else:
            return Names(tuple(_said(one).casefold() for one in given))
    return Values(tuple(numbers))


def _said(value: object) -> str:
    return str(value.get("name") if isinstance(value, Mapping) else value)


def _name(org: Org, field: FieldDef, row: Row, *, number: Cell) -> Cell:
    if number is None:
        return None
    if field.data_type in PERSON_TYPES:
        person = org.users.get(str(number))
        return None if person is None else person.full_name.casefold()
    target = str(row.values.get("$se_module") if field.lookup == "se_module" else field.lookup)
    shown = wire.reference(org, target, number)
    return None if shown is None else str(shown["name"]).casefold()


def _of_category(onlooker: Onlooker, field: FieldDef, category: str) -> tuple[Cell, ...]:
    """The stages, or states of a task, that count as open or closed."""
    stages = onlooker.org.modules[onlooker.module].stages if field.api_name == "Stage" else ()
    if stages:
        return tuple(stage.actual.casefold() for stage in stages if stage.category.split()[0] == category)
    finished = {"completed", "closed"}
    return tuple(
        one.actual.casefold() for one in field.options if (one.actual.casefold() in finished) is (category == "Closed")
    )
