"""The member's way to an offer: where to look, what is nearby as a list, what to show."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.access import may
from app.db import clock
from app.offers import asking, looks
from app.offers.exact import exact_words
from app.offers.looking import PLACE, home, in_district
from app.offers.places import Place, cities
from app.settings import settings

bp = Blueprint("browse", __name__)
bp.add_app_template_global(exact_words)
DAYS_TO_CHOOSE = 14


@bp.get("/place")
@may("browse")
def where() -> str:
    """A district, or the phone's own place, rounded before it leaves the phone."""
    known = cities(settings().cities)
    chosen = next((one for one in known if one.id == request.args.get("city")), home() or known[0])
    return render_template("offers/place.html", cities=known, chosen=chosen)


@bp.post("/place")
@may("browse")
def choose() -> Response:
    """Remember the choice in the browser and go on. Refused: `TooPrecise`, `NoSuchPlace`."""
    near, district = request.form.get("near", ""), request.form.get("district", "")
    place = Place.parse(near) if near else in_district(district)[1]
    session[PLACE] = f"{place}|{'' if near else district}"
    return redirect(url_for("browse.nearby"), 303)


@bp.get("/nearby")
@may("browse")
def nearby() -> str | Response:
    """Offers around the chosen place, as filtered."""
    return asking.page(asking.LIST, "offers/nearby.html")


@bp.get("/filters")
@may("browse")
def filters() -> str:
    """What to show: one form, one button, nothing chosen that was not chosen by the person."""
    now = clock()
    days = [now + timedelta(days=n) for n in range(2, DAYS_TO_CHOOSE)]
    return render_template(
        "offers/filters.html",
        asked=asking.asked(),
        kinds=[(one.name.lower(), look.word) for one, look in looks.CATEGORIES.items()],
        tongues=[(str(one.name).lower(), said) for one, said in looks.TONGUES.items()],
        days=days,
        zone=asking.zone(),
    )
