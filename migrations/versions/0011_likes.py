"""Likes: which pictures members like."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "likes",
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_likes_job_id_jobs")),
        sa.PrimaryKeyConstraint("job_id", "user_id", name=op.f("pk_likes")),
    )
    op.create_index("ix_likes_user_id", "likes", ["user_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("likes")
