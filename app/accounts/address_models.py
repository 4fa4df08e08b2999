"""A business's new address, while it waits."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import ProviderAccount
from app.db import Base, UTCDateTime, public_id
from app.seal import Sealed


class AddressChange(Base):
    """One for a business: counts from `due_at` on, if whoever reads the new address has said yes."""

    __tablename__ = "address_change"

    provider_account_id: Mapped[int] = mapped_column(
        sa.ForeignKey("provider_account.id", ondelete="CASCADE"), primary_key=True
    )
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    email_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    email = Sealed("email_sealed")
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    account: Mapped[ProviderAccount] = relationship()
