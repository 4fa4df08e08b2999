"""What an undo restores; and PostgreSQL itself refuses two overlapping visits of one member"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = ("pending", "confirmed", "declined", "cancelled", "attended", "no_show")


def upgrade() -> None:
    with op.batch_alter_table("booking") as batch_op:
        batch_op.add_column(
            sa.Column(
                "was",
                sa.Enum(*STATES, name="bookingstate", native_enum=False, length=10),
                nullable=True,
            )
        )
    # SQLite has one writer at a time, and the rule is checked inside that write (app/bookings/rules.py).
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    # A thing to pick up all day blocks no haircut.
    op.execute(
        "ALTER TABLE booking ADD CONSTRAINT ex_booking_member_overlap"
        " EXCLUDE USING gist (member_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
        " WHERE (state IN ('pending', 'confirmed') AND kind <> 'gift')"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE booking DROP CONSTRAINT ex_booking_member_overlap")
    with op.batch_alter_table("booking") as batch_op:
        batch_op.drop_column("was")
