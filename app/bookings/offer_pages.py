"""An offer as a member sees it, with its times; and booking one of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import may
from app.bookings import newcomers, rules, times
from app.bookings.schemas import ChoiceForm, OnceForm, load
from app.bookings.shown import shown, shown_days
from app.bookings.way import address_of
from app.db import clock, db, public_id, writing
from app.errors import BadInput, NotFound, SignInNeeded, Stopped
from app.offers.looking import how_far_on_foot
from app.offers.models import Offer

bp = Blueprint("offer", __name__)
FIRST_DAYS = 2
Page = str | Response | tuple[str, int]


@bp.get("/offers/<int:offer_id>")
@may("see public offers")
def offer(offer_id: int) -> str:
    """The offer, its facts, the first days that have free times."""
    return _offer_page(readable(offer_id))


@bp.post("/offers/<int:offer_id>/bookings")
@may("book")
def book_chosen(offer_id: int) -> Page:
    """Book the time chosen on the offer's page."""
    found = readable(offer_id)
    try:
        chosen = load(ChoiceForm(), request.form)
    except BadInput as refusal:
        return _offer_page(found, errors=refusal.more["errors"]), refusal.status
    return _book(chosen["slot"], chosen["once"])


@bp.post("/slots/<int:slot_id>/booking")
@may("book")
def book_slot(slot_id: int) -> Page:
    """Book this time with one tap."""
    return _book(slot_id, load(OnceForm(), request.form)["once"])


def _book(slot_id: int, once: str) -> Page:
    try:
        with writing():
            booking = rules.book(slot_id, current_user, once=once or public_id(), now=clock())
    except rules.NotBooked as refusal:
        return refused_page(refusal), refusal.status
    return redirect(url_for("bookings.booking", booking_id=booking.public_id), 303)


def refused_page(refusal: rules.NotBooked) -> str:
    """What happened, and the other free times at once. The time that went stands among them, as taken."""
    slot = rules.bookable(refusal.slot_id)
    gone = slot if isinstance(refusal, rules.SlotTaken) else None
    return _offer_page(slot.offer, refusal=refusal, gone=gone, slot=slot)


def readable(offer_id: int) -> Offer:
    """A published offer; whoever has no card sees only what its business made public."""
    found = db.session.get(Offer, offer_id) if offer_id < 2**63 else None
    if found is None or not times.is_published(found):
        raise NotFound() if current_user.is_authenticated else SignInNeeded()
    if not current_user.is_authenticated and not found.provider.public:
        raise SignInNeeded()
    if current_user.is_member and current_user.stopped_on and not found.provider.public:
        raise Stopped()
    return found


def _offer_page(found: Offer, **also: Any) -> str:
    now, zone = clock(), times.zone_of(found)
    most = min(request.args.get("days", FIRST_DAYS, type=int), 31)
    gone = also.get("gone")
    slots = _times_for(found)
    days, more = shown_days(slots, zone, now, max(most, FIRST_DAYS), gone)
    return render_template(
        "bookings/taken.html" if "refusal" in also else "bookings/offer.html",
        shown=shown(found),
        address=address_of(found),
        away=how_far_on_foot(found.location),
        days=days,
        chosen=request.args.get("slot", ""),  # tapped on the page before, never by us
        more_days=most + 7 if more else 0,
        left=rules.left_of_kind(found, current_user.id, now) if current_user.is_member else 0,
        kept=current_user.is_member
        and newcomers.kept_from(found, current_user.id, now) is not None,
        once=public_id(),
        now=now,
        zone=zone,
        **also,
    )


def _times_for(found: Offer) -> list[Any]:
    if not times.may_be_booked(found):
        return []
    if current_user.is_member:
        return rules.possible(found, current_user.id, clock())
    return times.next_free(found, clock(), rules.ALL, now=clock())
