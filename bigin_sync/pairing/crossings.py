"""Crossings: the three ways in which a value crosses, and the rules of plain values.

A value crosses as a value of the other side (`Carried`), as a pointer to a record whose counterpart is not known yet
(`Pointer`), or not at all for now (`LeftOut`).
"""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TypeAlias

from bigin_sync.model.frozen import dataclass
from bigin_sync.model.outcome import Cause
from bigin_sync.model.record import Ref
from bigin_sync.model.values import Value
from bigin_sync.pairing.catalog import FieldType
from bigin_sync.pairing.convert import plain_decimal
from bigin_sync.pairing.durations import in_minutes


@dataclass(frozen=True, slots=True)
class Carried:
    """The value to write. `note` says what was lost on the way (a text cut to fit, a number rounded), if anything."""

    value: Value
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Pointer:
    """The field must point to the counterpart of `ref`, a record of the source side that is not linked yet."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The field is not written now. With a `cause` the whole record can't be written until a person has settled it.

    kept: an edit that is left out is taken up again once the owners, the mapping or the fields of an org have changed.
    """

    reason: str
    cause: Cause | None = None
    kept: bool = False


Crossing: TypeAlias = Carried | Pointer | LeftOut

BLANK = Carried(None)
NOT_CUT = frozenset({FieldType.EMAIL, FieldType.WEBSITE})
"""Texts of which a part is not a worse copy but another address."""


def cut_to(text: str, limit: int) -> str:
    """The text, or as much of its beginning as fits; both products count as Java does, an emoji as two."""
    if len(text) * 2 <= limit or (len(text) <= limit and text.isascii()):
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= limit * 2:
        return text
    return units[: limit * 2].decode("utf-16-le", "ignore").rstrip()


def yes_no(value: Value) -> Crossing:
    """A box that was never ticked is not ticked: neither product shows a third state."""
    return Carried(False if value is None else value)


def to_the_minute(value: Value) -> Crossing:
    """A duration for a side that counts minutes."""
    whole = in_minutes(value)
    return Carried(whole, None if whole == value else f"rounded from {value} seconds")


def rounded(value: Value, *, places: int) -> Crossing:
    """A number to the decimal places the target has; what is no number is passed on for the target to judge."""
    try:
        number = Decimal(value) if isinstance(value, str) else None
        rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if number is not None else None
    except InvalidOperation:
        return Carried(value)
    if rounded is None or rounded == number:
        return Carried(value)
    return Carried(plain_decimal(rounded), f"rounded from {value}")


def fitted(value: Value, *, limit: int, held: FieldType) -> Crossing:
    """A text, cut where it is too long for the target."""
    if not isinstance(value, str) or len(value) * 2 <= limit:
        return Carried(value)
    fitting = cut_to(value, limit)
    if fitting == value:
        return Carried(value)
    if held in NOT_CUT:
        return LeftOut(f"longer than the {limit} characters the other side holds", kept=True)
    return Carried(fitting, f"cut to {limit} characters")
