"""Rows that real orgs answered are read, and written back, without a change."""

import json
from pathlib import Path
from typing import Any

import pytest

from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import COMPANY_SPEC, CONTACT_SPEC
from bigin_sync.pairing.catalog import KindSpec
from bigin_sync.pairing.convert import RecordReader, RecordWriter
from bigin_sync.pairing.mapping import Mapping
from bigin_sync.pairing.match_keys import keys

RECORDINGS = Path(__file__).parents[4] / "shared" / "recordings"


def rows(name: str) -> list[dict[str, Any]]:
    path = RECORDINGS / f"{name}.json"
    if not path.exists():
        pytest.skip("the recorded answers are not on this machine")
    exchanges = json.loads(path.read_text(encoding="utf-8"))["exchanges"]
    return [row for each in exchanges for row in each["response"]["data"]]


@pytest.mark.parametrize(
    ("name", "spec", "side"),
    [
        ("bigin-v2/contacts", CONTACT_SPEC, Side.LEFT),
        ("bigin-v2/search-contacts", CONTACT_SPEC, Side.LEFT),
        ("bigin-v2/accounts", COMPANY_SPEC, Side.LEFT),
        ("crm-v2/contacts", CONTACT_SPEC, Side.RIGHT),
        ("crm-v2/accounts", COMPANY_SPEC, Side.RIGHT),
    ],
)
def test_a_recorded_row_survives_being_read_and_written(name: str, spec: KindSpec, side: Side) -> None:
    mapping = Mapping(spec.kind, spec.fields)
    reader, writer = RecordReader(spec, mapping, side=side), RecordWriter(spec, mapping, side=side)
    for row in rows(name):
        record = reader.read(row)
        assert reader.read({**row, **writer.write(record.values)}) == record
        assert record.label != record.ref.id
        assert record.modified_by is not None
        assert all(rank in {1, 2} for rank, _ in keys(spec, record.values, region="US"))
