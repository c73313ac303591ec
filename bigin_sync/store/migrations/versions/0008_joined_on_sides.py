"""On which side what is joined was seen last, and whose lists are to be read."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is remembered was joined on both sides once; where it is not any more, the next look at its lists tells."""
    for side in ("left", "right"):
        op.add_column("association", sa.Column(f"on_{side}", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "association_due",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("link_id", "side", name="pk_association_due"),
    )
