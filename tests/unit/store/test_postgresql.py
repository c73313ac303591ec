"""The statements the store writes for PostgreSQL, as far as they can be judged without a server."""

import re

from sqlalchemy import create_mock_engine
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from bigin_sync.store import bulk, tables_hot, tables_setup
from bigin_sync.store.columns import Stored

DIALECT = make_url("postgresql+psycopg://").get_dialect()()


def test_every_table_and_index_can_be_written_for_postgresql() -> None:
    assert {tables_hot.JOURNAL.name, tables_setup.RUN.name} <= set(Stored.metadata.tables)
    for table in Stored.metadata.sorted_tables:
        assert table.name in str(CreateTable(table).compile(dialect=DIALECT))
        for index in table.indexes:
            assert str(index.name) in str(CreateIndex(index).compile(dialect=DIALECT))


def test_a_conflict_is_unique_only_while_it_is_not_closed_on_postgresql_too() -> None:
    (index,) = (index for index in tables_hot.CONFLICT.indexes if index.unique)
    assert "WHERE state != 'closed'" in str(CreateIndex(index).compile(dialect=DIALECT))


def test_bulk_rows_go_by_name_where_the_driver_wants_names() -> None:
    sql, arranged = bulk._compiled(bulk.updating(tables_hot.INBOX, ("why",)), DIALECT)
    assert arranged is not None
    assert "%(why)s" in sql
    assert arranged(("x", 1)) == {"why": "x", "row_id": 1}


def test_no_name_is_longer_than_postgresql_allows() -> None:
    written: list[str] = []
    engine = create_mock_engine("postgresql://", lambda sql, *_: written.append(str(sql.compile(dialect=DIALECT))))
    Stored.metadata.create_all(engine, checkfirst=False)
    names = re.findall(r"(?:CONSTRAINT|INDEX) (\w+)", "\n".join(written))
    assert len(names) > len(written) / 2
    assert max(len(name) for name in names) <= 63
