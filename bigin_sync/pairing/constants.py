"""Constants: what every new record of one side gets in a field that the other side has no counterpart for.

A field may be mandatory in one org and unknown to the other. A constant fills it when a record is made there; it is
never read, and never written again.
"""

from dataclasses import dataclass

from bigin_sync.model.side import Side
from bigin_sync.model.values import Value
from bigin_sync.pairing.catalog import FieldType, Pairing
from bigin_sync.pairing.fields import FieldMeta, unmappable

_NOT_CONSTANT = frozenset({FieldType.LOOKUP, FieldType.OWNER, FieldType.STAGE})


@dataclass(frozen=True, slots=True)
class Constant:
    """A canonical value for a field of one side, by its API name."""

    side: Side
    api: str
    type: FieldType
    value: Value


def constant_of(pairing: Pairing, meta: FieldMeta, *, side: Side, value: Value) -> Constant | str:
    """The constant of a field, or why it can have none."""
    if reason := unmappable(pairing, meta, side=side):
        return reason
    if meta.type is None or meta.type in _NOT_CONSTANT:
        return "it points to a record or a user, which is not the same for all"
    if not meta.creatable:
        return f"{pairing.title(side)} does not let it be set on a new record"
    stored = {option.stored for option in meta.options}
    wanted = value if isinstance(value, list) else [value]
    if stored and not stored.issuperset(str(each) for each in wanted):
        return f"{pairing.title(side)} offers {', '.join(sorted(stored))}"
    plain = sorted(value) if isinstance(value, list) else value
    return Constant(side, meta.api_name, meta.type, plain)
