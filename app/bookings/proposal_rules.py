"""The business asks for another time; the member says yes or no. Nothing moves before."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.bookings import change_rules, line, notices, rules, seats, times
from app.bookings.models import OPEN, Booking, BookingState, Proposal
from app.db import db
from app.errors import NotFound, Refusal
from app.i18n import _l
from app.offers.models import Slot

ANSWERED_WITHIN = timedelta(hours=24)


class ProposalOver(Refusal):
    """It was answered, taken back, or nobody answered in time."""

    type = "proposal-over"
    sentence = _l("This question is over: the visit stays at its time.")


def propose(booking: Booking, slot_id: int, *, now: datetime) -> Proposal:
    """Ask the member of `booking` to come at another time of the same offer; its seat is kept for the answer,
    a day at most and never past either time. A second proposal replaces the first.

    What else the member has in that time stays their own affair: they see it when they answer.
    Refused: `NotFound` (another offer's time), `Over`, `SlotTaken`.
    """
    change_rules.fresh(booking, slot_id)
    slot = db.session.get(Slot, slot_id, populate_existing=True)
    if slot is None or slot.offer_id != booking.offer_id or slot.id == booking.slot_id:
        raise NotFound()
    until = min(now + ANSWERED_WITHIN, booking.starts_at, slot.starts_at)
    if not booking.is_open or until <= now:
        raise change_rules.Over()
    line.drop_proposal(booking, now)
    line.settle(slot.id, now)
    if not seats.take(slot.id):
        raise rules.SlotTaken(slot, times.next_free(slot.offer, now, rules.NEXT_SHOWN, now=now))
    proposal = Proposal(booking=booking, slot=slot, until=until)
    db.session.add(proposal)
    db.session.flush()
    notices.proposed(booking, slot, until, now)
    return proposal


def open_for(booking: Booking, now: datetime) -> Proposal | None:
    """The proposal that waits for an answer; what is over is over, worker or not."""
    proposal = line.proposal_for(booking)
    stands = proposal is not None and now < proposal.until and booking.is_open
    return proposal if stands else None


def accept(booking: Booking, *, now: datetime) -> Booking:
    """Yes: the visit moves in one step. Refused: `ProposalOver`, and `Overlap` or `FairShare` as a booking is."""
    seats.lock_member(booking.member_id)
    change_rules.fresh(booking)
    proposal = open_for(booking, now)
    if proposal is None:
        raise ProposalOver()
    slot, before = proposal.slot, booking.slot
    rules.check(slot, booking.member_id, now=min(now, times.latest(slot)), instead_of=booking)
    db.session.delete(proposal)
    db.session.flush()
    change_rules.withdraw(before, now)
    line.free(before.id, now)
    seats.turn(
        booking,
        frm=OPEN,
        to=BookingState.CONFIRMED,
        slot_id=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        sequence=booking.sequence + 1,
    )
    notices.proposal_over(booking)
    notices.moved(booking, now)
    return booking


def refuse(booking: Booking, *, now: datetime) -> None:
    """No: all stays as agreed, and the business hears so. Twice is once."""
    change_rules.fresh(booking)
    if line.drop_proposal(booking, now):
        notices.kept_as_agreed(booking, now)


def take_back(booking: Booking, *, now: datetime) -> None:
    """The business thinks again before the answer. Twice is once."""
    change_rules.fresh(booking)
    line.drop_proposal(booking, now)
