"""SQLite keeps times as whole microseconds since 1970, a third of the room they took as text"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STAYS = (
    "CREATE TRIGGER decision_stays BEFORE UPDATE ON decision BEGIN"
    " SELECT RAISE(ABORT, 'rulings are only ever added'); END"
)


@contextmanager
def rulings_may_be_rewritten() -> Iterator[None]:
    """The same moment in another notation is no change of a ruling."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        op.execute("DROP TRIGGER decision_stays")
    yield
    if sqlite:
        op.execute(STAYS)


@rulings_may_be_rewritten()
def upgrade() -> None:
    for column in _times():
        table = column.table
        seconds = sa.cast(sa.func.strftime("%s", column), sa.Integer)
        rest = sa.cast(sa.func.substr(column, 21, 6), sa.Integer)
        counted = {column.name: seconds * 1_000_000 + rest}
        op.execute(sa.update(table).where(sa.func.typeof(column) == "text").values(counted))


@rulings_may_be_rewritten()
def downgrade() -> None:
    for column in _times():
        table = column.table
        text = sa.func.strftime("%Y-%m-%d %H:%M:%S", column.op("/")(1_000_000), "unixepoch")
        told = {column.name: text.op("||")(sa.func.printf(".%06d", column.op("%")(1_000_000)))}
        op.execute(sa.update(table).where(sa.func.typeof(column) == "integer").values(told))


def _times() -> list[sa.Column]:
    """Every column of a time, on SQLite, as plain numbers or text."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return []
    there = sa.inspect(connection)
    return [
        sa.table(name, sa.column(column["name"])).c[column["name"]]
        for name in there.get_table_names()
        for column in there.get_columns(name)
        if isinstance(column["type"], sa.DateTime)
    ]
