"""The tables that a sync fills by the hundred thousand: inbox, links, journal, and what hangs on them.

They are written and read with Core statements only, never as objects. Times are whole epoch seconds. Only the rows that
must vanish with their inbox row carry a foreign key: a check per inserted row is a price the rest need not pay, as
their ids come from this room alone.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Index, Text, UniqueConstraint, literal_column
from sqlmodel import Field

from bigin_sync.store.columns import JsonText, Stored, UtcDateTime

# Conditions of partial indexes: a database finds such an index only by a condition in the very same words.
NOT_CLOSED: ColumnElement[bool] = literal_column("state != 'closed'")
PARTED: ColumnElement[bool] = literal_column("verb = 'part'")
PLANNED: ColumnElement[bool] = literal_column("state = 'planned'")
UNSETTLED: ColumnElement[bool] = literal_column("state IN ('planned', 'intended', 'unknown')")


class CursorRow(Stored, table=True):
    """How far a side's kind has been read.

    complete: the first full reading is done. swept_at: when it was last looked through for what is gone.
    """

    __tablename__ = "cursor"
    integration_id: int = Field(primary_key=True)
    side: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    position: dict[str, Any] = Field(sa_type=JsonText)
    complete: bool
    swept_at: int | None = Field(sa_type=BigInteger)
    updated_at: int = Field(sa_type=BigInteger)


class InboxEntryRow(Stored, table=True):
    """What was read and is not settled yet. state: `new`, `waiting`, `held`, `skipped` or `problem`.

    tries: how often a side has stumbled over it. next_try_at: when it is, or was, to be tried again.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("integration_id", "side", "kind", "record_id"),
        Index(None, "integration_id", "kind", "state", "id"),
        Index(None, "integration_id", "link_id"),
        # Slices walk upwards by id: an id given back and taken again would be walked past.
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int
    side: str
    kind: str
    record_id: str
    vals: dict[str, Any] = Field(sa_type=JsonText)
    label: str
    modified_at: int = Field(sa_type=BigInteger)
    modified_by: str | None
    created_at: int | None = Field(sa_type=BigInteger)
    created_by: str | None
    link_id: int | None
    state: str
    admitted: bool | None
    cause: str | None
    why: str | None = Field(sa_type=Text)
    detail: Any = Field(sa_type=JsonText, nullable=True)
    run_id: int
    tries: int = 0
    next_try_at: int | None = Field(default=None, sa_type=BigInteger)


class InboxKeyRow(Stored, table=True):
    """A match key of an inbox row; rank 0 is the strongest."""

    __tablename__ = "inbox_key"
    __table_args__ = (Index(None, "integration_id", "kind", "rank", "key"),)
    inbox_id: int = Field(primary_key=True, foreign_key="inbox.id", ondelete="CASCADE")
    rank: int = Field(primary_key=True)
    key: str = Field(primary_key=True)
    integration_id: int
    kind: str
    side: str


class CopiedKeyRow(Stored, table=True):
    """A match key of a record that was copied to a side lately. source_id: the record itself, on the other side."""

    __tablename__ = "copied_key"
    __table_args__ = (Index(None, "integration_id", "kind", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int
    kind: str
    side: str
    rank: int
    key: str
    source_id: str
    made_at: int = Field(sa_type=BigInteger)


class AwaitedRow(Stored, table=True):
    """A record that an inbox row waits for: to be linked, or, if the row is a problem or was skipped, to change or be
    gone.
    """

    __tablename__ = "awaited"
    __table_args__ = (Index(None, "integration_id", "side", "kind", "record_id"),)
    inbox_id: int = Field(primary_key=True, foreign_key="inbox.id", ondelete="CASCADE")
    side: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    integration_id: int


class LinkRow(Stored, table=True):
    """A left and a right record that are the same thing. `lr`: how many right edits the left copy knows of."""

    __tablename__ = "link"
    __table_args__ = (
        UniqueConstraint("integration_id", "kind", "left_id"),
        UniqueConstraint("integration_id", "kind", "right_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int
    kind: str
    left_id: str
    right_id: str
    left_seen: dict[str, Any] = Field(sa_type=JsonText)
    right_seen: dict[str, Any] = Field(sa_type=JsonText)
    left_modified: int = Field(sa_type=BigInteger)
    right_modified: int = Field(sa_type=BigInteger)
    left_written: dict[str, Any] | None = Field(sa_type=JsonText)
    right_written: dict[str, Any] | None = Field(sa_type=JsonText)
    ll: int
    lr: int
    rl: int
    rr: int
    left_gone: bool
    right_gone: bool
    held: list[str] | None = Field(sa_type=JsonText)
    made_at: int = Field(sa_type=BigInteger)
    made_run: int
    made_by: str


class ConflictRow(Stored, table=True):
    """A contested field that waits for a person, or did. state: `open`, `resolved` or `closed`."""

    __tablename__ = "conflict"
    __table_args__ = (
        Index(
            "uq_conflict_open",
            "link_id",
            "field",
            unique=True,
            sqlite_where=NOT_CLOSED,
            postgresql_where=NOT_CLOSED,
        ),
        Index(None, "integration_id", "state"),
    )
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int
    link_id: int
    kind: str
    field: str
    left_value: Any = Field(sa_type=JsonText, nullable=True)
    right_value: Any = Field(sa_type=JsonText, nullable=True)
    left_at: datetime = Field(sa_type=UtcDateTime)
    right_at: datetime = Field(sa_type=UtcDateTime)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    state: str
    winner: str | None
    resolved_at: datetime | None = Field(sa_type=UtcDateTime)


class JournalRow(Stored, table=True):
    """What was planned, meant to be written, and came of it.

    state: `planned`, `intended`, `done`, `refused`, `overtaken`, `unknown`, `dropped` or `noted`. sent_as: the user of
    the written side as whom it was sent. sent_at: when, by the clock of that side. key_field: where a new record was
    given its sync key.
    """

    __tablename__ = "journal"
    __table_args__ = (
        Index(None, "integration_id", "kind", "left_id"),
        Index(None, "integration_id", "kind", "right_id"),
        Index(
            *("ix_journal_planned", "run_id", "kind", "target", "id"),
            sqlite_where=PLANNED,
            postgresql_where=PLANNED,
        ),
        Index("ix_journal_unsettled", "integration_id", sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
        Index(
            *("ix_journal_parted", "integration_id", "kind", "planned_at"),
            sqlite_where=PARTED,
            postgresql_where=PARTED,
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    integration_id: int
    run_id: int = Field(index=True)
    kind: str
    verb: str
    target: str | None
    link_id: int | None = Field(index=True)
    left_id: str | None
    right_id: str | None
    label: str
    payload: Any = Field(sa_type=JsonText, nullable=True)
    why: str = Field(sa_type=Text)
    state: str
    call_no: int | None
    code: str | None
    message: str | None = Field(sa_type=Text)
    fence: int | None
    planned_at: int = Field(sa_type=BigInteger)
    intended_at: int | None = Field(sa_type=BigInteger)
    settled_at: int | None = Field(sa_type=BigInteger)
    sent_as: str | None = None
    sent_at: int | None = Field(default=None, sa_type=BigInteger)
    key_field: str | None = None


_tables = Stored.metadata.tables
CURSOR = _tables["cursor"]
INBOX = _tables["inbox"]
INBOX_KEY = _tables["inbox_key"]
COPIED_KEY = _tables["copied_key"]
AWAITED = _tables["awaited"]
LINK = _tables["link"]
CONFLICT = _tables["conflict"]
JOURNAL = _tables["journal"]
