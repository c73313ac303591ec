"""Many rows in one statement, at the speed of the driver.

SQLAlchemy builds the statement, for whichever database is underneath, and the driver gets it as text with the rows as
they are: what SQLAlchemy would do to each row on the way costs more than the database itself. So rows carry what is
stored: JSON as text (`columns.json_text`), times as epoch seconds, plain `str`, `int`, `bool` and None.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TypeAlias

from sqlalchemy import Dialect, Insert, Table, Update, bindparam, func, insert, literal_column, select, text, update
from sqlmodel import Session

from bigin_sync.errors import Bug


class Many:
    """A statement for many rows. columns: what a row holds, in that order."""

    def __init__(self, statement: Insert | Update, columns: Sequence[str]) -> None:
        self.statement = statement
        self.columns = tuple(columns)

    def run(self, session: Session, rows: Sequence[tuple[object, ...]]) -> None:
        """Run the statement once for each row; no rows, no statement."""
        if not rows:
            return
        connection = session.connection()
        sql, arranged = _compiled(self, connection.dialect)
        connection.exec_driver_sql(sql, rows if arranged is None else [arranged(row) for row in rows])


def inserting(table: Table, columns: Sequence[str]) -> Many:
    """An INSERT of these columns."""
    return Many(insert(table).values({name: bindparam(name) for name in columns}), columns)


def updating(table: Table, columns: Sequence[str]) -> Many:
    """An UPDATE of these columns by `id`, which comes last in a row."""
    statement = update(table).where(table.c.id == bindparam("row_id"))
    return Many(statement.values({name: bindparam(name) for name in columns}), (*columns, "row_id"))


_Arranged: TypeAlias = Callable[[tuple[object, ...]], object]


@lru_cache(maxsize=256)
def _compiled(many: Many, dialect: Dialect) -> tuple[str, _Arranged | None]:
    """The text of a statement, and what makes of a row what the driver takes; None: the row as it is."""
    compiled = many.statement.compile(dialect=dialect)
    names = getattr(compiled, "positiontup", None)  # None where the driver takes values by name
    if names is None:
        return str(compiled), lambda row: dict(zip(many.columns, row, strict=True))
    if tuple(names) == many.columns:
        return str(compiled), None
    return str(compiled), itemgetter(*(many.columns.index(name) for name in names))


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
