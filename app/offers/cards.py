"""Offers as lists show them: a card says what, by whom, how far, when next and for how much, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.offers.models import Offer
from app.offers.nearby import Found, next_free
from app.offers.texts import Text, text_for


@dataclass(frozen=True)
class Card:
    """One offer of a list. `starts_at` is the first time that can still be booked, UTC; distance in metres."""

    offer: Offer
    text: Text
    distance_m: float | None
    starts_at: datetime | None

    @property
    def zone(self) -> str:
        """The clock on the wall there."""
        return self.offer.location.timezone if self.offer.location else "UTC"


def cards_of(found: Sequence[Found], language: str, now: datetime) -> list[Card]:
    """The cards in the order found; two queries more, whatever their number."""
    ids = [one.offer_id for one in found]
    wish = sa.select(Offer).where(Offer.id.in_(ids))
    wish = wish.options(
        joinedload(Offer.provider), joinedload(Offer.location), selectinload(Offer.texts)
    )
    offers = {offer.id: offer for offer in db.session.scalars(wish)}
    times = next_free(ids, now)
    return [
        Card(
            offers[one.offer_id],
            text_for(offers[one.offer_id], language),
            one.distance_m,
            one.starts_at or times.get(one.offer_id),
        )
        for one in found
        if one.offer_id in offers
    ]
