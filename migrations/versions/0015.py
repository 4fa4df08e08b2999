"""Waiting for the sign-in of another browser"""

import sqlalchemy as sa
from alembic import op

from app.db import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hand_over",
        sa.Column("wait_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name="fk_hand_over_member_id_member", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("wait_hash", name="pk_hand_over"),
        sa.UniqueConstraint("code_hash", name="uq_hand_over_code_hash"),
    )
    op.create_index("ix_hand_over_until", "hand_over", ["until"])
    op.create_index("ix_hand_over_member_id", "hand_over", ["member_id"])


def downgrade() -> None:
    op.drop_table("hand_over")
