"""Who is told what about a booking: rows in the deed's own transaction, so an undone deed tells nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.accounts.aliases import say_alias
from app.accounts.models import Member
from app.bookings import times
from app.bookings.models import Booking, BookingState, Side, WaitingPlace
from app.db import db
from app.notifications.kinds import REMINDERS
from app.notifications.models import Values
from app.notifications.reminders import by_daylight
from app.notifications.rules import Recipient, call_off, notify, plan_reminders
from app.offers.models import Slot
from app.offers.texts import text_for

QUESTIONS = ("booking_pending", "booking_waits")
A_WHILE = timedelta(minutes=30)
SAID_LASTS = timedelta(hours=2)


def subject_of(booking: Booking) -> str:
    """The name by which the notices room knows this booking."""
    return f"booking:{booking.public_id}"


def booked(booking: Booking, now: datetime) -> None:
    """A new booking: the business hears of it; the member too, unless the business is asked first."""
    if booking.state is BookingState.PENDING:
        _ask(booking, now)
        return
    _tell_business(booking, "booking_new", now)
    _confirm(booking, now)


def _ask(booking: Booking, now: datetime) -> None:
    _tell_business(booking, "booking_pending", now)
    _remind_of_the_question(booking, now)


def _remind_of_the_question(booking: Booking, now: datetime) -> None:
    """Halfway to the last moment for an answer, by daylight; not where there is hardly time for it."""
    last = times.answer_by(booking)
    due_at = by_daylight(now + (last - now) / 2, times.zone_of(booking.offer))
    if now + A_WHILE <= due_at <= last - A_WHILE:
        _tell_business(booking, "booking_waits", now, due_at=due_at)


def agreed(booking: Booking, now: datetime) -> None:
    """The visit stands: the member is told now, and reminded; the business is not asked any more."""
    call_off(subject_of(booking), QUESTIONS)
    _confirm(booking, now)


def _confirm(booking: Booking, now: datetime) -> None:
    _tell_member(booking, "booking_confirmed", now)
    _remind(booking, now)


def declined(booking: Booking, now: datetime) -> None:
    """The business said no, or nothing."""
    call_off(subject_of(booking), QUESTIONS)
    _tell_member(booking, "booking_declined", now)


def cancelled_by_member(booking: Booking, now: datetime) -> None:
    """No more reminders. The business hears of it once the undo is over, so that a slip disturbs nobody."""
    call_off(subject_of(booking), (*REMINDERS, *QUESTIONS))
    _tell_business(booking, "booking_cancelled", now, due_at=booking.release_at)


def cancelled_by_business(booking: Booking, now: datetime) -> None:
    """The time is not possible any more; the page it leads to shows the nearest of the same kind."""
    call_off(subject_of(booking), (*REMINDERS, *QUESTIONS))
    _tell_member(booking, "slot_cancelled", now)


def undone(booking: Booking, now: datetime) -> None:
    """As if it had not been cancelled: the business was not told yet."""
    call_off(subject_of(booking), ["booking_cancelled"])
    if booking.state is BookingState.CONFIRMED:
        _remind(booking, now)
    else:
        _remind_of_the_question(booking, now)


def moved(booking: Booking, now: datetime) -> None:
    """New reminders; the business hears of the new time, and is asked again where it wants to be asked."""
    call_off(subject_of(booking), (*REMINDERS, *QUESTIONS))
    if booking.state is BookingState.PENDING:
        _ask(booking, now)
        return
    _tell_business(booking, "booking_changed", now)
    _remind(booking, now)


def proposed(booking: Booking, slot: Slot, until: datetime, now: datetime) -> None:
    """The business asks whether another time would do; the member answers, or all stays as it was."""
    proposal_over(booking)
    other: Values = {"other": slot.starts_at.isoformat()}
    _tell_member(booking, "move_proposed", now, expires_at=until, also=other)


def proposal_over(booking: Booking) -> None:
    """Answered, taken back or too late: nothing more is sent about it."""
    call_off(subject_of(booking), ["move_proposed"])


def kept_as_agreed(booking: Booking, now: datetime) -> None:
    """The member said no to another time."""
    _tell_business(booking, "move_declined", now)


def said(booking: Booking, side: Side, key: str, now: datetime) -> None:
    """A ready phrase for the other side; what it carries stands on the page of the visit alone."""
    also: Values = {"said": f"{side.value}-{key}"}
    soon = now + SAID_LASTS
    if side is Side.MEMBER:
        _tell_business(booking, "visit_word", now, also=also, expires_at=soon)
    else:
        _tell_member(booking, "visit_word", now, also=also, expires_at=soon)


def thanked(booking: Booking, ready: str, words: str, now: datetime) -> None:
    """A thank-you, ready-made or as a volunteer has read it."""
    _tell_business(booking, "thanked", now, also={"ready": ready or "own", "words": words})


def booked_for(booking: Booking, now: datetime) -> None:
    """A volunteer booked with the member's code; the page it leads to can undo it."""
    _tell_member(booking, "booked_for_you", now)


def place_freed(place: WaitingPlace, now: datetime) -> None:
    """A seat is held for the first in line; told only while it is."""
    until = place.hold_until or now
    _tell_waiting(place, "place_freed", now, {"until": until.isoformat()}, until)


def waited_in_vain(place: WaitingPlace, now: datetime) -> None:
    """The time will not be at all."""
    _tell_waiting(place, "slot_cancelled", now, {}, max(now, place.slot.ends_at))


def no_place(place: WaitingPlace) -> None:
    """Taken, let go, or over: nothing more is sent about it."""
    call_off(f"waiting:{place.id}", ["place_freed"])


def _tell_waiting(
    place: WaitingPlace, kind: str, now: datetime, also: Values, expires_at: datetime
) -> None:
    member, offer = db.session.get_one(Member, place.member_id), place.slot.offer
    zone = times.zone_of(offer)
    values: Values = {
        "title": text_for(offer, member.language).title,
        "starts_at": place.slot.starts_at.isoformat(),
        "timezone": zone,
        "place": offer.provider.name,
    }
    notify(
        Recipient(member.recipient, member.language, zone),
        kind,
        subject=f"waiting:{place.id}",
        link=f"/offers/{offer.id}",
        values=values | also,
        now=now,
        expires_at=expires_at,
    )


def _remind(booking: Booking, now: datetime) -> None:
    member = _member(booking)
    plan_reminders(
        _recipient_of(member, booking),
        subject=subject_of(booking),
        link=f"/bookings/{booking.public_id}",
        values=_values(booking, member.language),
        starts_at=booking.starts_at,
        timezone=times.zone_of(booking.offer),
        now=now,
    )


def _tell_member(
    booking: Booking,
    kind: str,
    now: datetime,
    *,
    expires_at: datetime | None = None,
    also: Values | None = None,
) -> None:
    member = _member(booking)
    notify(
        _recipient_of(member, booking),
        kind,
        subject=subject_of(booking),
        link=f"/bookings/{booking.public_id}",
        values=_values(booking, member.language) | (also or {}),
        now=now,
        expires_at=expires_at or max(now, booking.ends_at),
    )


def _tell_business(
    booking: Booking,
    kind: str,
    now: datetime,
    due_at: datetime | None = None,
    *,
    expires_at: datetime | None = None,
    also: Values | None = None,
) -> None:
    account = booking.provider.account
    if account is None:
        return  # nobody has claimed this business yet
    zone = times.zone_of(booking.offer)
    day = times.day_in(booking.starts_at, zone)
    values = _values(booking, account.language)
    del values["place"]
    notify(
        Recipient(account.recipient, account.language, zone),
        kind,
        subject=subject_of(booking),
        link=f"/today?day={day.isoformat()}",
        values={**values, "alias": say_alias(booking.alias, account.language), **(also or {})},
        now=now,
        due_at=due_at,
        expires_at=expires_at,
    )


def _values(booking: Booking, language: str) -> Values:
    return {
        "title": text_for(booking.offer, language).title,
        "starts_at": booking.starts_at.isoformat(),
        "timezone": times.zone_of(booking.offer),
        "place": booking.provider.name,
        "code": booking.code,
    }


def _member(booking: Booking) -> Member:
    return db.session.get_one(Member, booking.member_id)


def _recipient_of(member: Member, booking: Booking) -> Recipient:
    return Recipient(member.recipient, member.language, times.zone_of(booking.offer))
