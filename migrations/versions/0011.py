"""Businesses propose other times, keep what lies outside their hours, read a feed, and are asked what is true"""

import sqlalchemy as sa
from alembic import op

from app.db import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("booking_id", BIG, nullable=False),
        sa.Column("slot_id", BIG, nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_proposal_booking_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slot.id"], name=op.f("fk_proposal_slot_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_slot_id"), "proposal", ["slot_id"])
    op.create_index(op.f("ix_proposal_until"), "proposal", ["until"])
    op.create_table(
        "calendar_feed",
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["provider.id"],
            name=op.f("fk_calendar_feed_provider_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("provider_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.add_column(
        "slot", sa.Column("kept", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("offer", sa.Column("true_on", sa.Date(), nullable=True))
    op.add_column("offer", sa.Column("asked", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("offer", sa.Column("asked_on", sa.Date(), nullable=True))


def downgrade() -> None:
    for column in ("asked_on", "asked", "true_on"):
        op.drop_column("offer", column)
    op.drop_column("slot", "kept")
    op.drop_table("calendar_feed")
    op.drop_table("proposal")
