"""Indexes of the nearby page, and the words offers are found by"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LOOKED_AT = ["price_minor", "languages", "facts", "days", "ex", "ey", "ez"]
PUBLISHED = sa.text("state = 'approved'")
NEAR = {"ix_offer_near": ["h", "category"], "ix_offer_category_near": ["category", "h"]}
FTS5 = """
CREATE VIRTUAL TABLE offer_words USING fts5(words, content='', contentless_delete=1,
detail='none', tokenize='unicode61 remove_diacritics 0')
"""


def upgrade() -> None:
    for name, columns in NEAR.items():
        op.create_index(
            name,
            "offer",
            columns + LOOKED_AT,
            sqlite_where=PUBLISHED,
            postgresql_where=PUBLISHED,
            postgresql_include=["id"],
            if_not_exists=True,
        )
    op.create_index(
        "ix_slot_free",
        "slot",
        ["starts_at", "offer_id"],
        sqlite_where=sa.text("seats_taken < seats AND closed = 0"),
        postgresql_where=sa.text("seats_taken < seats AND NOT closed"),
        if_not_exists=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(FTS5)
        return
    op.create_table(
        "offer_words",
        sa.Column("offer_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("words", sa.dialects.postgresql.TSVECTOR, nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_offer_words_words", "offer_words", ["words"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("offer_words")
    op.drop_index("ix_slot_free", "slot")
    for name in NEAR:
        op.drop_index(name, "offer")
