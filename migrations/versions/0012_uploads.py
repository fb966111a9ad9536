"""Pictures that members bring along, and those that nobody may bring again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "uploads",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("num_bytes", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("guild_id", "user_id", "digest", name=op.f("uq_uploads_guild_id_user_id_digest")),
        sqlite_autoincrement=True,  # an id stands in prompts and recipes: it must never come again
    )
    for column in ("user_id", "digest", "last_used_at"):
        op.create_index(f"ix_uploads_{column}", "uploads", [column], unique=False)
    op.create_table(
        "banned_pictures",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "digest", name=op.f("pk_banned_pictures")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("banned_pictures")
    op.drop_table("uploads")
