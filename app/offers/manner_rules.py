"""How a visit comes about: asked first or agreed at once, how far ahead, and where a gift is handed over."""

from __future__ import annotations

from app.offers.models import Kind, Offer

MANNER = ("ask_first", "horizon_days", "at_desk")


def set_manner(offer: Offer, *, ask_first: bool, horizon_days: int, at_desk: bool) -> None:
    """`horizon_days` is how far ahead one can book; only a gift waits at a hotel desk. Agreed visits stay."""
    offer.ask_first, offer.horizon_days = ask_first, horizon_days
    offer.at_desk = at_desk and offer.kind is Kind.GIFT
