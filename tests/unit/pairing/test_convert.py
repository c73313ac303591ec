"""Conversion: every way a side writes a value, and back."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bigin_sync.errors import Bug
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import BOTH, Side
from bigin_sync.model.values import Value
from bigin_sync.pairing.bigin_crm import COMPANY, CONTACT, CONTACT_SPEC
from bigin_sync.pairing.catalog import FieldPair, FieldType, When
from bigin_sync.pairing.convert import AUDIT, RecordReader, RecordWriter, plain_decimal, to_canonical, to_wire
from bigin_sync.pairing.mapping import Mapping

ALL = Mapping(CONTACT, CONTACT_SPEC.fields)
TEXTS = (FieldType.TEXT, FieldType.TEXTAREA, FieldType.EMAIL, FieldType.PHONE, FieldType.WEBSITE)
NUMBERS = (FieldType.INTEGER, FieldType.NUMBER, FieldType.MONEY)


def pair(held: FieldType) -> FieldPair:
    return FieldPair(name="F", left="F", right="F", type=held, to=COMPANY if held is FieldType.LOOKUP else None)


@pytest.mark.parametrize(
    ("held", "raw", "value"),
    [
        (FieldType.TEXT, None, None),
        (FieldType.TEXT, "", None),
        (FieldType.TEXT, [], None),
        (FieldType.TEXT, "Ada", "Ada"),
        (FieldType.TEXT, " Ada ", " Ada "),
        (FieldType.TEXT, 7, "7"),
        (FieldType.TEXT, {"name": "North", "id": "1"}, "North"),
        (FieldType.TEXT, ["a", "", "b"], "a, b"),
        (FieldType.TEXTAREA, "a\r\nb\rc\nd", "a\nb\nc\nd"),
        (FieldType.INTEGER, 5, "5"),
        (FieldType.INTEGER, "1234567890123456789", "1234567890123456789"),
        (FieldType.INTEGER, 5.0, "5"),
        (FieldType.NUMBER, 0.1, "0.1"),
        (FieldType.NUMBER, "1E+3", "1000"),
        (FieldType.NUMBER, "0.50", "0.5"),
        (FieldType.NUMBER, Decimal("-0.00"), "0"),
        (FieldType.MONEY, 60000.0, "60000"),
        (FieldType.MONEY, "", None),
        (FieldType.MONEY, "about ten", "about ten"),
        (FieldType.MONEY, "NaN", "NaN"),
        (FieldType.MONEY, "1e999999999", "1e999999999"),
        (FieldType.BOOLEAN, True, True),
        (FieldType.BOOLEAN, "false", False),
        (FieldType.BOOLEAN, "TRUE", True),
        (FieldType.BOOLEAN, 1, True),
        (FieldType.BOOLEAN, None, None),
        (FieldType.BOOLEAN, "perhaps", "perhaps"),
        (FieldType.DATE, "2026-02-28", "2026-02-28"),
        (FieldType.DATE, "2026-02-28T10:00:00+01:00", "2026-02-28"),
        (FieldType.DATE, "", None),
        (FieldType.DATE, "28.2.2026", "28.2.2026"),
        (FieldType.DATETIME, "2026-03-04T00:30:00+01:00", "2026-03-03T23:30:00Z"),
        (FieldType.DATETIME, "2026-03-04T09:15:00-03:30", "2026-03-04T12:45:00Z"),
        (FieldType.DATETIME, "2026-03-04T09:15:00Z", "2026-03-04T09:15:00Z"),
        (FieldType.DATETIME, "2026-03-04T09:15:00.987+00:00", "2026-03-04T09:15:00Z"),
        (FieldType.DATETIME, "2026-03-04T09:15:00", "2026-03-04T09:15:00Z"),
        (FieldType.DATETIME, "soon", "soon"),
        (FieldType.DATETIME, "0001-01-01T00:00:00+05:00", "0001-01-01T00:00:00+05:00"),
        (FieldType.PICKLIST, "-None-", None),
        (FieldType.PICKLIST, "Web", "Web"),
        (FieldType.MULTIPICKLIST, ["b", "a", "b", "-None-"], ["a", "b"]),
        (FieldType.MULTIPICKLIST, "b;a", ["a", "b"]),
        (FieldType.MULTIPICKLIST, [], None),
        (FieldType.MULTIPICKLIST, None, None),
        (FieldType.LOOKUP, {"id": "77", "name": "Acme"}, "77"),
        (FieldType.LOOKUP, {"id": 77}, "77"),
        (FieldType.LOOKUP, "77", "77"),
        (FieldType.LOOKUP, 77, "77"),
        (FieldType.LOOKUP, {}, None),
        (FieldType.LOOKUP, "", None),
        (FieldType.OWNER, {"id": "5", "name": "Ana", "email": "ana@example.org"}, "5"),
        (FieldType.OWNER, None, None),
    ],
)
def test_every_way_of_writing_a_value_is_understood(held: FieldType, raw: object, value: Value) -> None:
    read = to_canonical(pair(held), raw)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("held", "value", "raw"),
    [
        (FieldType.TEXT, "Ada", "Ada"),
        (FieldType.TEXT, None, None),
        (FieldType.INTEGER, "1234567890123456789", 1234567890123456789),
        (FieldType.MONEY, "60000", 60000),
        (FieldType.MONEY, "0.5", 0.5),
        (FieldType.NUMBER, "0.12345678901234567891", "0.12345678901234567891"),
        (FieldType.MONEY, "about ten", "about ten"),
        (FieldType.BOOLEAN, False, False),
        (FieldType.DATE, "2026-02-28", "2026-02-28"),
        (FieldType.DATETIME, "2026-03-04T09:15:00Z", "2026-03-04T09:15:00+00:00"),
        (FieldType.MULTIPICKLIST, ["a", "b"], ["a", "b"]),
        (FieldType.LOOKUP, "77", {"id": "77"}),
        (FieldType.LOOKUP, None, None),
        (FieldType.OWNER, "5", {"id": "5"}),
    ],
)
def test_a_value_is_written_as_both_products_want_it(held: FieldType, value: Value, raw: object) -> None:
    written = to_wire(pair(held), value)
    assert written == raw
    assert type(written) is type(raw)


LINES = some.text(min_size=1).filter(lambda text: "\r" not in text and text != "-None-")
CHOICE = LINES.filter(lambda text: ";" not in text)
DECIMALS = some.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18, places=None)
MOMENTS = some.datetimes(min_value=datetime(1900, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001 -- bounds are naive here
CANONICAL: dict[FieldType, some.SearchStrategy[Any]] = {
    **dict.fromkeys((*TEXTS, FieldType.PICKLIST, FieldType.STAGE), LINES),
    **dict.fromkeys(NUMBERS, DECIMALS.filter(lambda number: abs(number.adjusted()) < 60).map(plain_decimal)),
    FieldType.BOOLEAN: some.booleans(),
    FieldType.DATE: some.dates().map(lambda day: day.isoformat()),
    FieldType.DATETIME: MOMENTS.map(lambda at: at.isoformat()[:19] + "Z"),
    FieldType.MULTIPICKLIST: some.sets(CHOICE, min_size=1).map(sorted),
    FieldType.DURATION: some.integers(0, 10**6).map(str),
    FieldType.LOOKUP: some.integers(1, 10**19).map(str),
    FieldType.OWNER: some.integers(1, 10**19).map(str),
}


@pytest.mark.parametrize("held", list(FieldType))
@given(data=some.data())
def test_what_is_written_reads_back_as_it_was(held: FieldType, data: some.DataObject) -> None:
    value = data.draw(some.none() | CANONICAL[held])
    assert to_canonical(pair(held), to_wire(pair(held), value)) == value


@settings(max_examples=300)
@given(raw=some.recursive(some.none() | some.booleans() | some.floats() | some.integers() | some.text(), some.lists))
def test_reading_never_fails_and_is_stable(raw: object) -> None:
    for held in FieldType:
        once = to_canonical(pair(held), raw)
        assert to_canonical(pair(held), to_wire(pair(held), once)) == once, held


ROW: dict[str, Any] = {
    "id": "900",
    "First_Name": "Ada",
    "Last_Name": "Okafor",
    "Email": "ada@example.org",
    "Account_Name": {"id": "77", "name": "Acme"},
    "Owner": {"id": "5", "name": "Ana", "email": "ana@example.org"},
    "Created_Time": "2026-03-04T09:00:00+01:00",
    "Created_By": {"id": "5", "name": "Ana"},
    "Modified_Time": "2026-03-04T09:15:00+01:00",
    "Modified_By": {"id": "6", "name": "Ben"},
}


@pytest.mark.parametrize("side", BOTH)
def test_a_row_becomes_a_record_of_its_side(side: Side) -> None:
    blank = {name: None for pair in ALL.pairs for name in pair.wire_names(side)}
    record = RecordReader(CONTACT_SPEC, ALL, side=side).read(blank | ROW)
    assert (record.ref.side, record.ref.kind, record.ref.id, record.label) == (side, CONTACT, "900", "Ada Okafor")
    assert record.modified_at == datetime(2026, 3, 4, 8, 15, tzinfo=UTC)
    assert record.created_at == datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
    assert (record.modified_by, record.created_by) == ("6", "5")
    assert (record.values["Account_Name"], record.values["Owner"], record.values["Phone"]) == ("77", "5", None)
    assert set(record.values) == {each.name for each in ALL.pairs}


def test_a_field_that_a_row_does_not_have_is_not_read_as_blank() -> None:
    reader = RecordReader(CONTACT_SPEC, ALL, side=Side.LEFT)
    values = reader.read({**ROW, "Mobile": None}).values
    assert values["Mobile"] is None
    assert "Phone" not in values
    assert "Phone" in reader.untold(ROW)
    assert reader.untold(dict.fromkeys(reader.fields)) == frozenset()


def test_a_record_without_a_name_is_called_by_its_id() -> None:
    assert (
        RecordReader(CONTACT_SPEC, ALL, side=Side.LEFT).read(ROW | {"First_Name": None, "Last_Name": ""}).label == "900"
    )


def test_a_reader_asks_for_every_mapped_field_once_and_for_the_audit_fields() -> None:
    asked = RecordReader(CONTACT_SPEC, ALL, side=Side.LEFT).fields
    assert set(AUDIT) < set(asked)
    assert len(asked) == len(set(asked)) == len(ALL.pairs) + len(AUDIT)


def test_a_row_without_its_modified_time_is_a_bug() -> None:
    with pytest.raises(Bug):
        RecordReader(CONTACT_SPEC, ALL, side=Side.LEFT).read({"id": "1"})


def test_only_the_given_fields_are_written() -> None:
    writer = RecordWriter(CONTACT_SPEC, ALL, side=Side.RIGHT)
    assert writer.write({"Account_Name": "77", "Email": None}) == {"Account_Name": {"id": "77"}, "Email": None}


def test_a_field_outside_the_mapping_cannot_be_written() -> None:
    with pytest.raises(Bug):
        RecordWriter(CONTACT_SPEC, ALL, side=Side.RIGHT).write({"Remind_At": "now"})


DEAL = FieldPair(
    name="deal",
    left="What_Id",
    right="What_Id",
    type=FieldType.LOOKUP,
    to=Kind("deal"),
    when_left=When(key="$se_module", reads=frozenset({"Deals", "Pipelines"}), writes="Deals"),
)
FIRM = FieldPair(
    name="firm",
    left="What_Id",
    right="Firm",
    type=FieldType.LOOKUP,
    to=COMPANY,
    when_left=When(key="$se_module", reads=frozenset({"Accounts"}), writes="Accounts"),
)
SHARED = Mapping(CONTACT, (DEAL, FIRM))
TIMED = {"id": "1", "Modified_Time": "2026-03-04T09:15:00+01:00"}


def test_a_shared_lookup_is_read_by_the_module_it_points_to() -> None:
    reader = RecordReader(CONTACT_SPEC, SHARED, side=Side.LEFT)
    assert reader.fields == (*AUDIT, "What_Id", "$se_module")
    read = reader.read(TIMED | {"What_Id": {"id": "8"}, "$se_module": "Pipelines"})
    assert read.values == {"deal": "8", "firm": None}
    assert reader.read(TIMED | {"What_Id": {"id": "8"}, "$se_module": "Accounts"}).values == {"deal": None, "firm": "8"}


@pytest.mark.parametrize("values", [{"deal": None, "firm": "8"}, {"firm": "8", "deal": None}])
def test_a_shared_lookup_is_written_with_its_module_and_a_blank_sibling_does_not_clear_it(
    values: dict[str, Value],
) -> None:
    writer = RecordWriter(CONTACT_SPEC, SHARED, side=Side.LEFT)
    assert writer.write(values) == {"What_Id": {"id": "8"}, "$se_module": "Accounts"}
    assert writer.write({"deal": None}) == {"What_Id": None}
