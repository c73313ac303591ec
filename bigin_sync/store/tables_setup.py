"""The tables that set-up and reporting use: few rows, read as objects, never in a loop over records.

SQLModel classes stay inside this room; what leaves it are frozen dataclasses of the files named after each noun.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field

from bigin_sync.store.columns import JsonText, Stored, UtcDateTime


class IntegrationRow(Stored, table=True):
    """One pair of orgs that is kept in sync. state: `active` or `disconnected`."""

    __tablename__ = "integration"
    id: int | None = Field(default=None, primary_key=True)
    pairing: str
    name: str
    state: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    settings: dict[str, Any] = Field(sa_type=JsonText)


class OrgRow(Stored, table=True):
    """One connected org. secrets_sealed: the encrypted client secret and refresh token."""

    __tablename__ = "org"
    __table_args__ = (UniqueConstraint("integration_id", "side"),)
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int = Field(foreign_key="integration.id")
    side: str
    label: str
    org_id: str = Field(index=True)
    org_name: str
    country: str | None
    zone: str | None
    dc: str
    accounts_url: str
    api_domain: str
    user_id: str
    user_name: str
    user_email: str
    client_id: str
    secrets_sealed: str = Field(sa_type=Text)
    capabilities: dict[str, Any] = Field(sa_type=JsonText)
    connected_at: datetime = Field(sa_type=UtcDateTime)
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MetadataRow(Stored, table=True):
    """What an org said about itself. what: `fields`, `layouts`, `views`, …; module is empty for org-wide answers."""

    __tablename__ = "metadata"
    __table_args__ = (UniqueConstraint("integration_id", "side", "module", "what"),)
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int = Field(foreign_key="integration.id")
    side: str
    module: str
    what: str
    content: Any = Field(sa_type=JsonText)
    read_at: datetime = Field(sa_type=UtcDateTime)


class AppUserRow(Stored, table=True):
    """A user of an org."""

    __tablename__ = "app_user"
    __table_args__ = (UniqueConstraint("integration_id", "side", "user_id"),)
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int = Field(foreign_key="integration.id")
    side: str
    user_id: str
    name: str
    email: str
    active: bool
    administrator: bool


class OwnerPairRow(Stored, table=True):
    """Which left user owns what which right user owns. how: `email` (found) or `set` (by a person)."""

    __tablename__ = "owner_pair"
    __table_args__ = (
        UniqueConstraint("integration_id", "left_user"),
        UniqueConstraint("integration_id", "right_user"),
    )
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int = Field(foreign_key="integration.id")
    left_user: str
    right_user: str
    how: str


class RevisionRow(Stored, table=True):
    """One version of a module's settings: who changed what, when, and the whole result."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("integration_id", "module", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int = Field(foreign_key="integration.id")
    module: str
    number: int
    at: datetime = Field(sa_type=UtcDateTime)
    by: str
    what: str
    settings: dict[str, Any] = Field(sa_type=JsonText)


class RunRow(Stored, table=True):
    """One pass over one integration. state: `running`, `done`, `stopped`, `failed` or `interrupted`."""

    __tablename__ = "run"
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int = Field(foreign_key="integration.id", index=True)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    why: str
    dry: bool
    state: str
    counts: dict[str, Any] = Field(sa_type=JsonText)
    error: str | None = Field(default=None, sa_type=Text)
    revisions: dict[str, Any] = Field(sa_type=JsonText)
    fence: int


class ModuleRow(Stored, table=True):
    """A module as it stands: its state, the settings in force, the last run that served it.

    resumes_as: the state it goes back to. stopped_by: `brake`, `fields` or `view`. released: its next run passes the
    brakes. catch_up: the strategy of its next run. owed: what that run does first. frozen: kind -> field -> why it
    stands still.
    """

    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("integration_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int = Field(foreign_key="integration.id")
    name: str
    state: str
    revision_id: int | None = Field(default=None, foreign_key="revision.id")
    last_run_id: int | None = Field(default=None, foreign_key="run.id")
    stopped_why: str | None = Field(default=None, sa_type=Text)
    resumes_as: str | None = None
    stopped_by: str | None = None
    released: bool = False
    catch_up: str | None = None
    owed: dict[str, Any] | None = Field(default=None, sa_type=JsonText)
    frozen: dict[str, Any] | None = Field(default=None, sa_type=JsonText)


class NoticeRow(Stored, table=True):
    """Something a person should read."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "integration_id", "seen"),)
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int = Field(foreign_key="integration.id")
    run_id: int | None = Field(default=None, foreign_key="run.id")
    at: datetime = Field(sa_type=UtcDateTime)
    text: str = Field(sa_type=Text)
    seen: bool


class CreditRow(Stored, table=True):
    """API credits and calls set aside for one minute (epoch seconds of its start) of one side."""

    __tablename__ = "credit"
    integration_id: int = Field(foreign_key="integration.id", primary_key=True)
    side: str = Field(primary_key=True)
    minute: int = Field(primary_key=True, sa_type=BigInteger)
    credits: int
    calls: int


class LeaseRow(Stored, table=True):
    """The right to write for an integration. The row stays after a release, so that the fence only ever rises."""

    __tablename__ = "lease"
    integration_id: int = Field(foreign_key="integration.id", primary_key=True)
    holder: str | None
    fence: int
    expires_at: datetime = Field(sa_type=UtcDateTime)


_tables = Stored.metadata.tables
RUN = _tables["run"]
CREDIT = _tables["credit"]
LEASE = _tables["lease"]
ORG = _tables["org"]
METADATA = _tables["metadata"]
APP_USER = _tables["app_user"]
OWNER_PAIR = _tables["owner_pair"]
