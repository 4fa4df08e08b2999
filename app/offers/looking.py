"""Where a visit looks from: a district or a rounded place, kept in this browser's own cookie and in no table."""

from __future__ import annotations

from flask import request, session
from flask_login import current_user
from markupsafe import Markup

from app.errors import Refusal
from app.i18n import _, distance, language, minutes_on_foot
from app.offers.curve import earth_centred, metres
from app.offers.models import Location
from app.offers.places import City, NoSuchPlace, Place, city, nearest_city
from app.settings import settings

PLACE = "place"


def place_of_visit() -> tuple[Place, str] | None:
    """The place with its name; None until something was chosen."""
    if near := request.args.get("near"):
        place = Place.parse(near)
        return place, nearest_city(place, settings().cities).name(language())
    if PLACE not in session:
        town = home()
        return (town.place, town.name(language())) if town else None
    near, _bar, district = session[PLACE].partition("|")
    if district:
        name, place = in_district(district)
        return place, name
    return Place.parse(near), _("Around you")


def in_district(chosen: str) -> tuple[str, Place]:
    """'warsaw.wola' or 'warsaw': the name in the reader's language, and the point. Raises `NoSuchPlace`."""
    city_id, _dot, district_id = chosen.partition(".")
    town = city(city_id, settings().cities)
    if not district_id:
        return town.name(language()), town.place
    part = town.district(district_id)
    return f"{town.name(language())}, {part.name(language())}", part.place


def home() -> City | None:
    """The city the invitation named, if it did."""
    try:
        return city(getattr(current_user, "city", None), settings().cities)
    except NoSuchPlace:
        return None


def metres_to(location: Location | None) -> float | None:
    """From where this visit looks; None without a pin there, or a place here."""
    if location is None or location.lat is None or location.lon is None:
        return None
    try:
        found = place_of_visit()
    except Refusal:  # a place that is listed no more
        return None
    if found is None:
        return None
    here = earth_centred(found[0].lat, found[0].lon)
    there = earth_centred(location.lat, location.lon)
    return metres(sum((a - b) ** 2 for a, b in zip(here, there, strict=True)))


def how_far(location: Location | None) -> str:
    """'600 m'; nothing where it is not known."""
    away = metres_to(location)
    return "" if away is None else distance(away)


def how_far_on_foot(location: Location | None) -> str:
    """'600 m, 8 minutes on foot'; nothing where it is not known."""
    metres_away = metres_to(location)
    if location is None or location.lat is None or location.lon is None or metres_away is None:
        return ""
    said = f"{distance(metres_away)}, {minutes_on_foot(metres_away)}"
    return away(said, (round(location.lat, 5), round(location.lon, 5)))


def away(far: str, spot: tuple[float, float] | None) -> Markup | str:
    """How far it is, and where: a phone that knows better says it better (offers/exact.js)."""
    if spot is None:
        return far
    return Markup('<span data-at="{},{}">{}</span>').format(*spot, far)
