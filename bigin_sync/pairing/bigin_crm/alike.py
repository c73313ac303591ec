"""Pairs of fields that have one name in both products, which most have: Bigin and Zoho CRM descend from one."""

from bigin_sync.model.kind import Kind
from bigin_sync.pairing.catalog import FieldPair, FieldType


def alike(*names: str, held: FieldType = FieldType.TEXT) -> tuple[FieldPair, ...]:
    """Pairs of fields that have the same API name in both products."""
    return tuple(FieldPair(name=name, left=name, right=name, type=held) for name in names)


def needed(name: str) -> FieldPair:
    """The pair of a text that a record cannot be created without."""
    return FieldPair(name=name, left=name, right=name, type=FieldType.TEXT, needed=True)


def points_to(kind: Kind, name: str) -> FieldPair:
    """The pair of a lookup that holds the id of a record of `kind`."""
    return FieldPair(name=name, left=name, right=name, type=FieldType.LOOKUP, to=kind)


def address(prefix: str, code: str) -> tuple[FieldPair, ...]:
    """The five parts of one address; `code` is what the products call its postal code there."""
    return alike(*(f"{prefix}_{part}" for part in ("Street", "City", "State", code, "Country")))


OWNER = alike("Owner", held=FieldType.OWNER)
