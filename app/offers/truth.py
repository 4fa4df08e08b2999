"""Is all this still true? The last yes of a business about its offer."""

from __future__ import annotations

from datetime import date, datetime

from app.notifications.rules import call_off
from app.offers.models import Offer


def still_true(offer: Offer, *, now: datetime) -> None:
    """The business says so (or has just taken the offer up again): nobody asks for thirty days."""
    offer.true_on, offer.asked, offer.asked_on = now.date(), 0, None
    call_off(subject_of(offer), ["still_true"])


def true_since(offer: Offer) -> date | None:
    """The day of the last yes; publishing was the first."""
    published = offer.published_at.date() if offer.published_at else None
    return offer.true_on or published


def subject_of(offer: Offer) -> str:
    """The name by which the notices room knows this question."""
    return f"truth:{offer.id}"
