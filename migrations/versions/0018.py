"""A business's new address, while it waits"""

import sqlalchemy as sa
from alembic import op

from app.db import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_change",
        sa.Column("provider_account_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_account_id"],
            ["provider_account.id"],
            name="fk_address_change_provider_account_id_provider_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("provider_account_id", name="pk_address_change"),
        sa.UniqueConstraint("public_id", name="uq_address_change_public_id"),
    )
    op.create_index("ix_address_change_due_at", "address_change", ["due_at"])


def downgrade() -> None:
    op.drop_table("address_change")
