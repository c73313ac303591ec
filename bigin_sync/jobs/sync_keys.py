"""Sync keys: which fields of both orgs can hold the keys of a kind, as the orgs were when they were last asked."""

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


def key_fields(
    session: Session, iid: int, *, pairing: Pairing, spec: KindSpec, mapping: FieldMapping, fields: Metas
) -> dict[Side, str]:
    """Side -> API name of the field that holds the keys of a kind; a side without one that can be used has none."""
    found: dict[Side, str] = {}
    for side in BOTH:
        name = sync_key.usable(pairing, spec, fields[side])
        untold = orgs.metadata(session, iid, side=side, module=spec.on(side).module, what=UNTOLD) or ()
        if name is not None and name not in untold and leaves_room(spec, mapping, side):
            found[side] = name
    return found


def leaves_room(spec: KindSpec, mapping: FieldMapping, side: Side) -> bool:
    """Whether a key can be read together with the fields of a mapping."""
    return len(RecordReader(spec, mapping, side=side).fields) <= MOST_READ
