"""The sync key: what a record that the sync has made says of itself, namely which record it is the copy of.

It stands in a custom text field of one line, made for it, in which no two records of a module may hold the same. So a
record can be made once and not twice, whatever became of the answer, and is known again without anybody's memory: the
key follows from the record that was copied, and from nothing else.

Zoho CRM v8 "Create Custom Field", "External ID": a field is `unique`, or an `external` one of type `org`, which comes
to the same; Bigin v2 shows unique fields likewise. Both products compare texts whatever their case.
"""

import re
from collections.abc import Mapping

from bigin_sync.pairing.catalog import FieldType, Pairing
from bigin_sync.pairing.fields import FieldMeta

LENGTH = 100
"""Characters of a field that is made for keys."""

NEEDED = 60
"""Characters the longest key takes: the product's name and two ids of at most 19 digits, with something to spare."""

_SHAPE = re.compile(r"[a-z]+:[0-9]+:[0-9]+")
_WHOLE_ORG = "org"


def origin(label: str, org_id: str) -> str:
    """Where a record comes from: what the keys of all copies of an org's records begin with."""
    return f"{label}:{org_id}"


def key_of(origin: str, record_id: str) -> str:
    """The key of the copy of a record; the same one every time."""
    return f"{origin}:{record_id}"


def named_by(key: str, origin: str) -> str | None:
    """The id of the record that a key names; None if that is no record of this origin."""
    start, _, record_id = key.rpartition(":")
    return record_id if start == origin and record_id else None


def org_of(text: object, label: str) -> str | None:
    """The id of the org that what stands in a field for keys names, if that is a key, and the org of this product."""
    key = read_key(text)
    product, org_id, _ = key.split(":") if key is not None else ("", "", "")
    return org_id if product == label else None


def read_key(raw: object) -> str | None:
    """The key that a side answered; None for a blank, and for what somebody else has written into the field."""
    text = raw.strip().lower() if isinstance(raw, str) else ""
    return text if _SHAPE.fullmatch(text) else None


def key_field(pairing: Pairing, metas: Mapping[str, FieldMeta]) -> FieldMeta | None:
    """The field of a module that is meant for keys, whether or not it can hold them; None if there is none."""
    return next((meta for meta in metas.values() if pairing.keeps_keys(meta.api_name, meta.label)), None)


def unfit(meta: FieldMeta) -> str | None:
    """Why a field that is meant for keys can't hold them; None if it can."""
    if meta.type is not FieldType.TEXT or not meta.custom:
        return f"it is no custom field of one line (its type is {meta.data_type})"
    if not meta.unique and meta.external != _WHOLE_ORG:
        return "it allows the same value twice"
    if not meta.creatable:
        return "a new record can't be given a value in it"
    if meta.length is not None and meta.length < NEEDED:
        return f"it holds {meta.length} characters, and {NEEDED} are needed"
    return None
