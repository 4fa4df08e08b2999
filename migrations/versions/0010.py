"""Wishes (a kind and a district), and how many tries to tell ended how"""

import sqlalchemy as sa
from alembic import op

from app.db import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wish",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.SmallInteger(), nullable=False),
        sa.Column("district", sa.String(80), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("news_since", UTCDateTime(), nullable=False),
        sa.Column("told_offer_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name="fk_wish_member_id_member", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_wish"),
        sa.UniqueConstraint("public_id", name="uq_wish_public_id"),
        sa.UniqueConstraint(
            "member_id", "category", "district", name="uq_wish_member_id_category_district"
        ),
    )
    op.create_index("ix_wish_made_on", "wish", ["made_on"])
    op.create_table(
        "delivery_count",
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("outcome", "reason", name="pk_delivery_count"),
    )


def downgrade() -> None:
    op.drop_table("delivery_count")
    op.drop_index("ix_wish_made_on", "wish")
    op.drop_table("wish")
