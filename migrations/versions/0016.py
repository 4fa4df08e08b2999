"""Arrivals: many people on one day, their cards, and the newcomers' share"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrival",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("people", sa.SmallInteger(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("city", sa.String(40), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["moderator.id"], name="fk_arrival_asked_by_id_moderator"
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["moderator.id"], name="fk_arrival_approved_by_id_moderator"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_arrival"),
        sa.UniqueConstraint("public_id", name="uq_arrival_public_id"),
    )
    with op.batch_alter_table("invitation") as table:
        table.add_column(sa.Column("arrival_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            "fk_invitation_arrival_id_arrival", "arrival", ["arrival_id"], ["id"], ondelete="SET NULL"
        )
        table.create_index("ix_invitation_arrival_id", ["arrival_id"])


def downgrade() -> None:
    with op.batch_alter_table("invitation") as table:
        table.drop_index("ix_invitation_arrival_id")
        table.drop_constraint("fk_invitation_arrival_id_arrival", type_="foreignkey")
        table.drop_column("arrival_id")
    op.drop_table("arrival")
