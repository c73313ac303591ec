"""What is joined with a record beside its lookups."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "association",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("link_id", "other_id", name="pk_association"),
    )
    op.create_index("ix_association_other_id", "association", ["other_id"])
    op.create_table(
        "association_sweep",
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("other_kind", sa.String(), nullable=False),
        sa.Column("swept_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("integration_id", "kind", "other_kind", name="pk_association_sweep"),
    )
