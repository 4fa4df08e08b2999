"""An address for letters is used once its reader has said yes"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("email_address", sa.Column("confirmed_on", sa.Date(), nullable=True))
    op.add_column(
        "email_address", sa.Column("letters", sa.Integer(), server_default="0", nullable=False)
    )
    # Businesses and staff had confirmed theirs when they came in; a member is asked first.
    email = sa.table("email_address", sa.column("recipient"), sa.column("set_on"), sa.column("confirmed_on"))
    proved = sa.not_(email.c.recipient.like("member:%"))
    op.execute(sa.update(email).where(proved).values(confirmed_on=email.c.set_on))


def downgrade() -> None:
    with op.batch_alter_table("email_address") as table:
        table.drop_column("letters")
        table.drop_column("confirmed_on")
