"""Pictures that are taken back: off the web page, out of their channels; galleries from a day on."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FOUND_BY = ("parent_id", "message_id", "result_message_id")
"""From a message, or from what it was made of, a picture is found without reading a whole guild's."""


def upgrade() -> None:
    """Apply."""
    op.add_column("jobs", sa.Column("is_hidden", sa.Boolean(), server_default=sa.false(), nullable=False))
    for column in FOUND_BY:
        op.create_index(f"ix_jobs_{column}", "jobs", [column])
    op.add_column("gallery_members", sa.Column("since", sa.BigInteger(), nullable=True))
    op.create_table(
        "removals",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_removals")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("removals")
    with op.batch_alter_table("gallery_members") as table:
        table.drop_column("since")
    for column in FOUND_BY:
        op.drop_index(f"ix_jobs_{column}", table_name="jobs")
    with op.batch_alter_table("jobs") as table:
        table.drop_column("is_hidden")
