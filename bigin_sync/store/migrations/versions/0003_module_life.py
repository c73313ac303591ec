"""What a module remembers beyond its state: where it goes back to, what its next run owes, which fields stand still."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; a module that was stopped so far was stopped by a brake while it was active."""
    op.add_column("module", sa.Column("resumes_as", sa.String(), nullable=True))
    op.add_column("module", sa.Column("stopped_by", sa.String(), nullable=True))
    op.add_column("module", sa.Column("released", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("module", sa.Column("catch_up", sa.String(), nullable=True))
    op.add_column("module", sa.Column("owed", sa.Text(), nullable=True))
    op.add_column("module", sa.Column("frozen", sa.Text(), nullable=True))
    op.execute("UPDATE module SET resumes_as = 'active', stopped_by = 'brake' WHERE state = 'stopped'")
