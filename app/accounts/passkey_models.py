"""Passkeys: public halves of keys that stay in phones."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Member, Moderator, ProviderAccount
from app.db import Base, public_id, random_key


class Passkey(Base):
    """One key of one person: what verifies it, and days. Useless to whoever steals the table (WebAuthn)."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(
        sa.BigInteger, primary_key=True, autoincrement=False, default=random_key
    )
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    member_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("member.id", ondelete="CASCADE"), index=True
    )
    provider_account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("provider_account.id", ondelete="CASCADE"), index=True
    )
    moderator_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("moderator.id", ondelete="CASCADE"), index=True
    )
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    # Of the last question it answered: the same answer opens nothing twice.
    answered: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    made_on: Mapped[date]

    member: Mapped[Member | None] = relationship()
    provider_account: Mapped[ProviderAccount | None] = relationship()
    moderator: Mapped[Moderator | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint(
            "(CASE WHEN member_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN provider_account_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN moderator_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_holder",
        ),
    )
