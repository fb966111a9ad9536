"""Orders that wait for a press, in one table; and what a model did not read of a job's text."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

KEPT_ORDERS = sa.table(
    "kept_orders",
    sa.column("guild_id", sa.BigInteger),
    sa.column("user_id", sa.BigInteger),
    sa.column("source", sa.String),
    sa.column("why", sa.String),
    sa.column("order", sa.JSON),
    sa.column("created_at", sa.BigInteger),
    sa.column("expires_at", sa.BigInteger),
)


def upgrade() -> None:
    """Apply."""
    op.add_column("jobs", sa.Column("unread", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "kept_orders",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), server_default="0", nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("order", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_orders")),
        sa.UniqueConstraint("source", "ordinal", name=op.f("uq_kept_orders_source_ordinal")),
        sqlite_autoincrement=True,  # an id stands in a button: it must never come again
    )
    op.create_index("ix_kept_orders_user_id", "kept_orders", ["user_id"], unique=False)
    op.create_index("ix_kept_orders_expires_at", "kept_orders", ["expires_at"], unique=False)
    _move()
    op.drop_table("confirmations")
    op.drop_table("pending_jobs")


def downgrade() -> None:
    """Take back. What waits is forgotten: the older tables cannot hold it."""
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
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pending_jobs_user_id", "pending_jobs", ["user_id"], unique=False)
    op.create_index("ix_pending_jobs_created_at", "pending_jobs", ["created_at"], unique=False)
    op.create_table(
        "confirmations",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_confirmations_guild_id_user_id", "confirmations", ["guild_id", "user_id"], unique=False
    )
    op.drop_table("kept_orders")
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_column("unread")


def _move() -> None:
    """What waits now goes on waiting for a day, and is found by the source that its button always had."""
    connection = op.get_bind()
    expires_at = int((datetime.now(UTC) + timedelta(days=1)).timestamp() * 1000)
    pending = sa.text(
        "SELECT id, guild_id, user_id, kind, text, parent_id, parent_index, reply_to, created_at "
        "FROM pending_jobs ORDER BY id"
    )
    confirmations = sa.text("SELECT id, guild_id, user_id, text, created_at FROM confirmations ORDER BY id")
    rows = [
        {
            "guild_id": row.guild_id,
            "user_id": row.user_id,
            "source": f"pending-{row.id}",
            "why": "terms",
            "order": {
                "kind": row.kind,
                "text": row.text,
                "parent": row.parent_id and {"job_id": row.parent_id, "index": row.parent_index},
                "reply_to": row.reply_to,
            },
            "created_at": row.created_at,
            "expires_at": expires_at,
        }
        for row in connection.execute(pending)
    ]
    rows += [
        {
            "guild_id": row.guild_id,
            "user_id": row.user_id,
            "source": f"confirm-{row.id}",
            "why": "words",
            "order": {"kind": "imagine", "text": row.text},
            "created_at": row.created_at,
            "expires_at": expires_at,
        }
        for row in connection.execute(confirmations)
    ]
    if rows:
        connection.execute(sa.insert(KEPT_ORDERS), rows)
