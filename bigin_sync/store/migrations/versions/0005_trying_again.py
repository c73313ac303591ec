"""Who sent a write and when by the other side's clock; how often a record was tried, and when it is tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nothing is known of what was written before."""
    op.add_column("journal", sa.Column("sent_as", sa.String(), nullable=True))
    op.add_column("journal", sa.Column("sent_at", sa.BigInteger(), nullable=True))
    op.add_column("inbox", sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("inbox", sa.Column("next_try_at", sa.BigInteger(), nullable=True))
