"""Batches: of each job, how many its request asked for, so that all of them can be cancelled together."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("jobs", sa.Column("batch_size", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("jobs") as table:
        table.drop_column("batch_size")
