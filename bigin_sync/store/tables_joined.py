"""The tables of what is joined with a record beside its lookups: which products are known to belong to which deal."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from bigin_sync.store.columns import Stored


class AssociationRow(Stored, table=True):
    """Two links whose records are, or once were, joined on both sides. It stays when one side parts them."""

    __tablename__ = "association"
    link_id: int = Field(primary_key=True)
    other_id: int = Field(primary_key=True, index=True)
    integration_id: int
    made_at: int = Field(sa_type=BigInteger)


class AssociationSweepRow(Stored, table=True):
    """When all associations of a kind with another one were last looked through."""

    __tablename__ = "association_sweep"
    integration_id: int = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    other_kind: str = Field(primary_key=True)
    swept_at: int = Field(sa_type=BigInteger)


_tables = Stored.metadata.tables
ASSOCIATION = _tables["association"]
ASSOCIATION_SWEEP = _tables["association_sweep"]
