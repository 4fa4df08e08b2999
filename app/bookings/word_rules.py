"""What both sides say about a visit, in ready phrases; a thank-you after it; counts by month."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.bookings import change_rules, notices, phrases, times
from app.bookings.models import WENT, Booking, BookingState, Side
from app.bookings.word_models import BookingWord, Thanks, ThanksState, VisitCount
from app.db import db, public_id
from app.errors import NotFound, Refusal
from app.i18n import _l
from app.offers.news import tell_reviewers

SAID_UNTIL = timedelta(hours=3)  # after the visit
MOST = 10  # phrases of one side about one visit
COLUMN = {BookingState.ATTENDED: "came", BookingState.NO_SHOW: "did_not_come"}


class EnoughSaid(Refusal):
    """Ten phrases about one visit are enough."""

    type = "enough-said"
    sentence = _l("That is enough for one visit.")
    kept = _l("What you said before has arrived.")


class AlreadyThanked(Refusal):
    """One thank-you for one visit."""

    type = "already-thanked"
    sentence = _l("You have already said thank you for this visit.")


def say(booking: Booking, side: Side, key: str, more: str, *, now: datetime) -> BookingWord:
    """Say a ready phrase; the other side is told. Refused: `NotFound` (no such phrase), `Over`, `EnoughSaid`."""
    change_rules.fresh(booking)
    if key not in phrases.PHRASES[side]:
        raise NotFound()
    if not may_speak(booking, now):
        raise change_rules.Over()
    if len([word for word in said(booking) if word.side is side]) >= MOST:
        raise EnoughSaid()
    word = BookingWord(public_id=public_id(), booking_id=booking.id, side=side, said_at=now)
    word.said = f"{key}|{more if key in phrases.CARRIES else ''}"
    db.session.add(word)
    notices.said(booking, side, key, now)
    return word


def may_speak(booking: Booking, now: datetime) -> bool:
    """From the booking until three hours after the visit."""
    stands = booking.is_open or booking.state in WENT
    return stands and now < booking.ends_at + SAID_UNTIL


def said(booking: Booking) -> list[BookingWord]:
    """All that was said about this visit, in order."""
    wish = sa.select(BookingWord).where(BookingWord.booking_id == booking.id)
    return list(db.session.scalars(wish.order_by(BookingWord.id)))


def may_thank(booking: Booking, now: datetime) -> bool:
    """After a visit that was, or that nobody has marked; once."""
    was = booking.state in (BookingState.ATTENDED, BookingState.CONFIRMED)
    return was and booking.ends_at <= now and thanks_of(booking) is None


def thanks_of(booking: Booking) -> Thanks | None:
    """The thank-you for this visit, if there is one."""
    return db.session.get(Thanks, booking.id)


def thank(booking: Booking, ready: str, words: str, *, now: datetime) -> Thanks:
    """Ready-made, and the business reads it at once; or own words, which a volunteer reads first.

    Refused: `Over`, `AlreadyThanked`.
    """
    change_rules.fresh(booking)
    if thanks_of(booking) is not None:
        raise AlreadyThanked()
    if not may_thank(booking, now):
        raise change_rules.Over()
    state = ThanksState.PASSED_ON if ready else ThanksState.WAITING
    row = Thanks(booking_id=booking.id, public_id=public_id(), ready=ready, state=state, since=now)
    row.words = None if ready else words
    db.session.add(row)
    db.session.flush()
    if ready:
        _pass_on(row, now)
    else:
        tell_reviewers("thanks", booking.provider.name, now=now, link="/thanks")
    return row


def waiting_thanks() -> list[Thanks]:
    """Thank-yous in own words that nobody has read yet, the oldest first."""
    wish = sa.select(Thanks).where(Thanks.state == ThanksState.WAITING)
    return list(db.session.scalars(wish.order_by(Thanks.since)))


def waiting_one(thanks_id: str) -> Thanks:
    """One that waits for a reader. Refused: `NotFound`."""
    wish = sa.select(Thanks).where(Thanks.public_id == thanks_id)
    found = db.session.scalar(wish.where(Thanks.state == ThanksState.WAITING).with_for_update())
    if found is None:
        raise NotFound()
    return found


def let_pass(row: Thanks, *, now: datetime) -> None:
    """A reader found it fit."""
    row.state = ThanksState.PASSED_ON
    _pass_on(row, now)


def hold_back(row: Thanks) -> None:
    """It says too much, or hurts. Nobody else reads it; its words are forgotten at once."""
    row.state, row.words = ThanksState.HELD_BACK, None


def _pass_on(row: Thanks, now: datetime) -> None:
    booking = row.booking
    notices.thanked(booking, row.ready, row.words or "", now)
    count(booking, "thanks", 1)


def count_outcome(booking: Booking, was: BookingState) -> None:
    """Came or did not come, in the month of the visit; a slip put right is counted right."""
    if was in COLUMN:
        count(booking, COLUMN[was], -1)
    if booking.state in COLUMN:
        count(booking, COLUMN[booking.state], 1)


def count(booking: Booking, column: str, by: int) -> None:
    """One more or less in the month of the visit. The number is all that is written."""
    month = times.day_in(booking.starts_at, times.zone_of(booking.offer)).replace(day=1)
    if _add(booking.provider_id, month, column, by):
        return
    try:
        with db.session.begin_nested():
            db.session.add(VisitCount(provider_id=booking.provider_id, month=month))
    except IntegrityError:  # another visit of the month was counted in the same moment
        pass
    _add(booking.provider_id, month, column, by)


def _add(provider_id: int, month: date, column: str, by: int) -> bool:
    counted = getattr(VisitCount, column)
    wish = (
        sa.update(VisitCount)
        .where(VisitCount.provider_id == provider_id, VisitCount.month == month)
        .values({column: sa.case((counted + by < 0, 0), else_=counted + by)})
    )
    done = db.session.execute(wish.execution_options(synchronize_session=False))
    return cast("sa.CursorResult[Any]", done).rowcount == 1


def counts(provider_id: int) -> list[VisitCount]:
    """By month, the newest first."""
    wish = sa.select(VisitCount).where(VisitCount.provider_id == provider_id)
    return list(db.session.scalars(wish.order_by(VisitCount.month.desc()).limit(24)))
