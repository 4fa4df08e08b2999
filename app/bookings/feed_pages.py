"""The business's calendar feed: its address made and taken back, and the feed itself."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import force_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import may
from app.bookings import feed_rules, ics
from app.bookings import today_rules as today
from app.bookings.shown import visit
from app.db import clock, writing
from app.errors import NotFound
from app.offers.models import Provider
from app.settings import settings

bp = Blueprint("feed", __name__)


@bp.get("/today/calendar")
@may("see today")
def about() -> str:
    """Whether there is an address, and since when. The address itself is told once."""
    return _page("")


def _page(link: str) -> str:
    business = today.business_of(current_user)
    feed = feed_rules.of_business(business) if business else None
    return render_template("bookings/calendar.html", business=business, feed=feed, link=link)


@bp.post("/today/calendar")
@may("see today")
def make() -> tuple[str, int]:
    """A new address, shown here and never again."""
    with writing():
        token = feed_rules.make(_business(), now=clock())
    return _page(settings().base_url + url_for(".read", token=token)), 201


@bp.post("/today/calendar/revocation")
@may("see today")
def revoke() -> Response:
    """The address stops working at once."""
    with writing():
        feed_rules.revoke(_business())
    return redirect(url_for(".about"), 303)


@bp.get("/calendar/<token>.ics")
@may("read a feed")
def read(token: str) -> Response:
    """Times and aliases, for the calendar of the business. Refused: `NotFound` for any other address."""
    business, now = feed_rules.business_of(token), clock()
    with force_locale(business.account.language if business.account else "en"):
        body = ics.feed([visit(b, now) for b in feed_rules.visits(business, now=now)])
    response = Response(body, mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _business() -> Provider:
    business = today.business_of(current_user)
    if business is None:
        raise NotFound()
    return business
