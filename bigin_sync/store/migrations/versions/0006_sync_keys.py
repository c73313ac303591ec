"""In which field a new record was given its sync key."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was written before had no key."""
    op.add_column("journal", sa.Column("key_field", sa.String(), nullable=True))
