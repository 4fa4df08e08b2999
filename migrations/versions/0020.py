"""Why something was decided about a member is sealed, and goes with the case"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("visit_report", "appeal"):
        op.add_column(table, sa.Column("why_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for table in ("visit_report", "appeal"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("why_sealed")
