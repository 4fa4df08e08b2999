"""Ready phrases, thank-yous, codes of consent, and counts of visits by month"""

import sqlalchemy as sa
from alembic import op

from app.db import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "booking_word",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("booking_id", BIG, nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("said_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_word_booking_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_word")),
        sa.UniqueConstraint("public_id", name=op.f("uq_booking_word_public_id")),
    )
    op.create_index(op.f("ix_booking_word_booking_id"), "booking_word", ["booking_id"])
    op.create_table(
        "thanks",
        sa.Column("booking_id", BIG, nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("ready", sa.String(12), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_thanks_booking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_thanks")),
        sa.UniqueConstraint("public_id", name=op.f("uq_thanks_public_id")),
    )
    op.create_index(op.f("ix_thanks_state"), "thanks", ["state"])
    op.create_table(
        "consent_code",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_consent_code_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_consent_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_consent_code_code_hash")),
    )
    op.create_table(
        "visit_count",
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("did_not_come", sa.Integer(), nullable=False),
        sa.Column("thanks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["provider.id"],
            name=op.f("fk_visit_count_provider_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("provider_id", "month", name=op.f("pk_visit_count")),
    )
    op.add_column(
        "booking", sa.Column("by_volunteer", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("booking", "by_volunteer")
    for table in ("visit_count", "consent_code", "thanks", "booking_word"):
        op.drop_table(table)
