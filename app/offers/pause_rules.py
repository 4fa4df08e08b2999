"""Paused and taken up again: nobody new can book meanwhile, agreed visits stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.offers.models import Offer, State
from app.offers.offer_rules import BusinessUnknown, NotNow
from app.offers.slot_rules import keep_slots
from app.offers.truth import still_true


def pause(offer: Offer) -> None:
    """Nobody new can book; visits already agreed stay. Refused: `NotNow` unless it is visible."""
    if offer.state is not State.APPROVED:
        raise NotNow()
    offer.state = State.PAUSED


def resume(offer: Offer, *, now: datetime) -> None:
    """Visible again, with times of the coming weeks. Refused: `NotNow` unless it is paused, `BusinessUnknown`."""
    if offer.state is not State.PAUSED:
        raise NotNow()
    if offer.provider.state is not State.APPROVED:
        raise BusinessUnknown()
    offer.state = State.APPROVED
    still_true(offer, now=now)
    keep_slots(offer, now)


def pause_all(offers: Iterable[Offer]) -> None:
    """Pause whatever is visible."""
    for offer in offers:
        if offer.state is State.APPROVED:
            pause(offer)


def resume_all(offers: Iterable[Offer], *, now: datetime) -> None:
    """Take up whatever is paused."""
    for offer in offers:
        if offer.state is State.PAUSED:
            resume(offer, now=now)
