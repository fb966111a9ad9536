"""Allowances, grants and their accounts, weekly digests, and the index that reports are read from."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

IS_A_DAY = sa.text("grant_id IS NULL")
REPORT_COLUMNS = [
    "guild_id",
    "created_at",
    "status",
    "kind",
    "user_id",
    "channel_id",
    "reserved_images",
    "gpu_ms",
]


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "grants",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(
        "ix_grants_guild_id_user_id_expires_at", "grants", ["guild_id", "user_id", "expires_at"], unique=False
    )
    op.create_table(
        "member_quotas",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("allowance", sa.JSON(), nullable=True),
        sa.Column("reset_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name=op.f("pk_member_quotas")),
    )
    op.create_table(
        "digests",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_digest_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_digests")),
    )
    op.create_index(op.f("ix_digests_due_at"), "digests", ["due_at"], unique=False)

    op.add_column("members", sa.Column("name", sa.String(length=100), server_default="", nullable=False))
    with op.batch_alter_table("accounts", table_args=(_never_negative(),)) as accounts:
        accounts.drop_constraint(op.f("uq_accounts_guild_id_user_id_period_start"), type_="unique")
        accounts.add_column(sa.Column("grant_id", ID, nullable=True))
        accounts.create_unique_constraint(op.f("uq_accounts_grant_id"), ["grant_id"])
        accounts.create_foreign_key(op.f("fk_accounts_grant_id_grants"), "grants", ["grant_id"], ["id"])
    op.create_index(
        "uq_accounts_day",
        "accounts",
        ["guild_id", "user_id", "period_start"],
        unique=True,
        sqlite_where=IS_A_DAY,
        postgresql_where=IS_A_DAY,
    )
    op.drop_index("ix_jobs_guild_id_created_at", "jobs")
    op.create_index("ix_jobs_report", "jobs", REPORT_COLUMNS, unique=False)


def downgrade() -> None:
    """Take back. The accounts of grants stay, as days that nobody looks at: the ledger needs them."""
    op.drop_index("ix_jobs_report", "jobs")
    op.create_index("ix_jobs_guild_id_created_at", "jobs", ["guild_id", "created_at"], unique=False)
    op.drop_index("uq_accounts_day", "accounts")
    with op.batch_alter_table("accounts", table_args=(_never_negative(),)) as accounts:
        accounts.drop_constraint(op.f("fk_accounts_grant_id_grants"), type_="foreignkey")
        accounts.drop_constraint(op.f("uq_accounts_grant_id"), type_="unique")
        accounts.drop_column("grant_id")
        accounts.create_unique_constraint(
            op.f("uq_accounts_guild_id_user_id_period_start"), ["guild_id", "user_id", "period_start"]
        )
    op.drop_column("members", "name")
    op.drop_table("digests")
    op.drop_table("member_quotas")
    op.drop_table("grants")


def _never_negative() -> sa.CheckConstraint:
    """SQLite's tables are made anew to be altered, and reflection overlooks this rule of theirs."""
    return sa.CheckConstraint(
        "reserved_images >= 0 AND spent_images >= 0 AND reserved_gpu_ms >= 0 AND spent_gpu_ms >= 0",
        name=op.f("ck_accounts_never_negative"),
    )
