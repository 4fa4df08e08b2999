"""Visits outside of the hours: listed one by one, and the business chooses for each."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import may
from app.bookings import day_rules
from app.bookings import today_rules as today
from app.bookings.shown import shown, visit
from app.bookings.today_pages import seen
from app.db import clock, db, writing
from app.errors import NotFound
from app.offers.models import Offer

bp = Blueprint("conflicts", __name__)


@bp.get("/my/offers/<int:offer_id>/conflicts")
@may("see today")
def of_offer(offer_id: int) -> str:
    """Keep it, propose another time, or call it off: nothing happens by itself."""
    offer, now = _my_offer(offer_id), clock()
    found = [visit(b, now) for b in day_rules.outside_hours(offer, now)]
    return render_template("bookings/conflicts.html", offer=shown(offer), visits=found)


@bp.post("/today/<booking_id>/keeping")
@may("see today")
def keep(booking_id: str) -> Response:
    """This visit stays at its time, whatever the hours are now."""
    with writing():
        found = day_rules.keep_outside(seen(booking_id))
    return redirect(url_for(".of_offer", offer_id=found.offer_id), 303)


def _my_offer(offer_id: int) -> Offer:
    business = today.business_of(current_user)
    offer = db.session.get(Offer, offer_id) if offer_id < 2**62 else None
    if business is None or offer is None or offer.provider_id != business.id:
        raise NotFound()
    return offer
