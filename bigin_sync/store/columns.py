"""How values are stored: JSON as compact text, moments in UTC, and the common ground of every table.

Set-up tables hold moments as aware datetimes; hot tables hold them as whole epoch seconds (`epoch`, `moment`), because
a hundred thousand datetimes cost more to build than the rows around them.
"""

from datetime import UTC, datetime
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, DateTime, MetaData, Text, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

from bigin_sync.errors import Bug
from bigin_sync.model.side import Side

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Stored(SQLModel, registry=registry(metadata=MetaData(naming_convention=_NAMES))):
    """The common ground of every table; its `metadata` knows them all, each constraint under a lasting name."""


SIDES: Final = {side.value: side for side in Side}
"""The sides by the word they are stored as: asked for every row, for which an enum is slow."""


def json_text(value: object) -> str | None:
    """A plain JSON value as compact text; None stays None, which is stored as NULL."""
    return None if value is None else orjson.dumps(value, default=dict).decode()


def json_value(text: str | None) -> Any:  # noqa: ANN401 -- whatever was stored
    """What `json_text` has made text of."""
    return None if text is None else orjson.loads(text)


def as_text(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A JSON column as the text it is stored as, for `json_value`."""
    return type_coerce(column, Text)


class JsonText(TypeDecorator[Any]):
    """A plain JSON value, stored as compact text; None is stored as NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> str | None:
        """The text to store."""
        return json_text(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> object:
        """The value that was stored."""
        return json_value(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware when it goes in, aware and in UTC when it comes out, whatever the database makes of zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The moment in UTC; a naive one is a bug and refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise Bug(f"A time without a zone was about to be stored: {value.isoformat()}.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The moment in UTC. SQLite forgets zones, so a naive value is one of ours and means UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def epoch(at: datetime) -> int:
    """An aware moment as whole epoch seconds."""
    return int(at.timestamp())


def moment(seconds: int) -> datetime:
    """Whole epoch seconds as an aware moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
