"""How far ahead an offer can be booked, and gifts that are brought to a hotel desk"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "offer", sa.Column("horizon_days", sa.SmallInteger(), server_default="28", nullable=False)
    )
    op.add_column(
        "offer", sa.Column("at_desk", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("offer", "at_desk")
    op.drop_column("offer", "horizon_days")
