"""What people tell the moderators, objections, suspended businesses and stopped accounts"""

import sqlalchemy as sa
from alembic import op

from app.db import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(*, nullable: bool, name: str, to: str, of: str, kind: object, gone: str) -> tuple:
    return (
        sa.Column(name, kind, nullable=nullable),
        sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{of}_{name}"), ondelete=gone),
    )


def _told(of: str) -> list:
    return [
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("ruled_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{of}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{of}_public_id")),
    ]


def upgrade() -> None:
    op.create_table(
        "report",
        *_told("report"),
        *_key(nullable=False, name="offer_id", to="offer", of="report", kind=BIG, gone="CASCADE"),
        *_member("report"),
        sa.Column("reason", sa.String(10), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("been", sa.Boolean(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.UniqueConstraint("offer_id", "member_id", name=op.f("uq_report_offer_id_member_id")),
    )
    op.create_table(
        "visit_report",
        *_told("visit_report"),
        *_key(
            nullable=True,
            name="booking_id",
            to="booking",
            of="visit_report",
            kind=BIG,
            gone="SET NULL",
        ),
        *_member("visit_report"),
        *_provider("visit_report"),
        sa.Column("visit_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(10), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=True),
        sa.UniqueConstraint("booking_id", name=op.f("uq_visit_report_booking_id")),
    )
    op.create_table(
        "appeal",
        *_told("appeal"),
        sa.Column("subject", sa.String(40), nullable=False),
        *_member("appeal", nullable=True),
        *_provider("appeal", nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_appeal_decision_id")
        ),
        sa.UniqueConstraint("decision_id", name=op.f("uq_appeal_decision_id")),
    )
    op.create_index(op.f("ix_appeal_subject"), "appeal", ["subject"])
    for table in ("report", "visit_report", "appeal"):
        op.create_index(op.f(f"ix_{table}_member_id"), table, ["member_id"])
    for table in ("visit_report", "appeal"):
        op.create_index(op.f(f"ix_{table}_provider_id"), table, ["provider_id"])
    op.add_column("member", sa.Column("stopped_on", sa.Date(), nullable=True))
    op.add_column("member", sa.Column("stopped_for", sa.String(40), nullable=True))


def _member(of: str, *, nullable: bool = False) -> tuple:
    return _key(
        nullable=nullable,
        name="member_id",
        to="member",
        of=of,
        kind=sa.BigInteger(),
        gone="CASCADE",
    )


def _provider(of: str, *, nullable: bool = False) -> tuple:
    return _key(
        nullable=nullable,
        name="provider_id",
        to="provider",
        of=of,
        kind=sa.Integer(),
        gone="CASCADE",
    )


def downgrade() -> None:
    # What an older version has no word for: it would not be shown there either.
    for table, word in (("offer", "hidden"), ("provider", "suspended")):
        rows = sa.table(table, sa.column("state"))
        op.execute(rows.update().where(rows.c.state == word).values(state="denied"))
    op.drop_column("member", "stopped_for")
    op.drop_column("member", "stopped_on")
    for table in ("appeal", "visit_report", "report"):
        op.drop_table(table)
