"""Many people on one day: what is known of an arrival, which is a number, a day and a city."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, public_id


class Arrival(Base):
    """ "40 people on Friday": asked for by one, approved by another; open until closed or a week has passed."""

    __tablename__ = "arrival"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    people: Mapped[int] = mapped_column(sa.SmallInteger)
    # Counted here: the cards themselves are deleted a fortnight after their use, and may not be made again.
    cards_made: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
    arrives_on: Mapped[date]
    city: Mapped[str | None] = mapped_column(sa.String(40))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("moderator.id"))
    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("moderator.id"))
    approved_on: Mapped[date | None]
    closed_on: Mapped[date | None]
