"""Sync keys: which fields of both orgs can hold the keys of a kind, as the orgs were when they were last asked."""

from dataclasses import dataclass

from bigin_sync.jobs.drift import UNTOLD
from bigin_sync.jobs.kinds import Metas
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing import sync_key
from bigin_sync.pairing.catalog import KindSpec, Pairing
from bigin_sync.pairing.convert import RecordReader
from bigin_sync.pairing.mapping import Mapping as FieldMapping
from bigin_sync.store import orgs
from bigin_sync.store.db import Session

MOST_READ = 50
"""Fields that one call tells of a record beside its id (Bigin v2 and Zoho CRM v8: lists and queries alike)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the records of a kind can have keys in an org.

    field: API name of the field that holds them; None: they have none. unfit: why a field that is meant for them can't.
    """

    field: str | None = None
    unfit: str | None = None


def key_fields(
    session: Session, iid: int, *, pairing: Pairing, spec: KindSpec, mapping: FieldMapping, fields: Metas
) -> dict[Side, str]:
    """Side -> API name of the field that holds the keys of a kind; a side without one that can be used has none."""
    found: dict[Side, str] = {}
    for side in BOTH:
        name = standing(session, iid, side, pairing=pairing, spec=spec, mapping=mapping, fields=fields).field
        if name is not None:
            found[side] = name
    return found


def standing(
    session: Session, iid: int, side: Side, *, pairing: Pairing, spec: KindSpec, mapping: FieldMapping, fields: Metas
) -> Standing:
    """How it stands with the keys of a kind in one org."""
    meta = sync_key.key_field(pairing, fields[side]) if spec.keyed else None
    if meta is None:
        return Standing()
    untold = orgs.metadata(session, iid, side=side, module=spec.on(side).module, what=UNTOLD) or ()
    unfit = sync_key.unfit(meta)
    if unfit is None and meta.api_name in untold:
        unfit = "it is hidden from the connected user"
    if unfit is None and len(RecordReader(spec, mapping, side=side).fields) > MOST_READ:
        unfit = f"with the mapped fields it would be more than the {MOST_READ} that one call tells"
    return Standing(unfit=unfit) if unfit is not None else Standing(field=meta.api_name)
