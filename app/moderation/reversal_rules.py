"""A yes can be taken back for ten seconds, by whoever said it."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import sqlalchemy as sa

from app.accounts.models import Moderator
from app.bookings.models import Booking
from app.db import db
from app.errors import NotFound, Refusal
from app.i18n import _l
from app.moderation import news
from app.moderation.models import Decision, Ruling
from app.offers import offer_rules
from app.offers.models import Offer, Provider, State
from app.offers.texts import Wanted


class TooLateToTakeBack(Refusal):
    """Ten seconds have passed, somebody has decided since, or somebody has booked."""

    type = "too-late-to-take-back"
    sentence = _l("It is too late to take this back.")
    kept = _l("It stays published.")
    what_now = _l("You can ask the business to change it.")


def can_take_back(decision: Decision, by: Moderator, *, now: datetime) -> bool:
    """For ten seconds, by the same person. A thank-you that went on has been read: it names no subject of ours."""
    return (
        decision.moderator_id == by.id
        and decision.subject.startswith(("offer:", "provider:"))
        and decision.ruling in (Ruling.PUBLISHED, Ruling.FIRST_YES)
        and now <= decision.at + news.UNDO_LASTS
    )


def take_back(decision_id: int, by: Moderator, *, now: datetime) -> Decision:
    """Undo a yes: what was published before is up again, the card waits as it did.

    Refused: `NotFound` (someone else's), `TooLateToTakeBack`.
    """
    decision = db.session.get(Decision, decision_id)
    if decision is None or decision.moderator_id != by.id:
        raise NotFound()
    if not can_take_back(decision, by, now=now) or _something_followed(decision):
        raise TooLateToTakeBack()
    if decision.ruling is Ruling.PUBLISHED:
        _put_back(decision, now)
        news.take_back(decision.subject)
    reversal = Decision(
        subject=decision.subject,
        title=decision.title,
        was=decision.now,
        now=decision.was,
        ruling=Ruling.TAKEN_BACK,
        moderator_id=by.id,
        at=now,
    )
    db.session.add(reversal)
    return reversal


def _something_followed(decision: Decision) -> bool:
    later = sa.exists().where(Decision.subject == decision.subject, Decision.id > decision.id)
    return bool(db.session.scalar(sa.select(later)))


def _put_back(decision: Decision, now: datetime) -> None:
    what, _, number = decision.subject.partition(":")
    if what == "provider":
        _business(int(number)).state = State(decision.was)
        return
    offer = db.session.get_one(Offer, int(number))
    if decision.replaced is not None:
        _put_back_change(offer, cast(Wanted, decision.replaced), now)
    elif _is_booked(offer):
        raise TooLateToTakeBack()
    else:
        offer_rules.take_back(offer, now=now)


def _put_back_change(offer: Offer, replaced: Wanted, now: datetime) -> None:
    wanted = offer_rules.as_published(offer)
    offer_rules.want(offer, replaced, now=now)
    offer_rules.apply_change(offer, now=now)
    offer_rules.want(offer, wanted, now=now)


def _business(number: int) -> Provider:
    return db.session.get_one(Provider, number)


def _is_booked(offer: Offer) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(Booking.offer_id == offer.id))))
