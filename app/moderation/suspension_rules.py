"""A business is suspended by one moderator, at once, and reinstated by another."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Moderator
from app.bookings import ending_rules
from app.db import db
from app.errors import NotFound
from app.moderation import queue, report_rules, rulings, told
from app.moderation.models import Decision, Ruling
from app.moderation.rules import NobodyDecidesOnTheirOwn
from app.offers import hiding_rules
from app.offers.models import Provider


def suspend(provider_id: int, by: Moderator, reason: str, *, now: datetime) -> Decision:
    """Its offers are hidden, everybody who was coming is told and offered other times, nothing new can be booked.

    One pair of eyes is enough to stop, never to bring back. Refused: `NotFound`, `NotNow`,
    `NobodyDecidesOnTheirOwn`.
    """
    business = _theirs(provider_id, by)
    slots = ending_rules.hold_times(business, now)
    db.session.refresh(business, with_for_update={"key_share": True})
    was = business.state
    hiding_rules.suspend(business, reason)
    db.session.flush()
    ending_rules.call_off(slots, now)
    told.business(business, "suspended", reason, now=now)
    return _write(business, Ruling.SUSPENDED, by, reason, was, now)


def reinstate(provider_id: int, by: Moderator, reason: str, *, now: datetime) -> Decision:
    """Its offers can be seen again, but for those two voices keep hidden.

    Refused: `SomebodyElseDecides` for whoever suspended it, and as in `suspend`.
    """
    business = _theirs(provider_id, by)
    if by.id in rulings.deciders(f"provider:{provider_id}"):
        raise rulings.SomebodyElseDecides()
    was = business.state
    open_again(business, now=now)
    told.business(business, "put_back", reason, now=now)
    return _write(business, Ruling.REINSTATED, by, reason, was, now)


def open_again(business: Provider, *, now: datetime) -> None:
    """As before the suspension, but for what two voices keep hidden. Refused: `NotNow`."""
    for offer in hiding_rules.reinstate(business):
        if report_rules.voices(offer.id) < report_rules.VOICES:
            hiding_rules.put_back(offer, now=now)


def _theirs(provider_id: int, by: Moderator) -> Provider:
    if queue.is_own(f"provider:{provider_id}", by):
        raise NobodyDecidesOnTheirOwn()
    business = db.session.scalar(sa.select(Provider).where(Provider.id == provider_id))
    if business is None:
        raise NotFound()
    return business


def _write(
    business: Provider, ruling: Ruling, by: Moderator, reason: str, was: str, now: datetime
) -> Decision:
    subject = f"provider:{business.id}"
    return rulings.write(
        subject, business.name, ruling, by, reason, states=(was, business.state), now=now
    )
