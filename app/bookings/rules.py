"""Booking a time. booking.md, "Booking rules": the database decides, a refusal brings the next free times."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.aliases import draw_alias
from app.accounts.models import Member
from app.bookings import line, newcomers, notices, seats, times
from app.bookings.models import OPEN, Booking, BookingState
from app.bookings.times import latest, may_be_booked
from app.db import db
from app.errors import NotFound, Refusal
from app.i18n import _l
from app.offers.models import Kind, Offer, Provider, Slot

OPEN_PER_KIND = 2
DAYS_BETWEEN = 7
NEXT_SHOWN = 12
ALL = 1000
_OFFER = joinedload(Slot.offer)
WITH_ITS_OFFER = (
    _OFFER.joinedload(Offer.provider).joinedload(Provider.account),
    _OFFER.joinedload(Offer.location),
    _OFFER.joinedload(Offer.texts),
)
"""What every booking reads, in one statement: others wait while it is read."""
# A visit that was counts for the week; one that was missed does not: absence is never punished.
COUNTED = (*OPEN, BookingState.ATTENDED)


class NotBooked(Refusal):
    """A refusal of a booking: `more["next_free"]` are times that can be booked instead."""

    status = 409
    kept: ClassVar[Any] = _l("Nothing was lost: below are other free times.")

    def __init__(self, slot: Slot, next_free: list[Slot]) -> None:
        super().__init__(next_free=[times.as_data(free) for free in next_free])
        self.slot_id = slot.id


class SlotTaken(NotBooked):
    """The last seat went to somebody else, or the business closed this time."""

    type = "slot-taken"
    sentence = _l("This time has just been taken")


class Overlap(NotBooked):
    """The member is expected somewhere else at that time."""

    type = "overlap"
    sentence = _l("You have another visit at this time")


class FairShare(NotBooked):
    """Two visits of a kind ahead, or one of this offer within the week."""

    type = "fair-share"
    sentence = _l("Let us leave a time for others, too")
    what_now = _l(
        "Everybody may have two visits of one kind ahead, and one in a week at the same place."
    )


class KeptForNewcomers(NotBooked):
    """An arrival is open, and what is left of the coming week is the newcomers' half."""

    type = "kept-for-newcomers"
    sentence = _l("This time is kept for people who are new here")
    what_now = _l("What is left a day before is open to all.")


class TooLate(NotBooked):
    """Nearer than the business's lead time, or already begun."""

    type = "too-late"
    sentence = _l("It is too late to book this time")


def book(slot_id: int, member: Member, *, once: str, now: datetime) -> Booking:
    """Take one seat of a time for `member`: confirmed at once, or pending where the business is asked first.

    `once` is the form's nonce or the Idempotency-Key: a retry returns the booking it made. Refused:
    `NotFound`, `TooLate`, `Overlap`, `FairShare`, `KeptForNewcomers`, `SlotTaken`, `Stopped`.
    """
    seats.lock_booker(member.id)
    seats.lock_slots(slot_id)
    slot = bookable(slot_id)
    made = once_key(member.id, slot.id, once)
    before = db.session.scalar(sa.select(Booking).where(Booking.once == made))
    if before is not None:
        return before
    line.settle(slot.id, now, own=member.id)
    check(slot, member.id, now=now)
    if not line.take(slot.id, member.id):
        raise SlotTaken(slot, free_instead(slot, member.id, now))
    booking = _write(slot, member.id, made, now)
    with (
        db.session.no_autoflush
    ):  # nothing it reads can be among what it writes: one flush, not four
        notices.booked(booking, now)
    return booking


def once_key(member_id: int, slot_id: int, once: str) -> bytes:
    """A retry's mark: of this member and this time alone, and no trace of what the phone sent."""
    return hashlib.sha256(f"once|{member_id}|{slot_id}|{once}".encode()).digest()


def bookable(slot_id: int) -> Slot:
    """A time of a published offer of an approved business. Refused: `NotFound`."""
    slot = db.session.get(Slot, slot_id, options=WITH_ITS_OFFER)
    if slot is None or not may_be_booked(slot.offer):
        raise NotFound()
    return slot


def check(slot: Slot, member_id: int, *, now: datetime, instead_of: Booking | None = None) -> None:
    """All that can be said before the seat: time, overlaps, fair share. `instead_of` is being moved."""
    held = [b for b in _near(member_id, now) if instead_of is None or b.id != instead_of.id]
    if now > latest(slot):
        raise TooLate(slot, free_instead(slot, member_id, now))
    ahead = [b for b in held if b.state in OPEN]
    if slot.offer.kind is not Kind.GIFT and any(times.overlaps(slot, b) for b in ahead):
        raise Overlap(slot, free_instead(slot, member_id, now))
    if _same_week(slot, held) or len(_of_kind(slot.offer, ahead, now)) >= OPEN_PER_KIND:
        raise FairShare(slot, free_instead(slot, member_id, now))
    stays = instead_of is not None and instead_of.slot_id == slot.id
    span = newcomers.kept_from(slot.offer, member_id, now, instead_of)
    if newcomers.is_kept(slot, span) and not (stays or newcomers.is_promised(slot, member_id, now)):
        raise KeptForNewcomers(slot, free_instead(slot, member_id, now))


def exchanged(slot: Slot, member_id: int, now: datetime) -> Booking | None:
    """The member's visit to the same offer within the week of `slot`: one of the two is possible, not both."""
    held = [b for b in _near(member_id, now) if b.state in OPEN and b.starts_at > now]
    return next((b for b in held if b.slot_id != slot.id and _same_week(slot, [b])), None)


def possible(
    offer: Offer, member_id: int, now: datetime, moving: Booking | None = None
) -> list[Slot]:
    """All coming times of an offer that this member could go to: free, not during another visit, not too often."""
    held = [b for b in _near(member_id, now) if moving is None or b.id != moving.id]
    ahead = [] if offer.kind is Kind.GIFT else [b for b in held if b.state in OPEN]
    kept = newcomers.kept_from(offer, member_id, now, moving)
    return [
        slot
        for slot in times.next_free(offer, now, ALL, now=now)
        if not _same_week(slot, held)
        and not any(times.overlaps(slot, b) for b in ahead)
        and not newcomers.is_kept(slot, kept)
    ]


def free_instead(slot: Slot, member_id: int, now: datetime) -> list[Slot]:
    """The next times of the same offer, to choose instead."""
    return possible(slot.offer, member_id, now)[:NEXT_SHOWN]


def left_of_kind(offer: Offer, member_id: int, now: datetime) -> int:
    """How many visits of this kind the member may still book: shown beside the rule."""
    return OPEN_PER_KIND - len(_of_kind(offer, times.open_bookings(member_id, now), now))


def _near(member_id: int, now: datetime) -> list[Booking]:
    since = now - timedelta(days=DAYS_BETWEEN + 1)
    wish = sa.select(Booking).where(
        Booking.member_id == member_id, Booking.starts_at > since, Booking.state.in_(COUNTED)
    )
    return list(db.session.scalars(wish))


def _of_kind(offer: Offer, ahead: list[Booking], now: datetime) -> list[Booking]:
    """Of one kind of help, as people choose it: haircut, doctor, massage (`Offer.category`)."""
    return [b for b in ahead if b.category == offer.category and b.ends_at > now]


def _same_week(slot: Slot, held: list[Booking]) -> bool:
    zone = times.zone_of(slot.offer)
    day = times.day_in(slot.starts_at, zone)
    return any(
        b.offer_id == slot.offer_id
        and abs((times.day_in(b.starts_at, zone) - day).days) < DAYS_BETWEEN
        for b in held
    )


def _write(slot: Slot, member_id: int, once: bytes, now: datetime) -> Booking:
    offer = slot.offer
    booking = Booking(
        member_id=member_id,
        slot=slot,
        offer=offer,
        provider=offer.provider,
        kind=offer.kind,
        category=offer.category,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        state=BookingState.PENDING if offer.ask_first else BookingState.CONFIRMED,
        code=draw_code(offer.provider_id),
        alias=draw_alias(),
        made_on=now.date(),
        once=once,
    )
    db.session.add(booking)
    db.session.flush()
    return booking


def draw_code(provider_id: int) -> str:
    """Six digits that this business holds in no other booking. Given no member, it can tell nothing of one (T3)."""
    while True:
        code = f"{secrets.randbelow(1_000_000):06}"
        same = sa.select(Booking.id).where(Booking.provider_id == provider_id, Booking.code == code)
        if db.session.scalar(same) is None:
            return code
