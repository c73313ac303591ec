"""Many rows in one statement, at the speed of the driver.

SQLAlchemy builds the statement, for whichever database is underneath, and the driver gets it as text with the rows as
they are: what SQLAlchemy would do to each row on the way costs more than the database itself. So rows carry what is
stored: JSON as text (`columns.json_text`), times as epoch seconds, plain `str`, `int`, `bool` and None.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, Insert, Table, Update, bindparam, func, insert, literal_column, select, text, update
from sqlmodel import Session

from bigin_sync.errors import Bug


def inserting(table: Table, columns: Sequence[str]) -> Insert:
    """An INSERT of these columns, for `run_many`; rows are keyed by column name."""
    return insert(table).values({name: bindparam(name) for name in columns})


def updating(table: Table, columns: Sequence[str]) -> Update:
    """An UPDATE of these columns by `id`, for `run_many`; rows are keyed by column name, and `row_id`."""
    return update(table).where(table.c.id == bindparam("row_id")).values({name: bindparam(name) for name in columns})


def run_many(session: Session, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement once for each row; no rows, no statement."""
    if not rows:
        return
    connection = session.connection()
    sql, arranged = _compiled(statement, connection.dialect)
    connection.exec_driver_sql(sql, [arranged(row) for row in rows])


@lru_cache(maxsize=256)
def _compiled(statement: Insert | Update, dialect: Dialect) -> tuple[str, Callable[[Mapping[str, Any]], Any]]:
    compiled = statement.compile(dialect=dialect)
    names = getattr(compiled, "positiontup", None)  # None where the driver takes values by name
    return str(compiled), dict if names is None else itemgetter(*names)


def reserve_ids(session: Session, table: Table, *, count: int) -> range | list[int]:
    """So many rising ids for rows about to be inserted into `table` by this write transaction."""
    if not count:
        return []
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        # Nobody else can insert while this transaction writes. Where ids must never come back, SQLite remembers the
        # highest it ever gave.
        last = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
        if table.dialect_options["sqlite"]["autoincrement"]:
            known = text("SELECT seq FROM sqlite_sequence WHERE name = :table").bindparams(table=table.name)
            last = max(last, connection.execute(known).scalar_one_or_none() or 0)
        return range(last + 1, last + 1 + count)
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        drawn = select(func.nextval(sequence)).select_from(func.generate_series(literal_column("1"), count))
        return sorted(connection.execute(drawn).scalars())
    raise Bug(f"No way to reserve ids is known for the database {connection.dialect.name}.")
