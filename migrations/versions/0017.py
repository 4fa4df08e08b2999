"""Passkeys"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ONE_HOLDER = (
    "(CASE WHEN member_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN provider_account_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN moderator_id IS NULL THEN 0 ELSE 1 END) = 1"
)


def upgrade() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("provider_account_id", sa.Integer(), nullable=True),
        sa.Column("moderator_id", sa.Integer(), nullable=True),
        sa.Column("credential_id", sa.LargeBinary(1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("answered", sa.LargeBinary(32), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.CheckConstraint(ONE_HOLDER, name=op.f("ck_passkey_one_holder")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name="fk_passkey_member_id_member", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_account_id"],
            ["provider_account.id"],
            name="fk_passkey_provider_account_id_provider_account",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["moderator.id"],
            name="fk_passkey_moderator_id_moderator",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("public_id", name="uq_passkey_public_id"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    for holder in ("member_id", "provider_account_id", "moderator_id"):
        op.create_index("ix_passkey_" + holder, "passkey", [holder])


def downgrade() -> None:
    op.drop_table("passkey")
