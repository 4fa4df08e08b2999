"""Where: the address, then the point on the map by suggestion, by coordinates or by district."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.access import may
from app.basemap.store import basemap
from app.db import clock, writing
from app.errors import BadInput, NotFound
from app.offers import provider_rules, where
from app.offers.form_schemas import DistrictForm, LocationForm, PinForm
from app.offers.geocoding import suggestions
from app.offers.mine import blueprint, my_location, my_offers, my_own_business, to
from app.offers.models import Location
from app.offers.news import tell_of_change
from app.offers.places import city, listed_as
from app.offers.schemas import read
from app.settings import settings

bp = blueprint("my_location", "/my/location")


@bp.get("")
@may("list offers")
def location() -> str:
    """The address, what to look for at the entrance, and whether there is a step."""
    my_own_business()
    kept = my_location()
    return _page(where.as_form(kept, settings().cities) if kept else {}, {})


def _page(typed: Any, errors: dict[str, Any]) -> str:
    return render_template(
        "offers/my/location.html",
        typed=typed,
        errors=errors,
        cities=where.choices(settings().cities),
        known=my_location(),
    )


@bp.post("")
@may("list offers")
def settle() -> ResponseReturnValue:
    """Kept; then the point on the map."""
    try:
        place = where.from_form(read(LocationForm, request.form), settings().cities)
    except BadInput as why:
        return _page(request.form, why.more["errors"]), 422
    with writing():
        kept = provider_rules.settle(my_own_business(), place, now=clock())
        for offer in my_offers(my_own_business()):
            tell_of_change(offer, now=clock())
        pinned = kept.lat is not None
    return to("my_offers.offers" if pinned else "my_location.pin")


@bp.get("/pin")
@may("list offers")
def pin() -> str:
    """Is it here? The geocoder's suggestions first, if there is one and it answers."""
    return _pin_page({}, {})


def _pin_page(typed: Any, errors: dict[str, Any]) -> str:
    kept = _my_place()
    found, silent = suggestions(kept, settings())
    kept = _my_place()  # the geocoder was asked with no transaction open
    return render_template(
        "offers/my/pin.html",
        place=kept,
        found=found,
        silent=silent,
        districts=where.districts(kept, settings().cities),
        typed=typed,
        errors=errors,
        **_map_of(kept),
    )


def _map_of(place: Location) -> dict[str, Any]:
    """A map to tap on, where there is one of that city; it opens in the middle of the city."""
    known, town = basemap(settings()), listed_as(place.city, place.country, settings().cities)
    if known is None or (town and not known.covers(town.place.lat, town.place.lon)):
        return {}
    return {"basemap": known, "start": town.place if town else known.middle}


def _my_place() -> Location:
    kept = my_location()
    if kept is None:
        raise NotFound()
    return kept


@bp.post("/pin")
@may("list offers")
def set_pin() -> ResponseReturnValue:
    """By a suggestion or typed coordinates, or the middle of a district."""
    try:
        form = read(DistrictForm if request.form.get("district") else PinForm, request.form)
    except BadInput as why:
        return _pin_page(request.form, why.more["errors"]), 422
    with writing():
        kept = _my_place()
        if "district" in form:
            listed = city(where.city_id(kept, settings().cities), settings().cities)
            provider_rules.pin_at_district(kept, listed, form["district"])
        else:
            provider_rules.pin(kept, *form["point"])
    return to("my_offers.offers")
