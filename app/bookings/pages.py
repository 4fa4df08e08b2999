"""A member's own bookings: the list, the ticket, cancelling and undoing, moving, the calendar entry."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import may
from app.bookings import change_rules, ics, mine_rules, rules, times
from app.bookings.models import Booking, BookingState, Side
from app.bookings.offer_pages import refused_page
from app.bookings.schemas import ChoiceForm, load
from app.bookings.shown import (
    choices,
    keep_until,
    shown_days,
    visit,
)
from app.bookings.way import address_of, directions, place_of
from app.db import clock, writing
from app.errors import BadInput
from app.i18n import _
from app.offers.looking import how_far
from app.pwa import keep_offline
from app.settings import settings

bp = Blueprint("bookings", __name__)
Page = str | Response | tuple[str, int]
FIRST_DAYS = 5


@bp.get("/bookings")
@may("see own bookings")
def mine() -> Response:
    """My bookings: what lies ahead, what can still be undone, what was."""
    now = clock()
    held = mine_rules.of_member(current_user.id, now)
    page = render_template(
        "bookings/mine.html",
        how_far=how_far,
        ahead=[visit(b, now) for b in held.ahead],
        undoable=[visit(b, now) for b in held.undoable],
        were=[visit(b, now) for b in held.were],
    )
    return keep_offline(page, max([keep_until(b) for b in held.ahead], default=now))


@bp.get("/bookings/<booking_id>")
@may("see own bookings")
def booking(booking_id: str) -> Page:
    """The ticket; or, for a visit called off, what can be done now."""
    found = _own(booking_id)
    if found.state in (BookingState.CANCELLED, BookingState.DECLINED):
        return _called_off(found)
    page = render_template(
        "bookings/booked.html",
        visit=visit(found, clock()),
        address=address_of(found.offer),
        qr=f"{settings().base_url}/today?code={found.code}",
        directions=directions(place_of(found.offer), request.headers.get("User-Agent", "")),
        reached=mine_rules.is_reached(current_user.recipient),
    )
    return keep_offline(page, keep_until(found))


def _called_off(found: Booking) -> str:
    now = clock()
    nearest = times.same_kind(found.offer, now, 3, now=now)
    return render_template(
        "bookings/cancelled.html", visit=visit(found, now), choices=choices(nearest, now)
    )


@bp.get("/bookings/<booking_id>/cancellation")
@may("see own bookings")
def confirm_cancellation(booking_id: str) -> Page:
    """One question before cancelling."""
    found = _own(booking_id)
    if not found.is_open:
        return redirect(url_for(".booking", booking_id=booking_id), 303)
    return render_template("bookings/cancellation.html", visit=visit(found, clock()))


@bp.post("/bookings/<booking_id>/cancellation")
@may("book")
def cancel(booking_id: str) -> Response:
    """Call the visit off; no reason is asked."""
    with writing():
        change_rules.cancel(_own(booking_id), Side.MEMBER, clock())
    return redirect(url_for(".booking", booking_id=booking_id), 303)


@bp.post("/bookings/<booking_id>/return")
@may("book")
def undo(booking_id: str) -> Page:
    """Take the cancellation back."""
    try:
        with writing():
            change_rules.undo(_own(booking_id), clock())
    except rules.NotBooked as refusal:
        return refused_page(refusal), refusal.status
    return redirect(url_for(".booking", booking_id=booking_id), 303)


@bp.get("/bookings/<booking_id>/move")
@may("see own bookings")
def choose_move(booking_id: str) -> str:
    """Other times of the same offer."""
    return _move_page(_own(booking_id))


@bp.post("/bookings/<booking_id>/move")
@may("book")
def move(booking_id: str) -> Page:
    """To the chosen time, in one step."""
    try:
        chosen = load(ChoiceForm(), request.form)
        with writing():
            change_rules.move(_own(booking_id), chosen["slot"], clock())
    except BadInput as refusal:
        return _move_page(_own(booking_id), errors=refusal.more["errors"]), refusal.status
    except rules.NotBooked as refusal:
        return _move_page(_own(booking_id), errors={"slot": [refusal.sentence]}), refusal.status
    return redirect(url_for(".booking", booking_id=booking_id), 303)


def _move_page(found: Booking, errors: dict[str, list[str]] | None = None) -> str:
    if not found.is_open or found.starts_at <= clock():
        raise change_rules.Over()
    now, zone = clock(), times.zone_of(found.offer)
    slots = rules.possible(found.offer, current_user.id, now, moving=found)
    slots = [slot for slot in slots if slot.id != found.slot_id]
    most = max(FIRST_DAYS, min(31, request.args.get("days", FIRST_DAYS, type=int)))
    days, more = shown_days(slots, zone, now, most)
    return render_template(
        "bookings/move.html",
        visit=visit(found, now),
        days=days,
        more_days=most + 7 if more else 0,
        errors=errors,
    )


@bp.get("/bookings/<booking_id>.ics")
@may("see own bookings")
def calendar(booking_id: str) -> Response:
    """The visit for a calendar: a neutral word and the time; the place and the code only where ticked."""
    found = _own(booking_id)
    body = ics.entry(visit(found, clock()), _("Visit"), with_place="place" in request.args)
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return response


def _own(booking_id: str) -> Booking:
    return change_rules.own(booking_id, current_user, now=clock())
