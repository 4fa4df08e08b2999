"""The decision log only grows: both databases refuse to change or remove a ruling"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A later batch operation on this table rebuilds it on SQLite and must make its two triggers again.
SQLITE = (
    "CREATE TRIGGER decision_stays BEFORE UPDATE ON decision BEGIN"
    " SELECT RAISE(ABORT, 'rulings are only ever added'); END",
    "CREATE TRIGGER decision_is_kept BEFORE DELETE ON decision BEGIN"
    " SELECT RAISE(ABORT, 'rulings are only ever added'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION decision_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'rulings are only ever added' USING ERRCODE = 'integrity_constraint_violation';"
    " END $$",
    "CREATE TRIGGER decision_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON decision"
    " FOR EACH STATEMENT EXECUTE FUNCTION decision_is_kept()",
)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER decision_stays")
        op.execute("DROP TRIGGER decision_is_kept")
        return
    op.execute("DROP TRIGGER decision_is_kept ON decision")
    op.execute("DROP FUNCTION decision_is_kept()")
