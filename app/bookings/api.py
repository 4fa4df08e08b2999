"""Times and bookings for programs: the same rules and refusals as the pages (interchange.md)."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_login import current_user
from flask_smorest import Blueprint

from app.access import may
from app.accounts.aliases import say_alias
from app.bookings import change_rules, mine_rules, rules, times, today_rules
from app.bookings.models import Booking, Side
from app.bookings.schemas import BookingListShape, BookingShape, MoveBody, SlotListShape
from app.db import clock, db, public_id, writing
from app.errors import NotFound
from app.i18n import language
from app.offers.models import Category, Offer
from app.offers.texts import text_for

bp = Blueprint("bookings_api", __name__, url_prefix="/api/v1", description="Times and bookings")
REFUSED = {
    "description": "Refused: `type` ends in /slot-taken, /overlap, /fair-share or /too-late;"
    " `next_free` holds times that can be booked instead."
}


@bp.get("/offers/<int:offer_id>/slots")
@may("browse")
@bp.response(200, SlotListShape)
@bp.alt_response(404, description="No such offer, or not published")
@bp.doc(operationId="listSlots")
def slots(offer_id: int) -> dict[str, Any]:
    """The free times of an offer, soonest first."""
    offer = db.session.get(Offer, offer_id) if offer_id < 2**63 else None
    if offer is None or not times.may_be_booked(offer):
        raise NotFound()
    now = clock()
    free = times.next_free(offer, now, rules.ALL, now=now)
    return {"items": [times.as_data(slot) for slot in free], "next": None}


@bp.post("/slots/<int:slot_id>/booking")
@may("book")
@bp.response(201, BookingShape)
@bp.alt_response(404, description="No such time")
@bp.alt_response(409, **REFUSED)
@bp.doc(operationId="book", parameters=[{
    "in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 255},
    "description": "The same key gives the same answer again, however often it is sent.",
}])  # fmt: skip
def book(slot_id: int) -> dict[str, Any]:
    """Book a time."""
    once = request.headers.get("Idempotency-Key", "")[:255] or public_id()
    if slot_id >= 2**63:
        raise NotFound()
    with writing():
        return as_data(rules.book(slot_id, current_user, once=once, now=clock()))


@bp.get("/bookings")
@may("see own bookings")
@bp.response(200, BookingListShape)
@bp.doc(operationId="listBookings")
def bookings() -> dict[str, Any]:
    """Own bookings, soonest first, until seven days after the visit."""
    rows = mine_rules.all_of_member(current_user.id, clock())
    return {"items": [as_data(b) for b in rows], "next": None}


@bp.post("/bookings/<booking_id>/cancellation")
@may("book")
@bp.response(200, BookingShape)
@bp.alt_response(404, description="No such booking of one's own")
@bp.alt_response(409, description="Over: nothing to cancel")
@bp.doc(operationId="cancelBooking")
def cancel(booking_id: str) -> dict[str, Any]:
    """Cancel. The seat is kept until `undo_until`, unless the visit is less than two hours away."""
    with writing():
        own = change_rules.own(booking_id, current_user, clock())
        return as_data(change_rules.cancel(own, Side.MEMBER, clock()))


@bp.post("/bookings/<booking_id>/return")
@may("book")
@bp.response(200, BookingShape)
@bp.alt_response(404, description="No such booking of one's own")
@bp.alt_response(409, **REFUSED)
@bp.doc(operationId="undoCancellation")
def undo(booking_id: str) -> dict[str, Any]:
    """Take a cancellation back, before `undo_until`."""
    with writing():
        own = change_rules.own(booking_id, current_user, clock())
        return as_data(change_rules.undo(own, clock()))


@bp.post("/bookings/<booking_id>/move")
@may("book")
@bp.arguments(MoveBody)
@bp.response(200, BookingShape)
@bp.alt_response(404, description="No such booking of one's own, or a time of another offer")
@bp.alt_response(409, **REFUSED)
@bp.doc(operationId="moveBooking")
def move(body: dict[str, str], booking_id: str) -> dict[str, Any]:
    """Move to another time of the same offer, in one step or not at all."""
    with writing():
        own = change_rules.own(booking_id, current_user, clock())
        return as_data(change_rules.move(own, int(body["slot"]), clock()))


@bp.get("/my/bookings")
@may("see today")
@bp.response(200, BookingListShape)
@bp.doc(operationId="listBookingsOfMyBusiness")
def of_my_business() -> dict[str, Any]:
    """The visits to one's business, from the request to 72 hours after."""
    business = today_rules.business_of(current_user)
    rows = today_rules.of_business(business, clock()) if business else []
    return {"items": [as_data(b) for b in rows], "next": None}


def as_data(booking: Booking) -> dict[str, Any]:
    """A booking in the shape of interchange.md. Asked for before the commit: what is read after it could fail."""
    offer, until = booking.offer, booking.release_at
    return {
        "id": booking.public_id,
        "code": booking.code,
        "alias": say_alias(booking.alias, language()),
        "state": booking.state.value,
        "cancelled_by": booking.cancelled_by.value if booking.cancelled_by else None,
        "undo_until": times.rfc3339(until) if until else None,
        "slot": times.as_data(booking.slot),
        "offer": {
            "id": str(offer.id),
            "title": text_for(offer, language()).title,
            "provider": offer.provider.name,
            "kind": offer.kind.value,
            "category": Category(offer.category).name.lower(),
        },
    }
