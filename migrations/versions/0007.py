"""A colleague is stopped, or whoever they let in is kept out, by one pair of eyes and opened by another"""

import sqlalchemy as sa
from alembic import op

from app.db import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("moderator") as table:
        table.add_column(sa.Column("frozen_at", UTCDateTime(), nullable=True))
        for name in ("suspended_by_id", "frozen_by_id"):
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
            table.create_foreign_key(
                f"fk_moderator_{name}_moderator", "moderator", [name], ["id"], ondelete="SET NULL"
            )


def downgrade() -> None:
    with op.batch_alter_table("moderator") as table:
        for name in ("frozen_by_id", "suspended_by_id", "frozen_at"):
            table.drop_column(name)
