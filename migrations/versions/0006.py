"""People wait for a full time, strictly in order; a hold is a real seat for half an hour"""

import sqlalchemy as sa
from alembic import op

from app.db import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "slot", sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "waiting_place",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slot_id", BIG, nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("hold_until", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slot.id"], name=op.f("fk_waiting_place_slot_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_waiting_place_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_place")),
        sa.UniqueConstraint("slot_id", "member_id", name=op.f("uq_waiting_place_slot_id_member_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_waiting_place_member_id", "waiting_place", ["member_id"])
    op.create_index("ix_waiting_place_hold", "waiting_place", ["hold_until"])


def downgrade() -> None:
    op.drop_table("waiting_place")
    op.drop_column("slot", "withdrawn")
