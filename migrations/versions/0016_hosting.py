"""What the owners of the bot decide about the guilds that draw on their device."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "hosting",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_hosting"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("hosting")
