"""A wish: what somebody would like to be told of when it appears near a district. Never a point, never a reason."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UTCDateTime, public_id, random_key


class Wish(Base):
    """A kind of offer and a district (or a whole city) of the list. Lives 30 days."""

    __tablename__ = "wish"

    id: Mapped[int] = mapped_column(
        sa.BigInteger, primary_key=True, autoincrement=False, default=random_key
    )
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    category: Mapped[int] = mapped_column(sa.SmallInteger)
    district: Mapped[str] = mapped_column(sa.String(80))  # "warsaw.wola" or "warsaw"
    made_on: Mapped[date] = mapped_column(index=True)
    told_on: Mapped[date | None]
    # Offers published before this moment are no news; whole hours, so that it dates no deed of anybody.
    news_since: Mapped[datetime] = mapped_column(UTCDateTime)
    told_offer_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # of that very moment

    __table_args__ = (sa.UniqueConstraint("member_id", "category", "district"),)
