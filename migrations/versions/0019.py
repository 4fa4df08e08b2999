"""How many cards of an arrival were made, whatever becomes of them"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    made = sa.Column("cards_made", sa.SmallInteger(), server_default="0", nullable=False)
    op.add_column("arrival", made)
    op.execute(
        "UPDATE arrival SET cards_made ="
        " (SELECT count(*) FROM invitation WHERE invitation.arrival_id = arrival.id)"
    )


def downgrade() -> None:
    op.drop_column("arrival", "cards_made")
