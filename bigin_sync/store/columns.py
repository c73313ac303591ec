"""How values are stored: JSON as compact text, moments in UTC, and the common ground of every table.

Set-up tables hold moments as aware datetimes; hot tables hold them as whole epoch seconds (`epoch`, `moment`), because
a hundred thousand datetimes cost more to build than the rows around them.
"""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import DateTime, MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

from bigin_sync.errors import Bug

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Stored(SQLModel, registry=registry(metadata=MetaData(naming_convention=_NAMES))):
    """The common ground of every table; its `metadata` knows them all, each constraint under a lasting name."""


@cache
def _encoder() -> json.JSONEncoder:
    return json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


@cache
def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder()


def json_text(value: object) -> str | None:
    """A plain JSON value as compact text; None stays None, which is stored as NULL."""
    return None if value is None else _encoder().encode(value)


class JsonText(TypeDecorator[Any]):
    """A plain JSON value, stored as compact text; None is stored as NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> str | None:
        """The text to store."""
        return json_text(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> object:
        """The value that was stored."""
        # What `json_text` wrote has nothing around it, so it need not be looked for.
        return None if value is None else _decoder().raw_decode(value)[0]


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
