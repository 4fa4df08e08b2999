"""Listings stay true: asked every thirty days, paused after two silences, with a warning before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from app.db import db
from app.notifications.rules import Recipient, notify
from app.offers import pause_rules
from app.offers.models import Offer, Provider, State
from app.offers.texts import text_for
from app.offers.truth import still_true, subject_of, true_since

EVERY = timedelta(days=30)
WARNED_AFTER = timedelta(days=7)  # of silence after the second question
PAUSED_AFTER = timedelta(days=14)
BATCH = 50


def confirm(offer: Offer, *, now: datetime) -> None:
    """One tap: all of it is still true. What silence has paused is taken up again."""
    if offer.state is State.PAUSED:
        pause_rules.resume(offer, now=now)
    still_true(offer, now=now)


def is_asked(offer: Offer) -> bool:
    """A question waits for its answer."""
    return offer.asked > 0 and offer.state in (State.APPROVED, State.PAUSED)


def ask_all(now: datetime) -> int:
    """Ask, warn and pause where it is due; how many offers. For the worker, inside `writing()`."""
    today = now.date()
    wish = (
        sa.select(Offer)
        .join(Provider)
        .where(Offer.state == State.APPROVED, Provider.account_id.is_not(None))
        .where(sa.or_(_silent_since(today - EVERY), _asked_before(today - WARNED_AFTER)))
        .order_by(Offer.id)
        .limit(BATCH)
    )
    offers = db.session.scalars(wish.with_for_update(skip_locked=True)).all()
    return sum(_go_on(offer, now) for offer in offers)


def _silent_since(day: date) -> sa.ColumnElement[bool]:
    published = sa.and_(Offer.true_on.is_(None), Offer.published_at < _midnight(day))
    return sa.or_(
        sa.and_(Offer.asked == 0, sa.or_(Offer.true_on <= day, published)),
        sa.and_(Offer.asked == 1, Offer.asked_on <= day),
    )


def _asked_before(day: date) -> sa.ColumnElement[bool]:
    return sa.and_(Offer.asked >= 2, Offer.asked_on <= day)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


def _go_on(offer: Offer, now: datetime) -> bool:
    today, asked_on = now.date(), offer.asked_on or now.date()
    if offer.asked == 0 and (true_since(offer) or today) <= today - EVERY:
        return _ask(offer, now)
    if offer.asked == 1 and asked_on <= today - EVERY:
        return _ask(offer, now)
    if offer.asked == 2 and asked_on <= today - WARNED_AFTER:
        offer.asked = 3
        _tell(offer, "warning", now)
        return True
    if offer.asked == 3 and asked_on <= today - PAUSED_AFTER:
        pause_rules.pause(offer)
        _tell(offer, "paused", now)
        return True
    return False


def _ask(offer: Offer, now: datetime) -> bool:
    offer.asked, offer.asked_on = offer.asked + 1, now.date()
    _tell(offer, "ask", now)
    return True


def _tell(offer: Offer, stage: str, now: datetime) -> None:
    account = offer.provider.account
    if account is None:
        return
    notify(
        Recipient(account.recipient, account.language),
        "still_true",
        subject=subject_of(offer),
        link=f"/my/offers/{offer.id}/still-true",
        values={"title": text_for(offer, account.language).title, "stage": stage},
        now=now,
    )
