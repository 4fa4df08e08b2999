"""Another time proposed: the business chooses one and may take it back, the member says yes or no."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import may
from app.bookings import change_rules, proposal_rules, rules, times
from app.bookings.models import Booking
from app.bookings.offer_pages import refused_page
from app.bookings.schemas import ChoiceForm, load
from app.bookings.shown import shown_days, span, visit
from app.bookings.today_pages import seen
from app.db import clock, writing
from app.errors import BadInput
from app.i18n import clock_time, day_and_time, day_word

bp = Blueprint("proposals", __name__)
Page = str | Response | tuple[str, int]
FIRST_DAYS = 5


@bp.get("/today/<booking_id>/proposal")
@may("see today")
def choose(booking_id: str) -> str:
    """Which other time?"""
    return _choice(seen(booking_id), {})


def _choice(found: Booking, errors: dict[str, Any]) -> str:
    if not found.is_open or found.starts_at <= clock():
        raise change_rules.Over()
    now, zone = clock(), times.zone_of(found.offer)
    most = max(FIRST_DAYS, min(31, request.args.get("days", FIRST_DAYS, type=int)))
    free = times.next_free(found.offer, now, rules.ALL, now=now)
    days, more = shown_days(free, zone, now, most)
    return render_template(
        "bookings/propose.html",
        visit=visit(found, now),
        days=days,
        more_days=most + 7 if more else 0,
        errors=errors,
    )


@bp.post("/today/<booking_id>/proposal")
@may("see today")
def propose(booking_id: str) -> Page:
    """Ask; nothing moves yet."""
    try:
        chosen = load(ChoiceForm(), request.form)
        with writing():
            proposal_rules.propose(seen(booking_id), chosen["slot"], now=clock())
    except BadInput as refusal:
        return _choice(seen(booking_id), refusal.more["errors"]), refusal.status
    except rules.NotBooked as refusal:
        return _choice(seen(booking_id), {"slot": [refusal.sentence]}), refusal.status
    return redirect(url_for("today.one", booking_id=booking_id), 303)


@bp.post("/today/<booking_id>/proposal/withdrawal")
@may("see today")
def take_back(booking_id: str) -> Response:
    """Not so after all."""
    with writing():
        proposal_rules.take_back(seen(booking_id), now=clock())
    return redirect(url_for("today.one", booking_id=booking_id), 303)


@bp.post("/bookings/<booking_id>/proposal/acceptance")
@may("book")
def accept(booking_id: str) -> Page:
    """Yes, the other time."""
    try:
        with writing():
            proposal_rules.accept(_own(booking_id), now=clock())
    except rules.NotBooked as refusal:
        return refused_page(refusal), refusal.status
    return redirect(url_for("bookings.booking", booking_id=booking_id), 303)


@bp.post("/bookings/<booking_id>/proposal/refusal")
@may("book")
def refuse(booking_id: str) -> Response:
    """No: the time stays."""
    with writing():
        proposal_rules.refuse(_own(booking_id), now=clock())
    return redirect(url_for("bookings.booking", booking_id=booking_id), 303)


def _own(booking_id: str) -> Booking:
    return change_rules.own(booking_id, current_user, now=clock())


@bp.app_context_processor
def proposals() -> dict[str, Any]:
    """For the pages of a visit: `proposal_for(booking)` as words, or nothing."""
    return {"proposal_for": proposal_for}


def proposal_for(booking: Booking) -> dict[str, str] | None:
    """`when` it would be, and the hour `until` which an answer is awaited."""
    now, zone = clock(), times.zone_of(booking.offer)
    proposal = proposal_rules.open_for(booking, now)
    if proposal is None:
        return None
    when = f"{day_word(proposal.slot.starts_at, zone, now)}, {span(proposal.slot, zone)}"
    today = times.day_in(proposal.until, zone) == times.day_in(now, zone)
    until = proposal.until
    return {
        "when": when,
        "until": clock_time(until, zone) if today else day_and_time(until, zone, now),
    }
