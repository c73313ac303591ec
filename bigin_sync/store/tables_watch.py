"""The tables of the watch that is kept over an integration: when each module is due, and who keeps it in sync."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlmodel import Field

from bigin_sync.store.columns import JsonText, Stored, UtcDateTime


class DueRow(Stored, table=True):
    """When a module is to be looked at next. interval: seconds since the last look; revision: the settings then."""

    __tablename__ = "due"
    integration_id: int = Field(foreign_key="integration.id", primary_key=True)
    module: str = Field(primary_key=True)
    due_at: datetime = Field(sa_type=UtcDateTime)
    interval: float
    quiet_runs: int
    revision: int | None


class HeartbeatRow(Stored, table=True):
    """The sign of life of the process that keeps an integration in sync. holder: None once it has left."""

    __tablename__ = "heartbeat"
    integration_id: int = Field(foreign_key="integration.id", primary_key=True)
    holder: str | None
    pid: int
    host: str
    started_at: datetime = Field(sa_type=UtcDateTime)
    beat_at: datetime = Field(sa_type=UtcDateTime)
    doing: dict[str, Any] = Field(sa_type=JsonText)
    next_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    trouble: str | None = Field(default=None, sa_type=Text)
    trouble_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


DUE = Stored.metadata.tables["due"]
