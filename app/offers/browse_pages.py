"""The member's way to an offer: where to look, what is nearby, what to show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, session, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from app.access import may
from app.assets import text_size
from app.db import clock
from app.errors import BadInput
from app.i18n import language
from app.offers import looks
from app.offers.browse_schemas import AskedSchema, filters_of
from app.offers.faces import drawn
from app.offers.looking import PLACE, home, in_district, place_of_visit
from app.offers.nearby import Page, nearest
from app.offers.parts import kept
from app.offers.places import Place, cities, nearest_city
from app.settings import settings

bp = Blueprint("browse", __name__)
WIDER = {3: 10, 10: 30}
DAYS_TO_CHOOSE = 14
FILTERS = "filters"  # kept in this browser's own cookie for the visit, never in a table


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
    """Offers around the chosen place, as filtered: one page for all who ask the same, made where none is kept."""
    if (found := place_of_visit()) is None:
        return redirect(url_for("browse.where"), 303)
    (place, name), asked, now = found, _asked(), clock()
    same = (str(place), name, language(), text_size(), repr(asked), repr(session.get(FILTERS)))
    return kept(same, now, lambda: _page(place, name, asked, now))


@bp.get("/filters")
@may("browse")
def filters() -> str:
    """What to show: one form, one button, nothing chosen that was not chosen by the person."""
    now = clock()
    days = [now + timedelta(days=n) for n in range(2, DAYS_TO_CHOOSE)]
    return render_template(
        "offers/filters.html",
        asked=_asked(),
        kinds=[(one.name.lower(), look.word) for one, look in looks.CATEGORIES.items()],
        tongues=[(str(one.name).lower(), said) for one, said in looks.TONGUES.items()],
        days=days,
        zone=_zone(),
    )


def _page(place: Place, name: str, asked: dict[str, Any], now: datetime) -> str:
    """What the list shows: cards, the way on, and where the nearest is when the circle is empty."""
    page = _look(place, asked, asked["radius_km"], now)
    return render_template(
        "offers/nearby.html",
        place_name=name,
        asked=asked,
        address=_with,
        looks=looks,
        cards=drawn(page.items, now),
        more=_with(after=page.next) if page.next else "",
        beyond=None if page.items else _beyond(place, asked, now),
        wider=WIDER.get(int(asked["radius_km"]), 20_000),
    )


def _look(
    place: Place, asked: dict[str, Any], radius_km: float, now: datetime, limit: int = 20
) -> Page:
    return nearest(
        place,
        filters_of(asked, _zone(), now),
        now=now,
        after=asked["after"] or None,
        radius_m=radius_km * 1000,
        limit=limit,
        sort=asked["sort"],
    )


def _beyond(place: Place, asked: dict[str, Any], now: datetime) -> float | None:
    """How far the nearest is that fits, in metres, when the circle holds none."""
    page = _look(place, asked | {"sort": "nearest", "after": ""}, 20_000, now, 1)
    return page.items[0].distance_m if page.items else None


def _asked() -> dict[str, Any]:
    """The filters in the address, else those of this visit. A wrong one is refused, nothing is guessed."""
    schema = AskedSchema()
    given = {
        name: request.args.getlist(name) if name in {"kind", "language", "more"} else value
        for name, value in request.args.items()
    }
    if not given.keys() & schema.fields.keys():
        given = session.get(FILTERS, {})
    try:
        asked: dict[str, Any] = schema.load(given)
    except ValidationError as why:
        raise BadInput(errors=why.messages) from why
    kept = {key: value for key, value in given.items() if key in schema.fields and key != "after"}
    if session.get(FILTERS, {}) != kept:
        session[FILTERS] = kept
    return asked


def _with(**changed: Any) -> str:
    """The address of this page with some of its filters changed; None or an empty list takes one away."""
    now = {key: value for key, value in session.get(FILTERS, {}).items() if key != "after"}
    wanted = {key: value for key, value in (now | changed).items() if value not in (None, "", [])}
    return url_for("browse.nearby") + "?" + urlencode(wanted or {"when": ""}, doseq=True)


def _zone() -> str:
    found = place_of_visit()
    return nearest_city(found[0], settings().cities).timezone if found else "Europe/Warsaw"
