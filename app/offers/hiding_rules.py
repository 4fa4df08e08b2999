"""Hidden for a while or for good: what people have told us of, and all offers of a suspended business."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.db import db
from app.offers.models import Offer, Provider, State
from app.offers.offer_rules import NotNow
from app.offers.slot_rules import keep_slots


def hide(offer: Offer) -> bool:
    """Nobody sees it or books it; agreed visits stay. False where it was not to be seen anyway."""
    if offer.state is not State.APPROVED:
        return False
    offer.state = State.HIDDEN
    return True


def put_back(offer: Offer, *, now: datetime) -> None:
    """To be seen again, with the times of the coming weeks; nothing where it was not hidden, or its business is."""
    if offer.state is State.HIDDEN and offer.provider.state is State.APPROVED:
        offer.state = State.APPROVED
        keep_slots(offer, now)


def take_down(offer: Offer, reason: str) -> None:
    """For good; the business reads why. Refused: `NotNow` unless it has been published."""
    if offer.state not in (State.APPROVED, State.PAUSED, State.HIDDEN):
        raise NotNow()
    offer.state, offer.review_note, offer.change = State.DENIED, reason, None


def suspend(business: Provider, reason: str) -> None:
    """All its offers are hidden, and nothing of it is published. Refused: `NotNow` unless it is approved."""
    if business.state is not State.APPROVED:
        raise NotNow()
    business.state, business.review_note = State.SUSPENDED, reason
    for offer in _offers(business, State.APPROVED):
        hide(offer)


def reinstate(business: Provider) -> list[Offer]:
    """As before; the offers that were hidden are given back to be looked at one by one. Refused: `NotNow`."""
    if business.state is not State.SUSPENDED:
        raise NotNow()
    business.state, business.review_note = State.APPROVED, ""
    return _offers(business, State.HIDDEN)


def _offers(business: Provider, state: State) -> list[Offer]:
    wish = sa.select(Offer).where(Offer.provider_id == business.id, Offer.state == state)
    return list(db.session.scalars(wish.order_by(Offer.id)))
