"""Where an app or a browser without a sign-in waits for one (RFC 8628)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UTCDateTime


class HandOver(Base):
    """Somebody waits, and shows a code. Nobody's until a signed-in member has typed it; gone once they are in."""

    __tablename__ = "hand_over"

    wait_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    until: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    member_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("member.id", ondelete="CASCADE"), index=True
    )
