"""What an activity or note belongs to, told alike for both products: `Contact:`, `Company:`, `Deal:` and a label.

Each product, and each org of it, has its own way of saying it on the wire.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bigin_sync.emulator.metadata import FieldDef, ModuleDef
from bigin_sync.emulator.table import Row
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.pairing.catalog import FieldPair, KindSpec


@dataclass(frozen=True, slots=True)
class Way:
    """How one org says that a record belongs to a record of a kind. key, word: what stands beside the lookup."""

    name: str
    kind: str
    api: str
    module: str
    key: str | None
    word: str | None


def ways(spec: KindSpec, module: ModuleDef, side: Side) -> Iterator[Way]:
    """The ways of this org's module for a kind that belongs to others; of several for one name the usual one first."""
    known = {each.kind for each in BIGIN_CRM.kinds}
    for pair in spec.fields if spec.needs_parent else ():
        if pair.to in known and pair.api(side) in module.fields:
            yield _way(pair, side)


def _way(pair: FieldPair, side: Side) -> Way:
    when = pair.when(side)
    kind = str(pair.to)
    return Way(
        name=pair.name,
        kind=kind,
        api=pair.api(side),
        module=BIGIN_CRM.kind(kind).on(side).module,
        key=None if when is None else when.key,
        word=None if when is None else when.writes,
    )


def way_of(found: Iterable[Way], field: FieldDef, row: Row) -> Way | None:
    """The way by which a filled lookup of a record was meant; None if it is none of these."""
    for way in found:
        if way.api == field.api_name and (way.key is None or row.values.get("$se_module") == way.module):
            return way
    return None
