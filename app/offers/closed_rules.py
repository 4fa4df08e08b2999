"""Days on which a business receives nobody: all its offers' times follow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa

from app.db import db
from app.offers.models import ClosedDay, Offer, Provider
from app.offers.offer_rules import keep_times
from app.offers.schedule_rules import close_day, open_day


def closed_days(provider_id: int, today: date) -> list[date]:
    """The closed days still to come."""
    wish = sa.select(ClosedDay.day).where(
        ClosedDay.provider_id == provider_id, ClosedDay.day >= today
    )
    return list(db.session.scalars(wish.order_by(ClosedDay.day)))


def close(business: Provider, days: Iterable[date], *, now: datetime) -> None:
    """Receive nobody on these days. Visits already agreed stay, and are listed as conflicts."""
    for day in days:
        close_day(business.id, day)
    _follow(business, now)


def reopen(business: Provider, days: Iterable[date], *, now: datetime) -> None:
    """Receive people again as usual."""
    for day in days:
        open_day(business.id, day)
    _follow(business, now)


def _follow(business: Provider, now: datetime) -> None:
    for offer in db.session.scalars(sa.select(Offer).where(Offer.provider_id == business.id)):
        keep_times(offer, now)
