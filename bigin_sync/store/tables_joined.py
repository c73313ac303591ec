"""The tables of what is joined with a record beside its lookups: which products are known to belong to which deal."""

from sqlalchemy import BigInteger, true
from sqlmodel import Field

from bigin_sync.store.columns import Stored


class AssociationRow(Stored, table=True):
    """Two links whose records are joined, as far as is known. on_left, on_right: on which sides they were when that
    side was last looked at; one on which they are joined no more has parted them.
    """

    __tablename__ = "association"
    link_id: int = Field(primary_key=True)
    other_id: int = Field(primary_key=True, index=True)
    integration_id: int
    made_at: int = Field(sa_type=BigInteger)
    on_left: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    on_right: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class AssociationDueRow(Stored, table=True):
    """A link whose record on a side was modified, or is new, since its lists there were last read."""

    __tablename__ = "association_due"
    link_id: int = Field(primary_key=True)
    side: str = Field(primary_key=True)


class AssociationSweepRow(Stored, table=True):
    """When all associations of a kind with another one were last looked through."""

    __tablename__ = "association_sweep"
    integration_id: int = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    other_kind: str = Field(primary_key=True)
    swept_at: int = Field(sa_type=BigInteger)


_tables = Stored.metadata.tables
ASSOCIATION = _tables["association"]
ASSOCIATION_DUE = _tables["association_due"]
ASSOCIATION_SWEEP = _tables["association_sweep"]
