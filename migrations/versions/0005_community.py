"""Newcomers, rooms and the gallery."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "jobs", sa.Column("is_age_restricted", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index("ix_jobs_channel_id_created_at", "jobs", ["channel_id", "created_at"], unique=False)
    op.create_table(
        "terms_acceptances",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", "version", name=op.f("pk_terms_acceptances")),
    )
    op.create_table(
        "pending_jobs",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("parent_index", sa.Integer(), nullable=True),
        sa.Column("reply_to", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["jobs.id"], name=op.f("fk_pending_jobs_parent_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_jobs")),
        sqlite_autoincrement=True,  # an id stands in the source of a job: it must never come again
    )
    op.create_index("ix_pending_jobs_user_id", "pending_jobs", ["user_id"], unique=False)
    op.create_index("ix_pending_jobs_created_at", "pending_jobs", ["created_at"], unique=False)
    op.create_table(
        "rooms",
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("guide_message_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("guild_id", "number", name=op.f("uq_rooms_guild_id_number")),
    )
    op.create_table(
        "gallery_members",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("shared_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name=op.f("pk_gallery_members")),
    )


def downgrade() -> None:
    """Take back."""
    for table in ("gallery_members", "rooms", "pending_jobs", "terms_acceptances"):
        op.drop_table(table)
    op.drop_index("ix_jobs_channel_id_created_at", table_name="jobs")
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_column("is_age_restricted")
