"""Messages that show a picture again, so that they can be reported and taken away."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "copies",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_copies_job_id_jobs")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_copies")),
    )
    op.create_index("ix_copies_job_id", "copies", ["job_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("copies")
