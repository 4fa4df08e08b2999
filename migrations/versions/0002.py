"""PostgreSQL itself refuses two overlapping visits of one member (a thing to pick up blocks nothing)"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite has one writer at a time, and the rule is checked inside that write (app/bookings/rules.py).
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        "ALTER TABLE booking ADD CONSTRAINT ex_booking_member_overlap"
        " EXCLUDE USING gist (member_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
        " WHERE (state IN ('pending', 'confirmed') AND kind <> 'gift')"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE booking DROP CONSTRAINT ex_booking_member_overlap")
