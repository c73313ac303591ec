"""Finds the column a query names: a field of the module, or one of a record or user that a lookup leads to."""

from collections.abc import Callable
from dataclasses import dataclass

from bigin_sync.emulator.cells import Cell, Family, Reader, family, reader
from bigin_sync.emulator.metadata import PERSON_TYPES, FieldDef
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.users import User

_ID = FieldDef(api_name="id", label="Id", data_type="bigint", read_only=True)
_USER_FACTS: dict[str, Callable[[User], str]] = {
    "id": lambda user: user.id,
    "email": lambda user: user.email,
    "first_name": lambda user: user.first_name,
    "last_name": lambda user: user.last_name,
    "full_name": lambda user: user.full_name,
    "status": lambda user: user.status,
}


class NoSuchColumn(Exception):
    """The path names no field."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A column found: the field at the end of the path, the lookups on the way, and how to read it off a row."""

    field: FieldDef
    read: Reader
    target: Callable[[Row], Row | User | None]
    """The row, or the user, that the last name of the path is read from."""
    module: str | None
    """The module of that row; `None` for a user."""
    joins: tuple[tuple[str, ...], ...] = ()
    through: tuple[str, ...] = ()
    """The modules of the records that the lookups on the way lead to."""

    @property
    def family(self) -> Family:
        """How its values are compared."""
        return family(self.field)


def bind(org: Org, module: str, path: tuple[str, ...], *, into: str | None = None) -> Bound:
    """The column at the end of a path; `into` is the module the first lookup is read as, where it may lead to many.

    Raises `NoSuchColumn`.
    """
    if len(path) == 1:
        field = field_named(org, module, path[0])
        return Bound(field, reader(org, module, field), lambda row: row, module)
    first = field_named(org, module, path[0])
    if first.data_type in PERSON_TYPES:
        return _of_user(org, path, read_id=reader(org, module, first))
    destination = into or first.lookup
    if destination is None or destination not in org.modules:
        raise NoSuchColumn(".".join(path))
    rest = bind(org, destination, path[1:])
    follow = _following(org, first, destination)
    return Bound(
        rest.field,
        lambda row: None if (met := follow(row)) is None else rest.read(met),
        lambda row: None if (met := follow(row)) is None else rest.target(met),
        rest.module,
        ((path[0],), *((path[0], *join) for join in rest.joins)),
        (destination, *rest.through),
    )


def field_named(org: Org, module: str, api_name: str) -> FieldDef:
    """The field of that api_name, `id` included, if metadata lists it; names are case-sensitive.

    Raises `NoSuchColumn`.
    """
    found = org.modules[module].fields.get(api_name)
    if found is not None and found.visible and found.listed and not found.write_only:
        return found
    if api_name == "id":
        return _ID
    raise NoSuchColumn(api_name)


def _following(org: Org, lookup: FieldDef, destination: str) -> Callable[[Row], Row | None]:
    name, table = lookup.api_name, org.tables[destination]

    def follow(row: Row) -> Row | None:
        value = row.values.get(name)
        return None if value is None else table.get(str(value))

    return follow


def _of_user(org: Org, path: tuple[str, ...], *, read_id: Reader) -> Bound:
    fact = _USER_FACTS.get(path[1])
    if fact is None or len(path) > len(("Owner", "email")):
        raise NoSuchColumn(".".join(path))
    field = FieldDef(api_name=path[1], label=path[1], data_type="bigint" if path[1] == "id" else "text")

    def person(row: Row) -> User | None:
        found = read_id(row)
        return None if found is None else org.users.get(str(found))

    def read(row: Row) -> Cell:
        met = person(row)
        if met is None:
            return None
        return int(met.id) if path[1] == "id" else fact(met).casefold()

    return Bound(field, read, person, None, ((path[0],),))


def fact_of(user: User, name: str) -> str:
    """What a column like `Owner.email` shows."""
    return _USER_FACTS[name](user)
