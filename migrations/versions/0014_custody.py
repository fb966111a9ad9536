"""What is known of a job from one process to the next: after a crash suspects are drawn alone."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("custody", sa.String(16), nullable=False, server_default=""))
        jobs.add_column(sa.Column("lone_deaths", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_column("lone_deaths")
        jobs.drop_column("custody")
