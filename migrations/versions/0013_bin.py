"""The bin: pictures that were taken off, and may be brought back for a day."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "bin",
        sa.Column("job_id", ID, autoincrement=False, nullable=False),
        sa.Column("root_id", ID, nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("is_moderation", sa.Boolean(), nullable=False),
        sa.Column("binned_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_bin_job_id_jobs")),
        sa.ForeignKeyConstraint(["root_id"], ["jobs.id"], name=op.f("fk_bin_root_id_jobs")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_bin")),
    )
    op.create_index("ix_bin_root_id", "bin", ["root_id"])
    op.create_index("ix_bin_binned_at", "bin", ["binned_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("bin")
