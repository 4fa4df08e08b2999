"""A business keeps the reviewer's words, and when it was last sent"""

import sqlalchemy as sa
from alembic import op

from app.db import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "provider", sa.Column("review_note", sa.String(1200), server_default="", nullable=False)
    )
    op.add_column("provider", sa.Column("submitted_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("provider", "submitted_at")
    op.drop_column("provider", "review_note")
