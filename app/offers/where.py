"""A place between its form and its row: listed cities, other towns of their countries, districts."""

from __future__ import annotations

from typing import Any

from babel import Locale

from app.errors import BadInput
from app.i18n import _, language
from app.offers.models import Location
from app.offers.places import cities, listed_as
from app.offers.provider_rules import Place

OTHER = "other-"


def choices(path: str) -> list[tuple[str, str]]:
    """The listed cities, then "another town" of each of their countries."""
    listed = [(city.id, city.name(language())) for city in cities(path)]
    territories = Locale.parse(language()).territories
    countries = dict.fromkeys(city.country for city in cities(path))
    return listed + [
        (OTHER + code, _("Another town: %(country)s", country=territories[code]))
        for code in countries
    ]


def from_form(form: dict[str, Any], path: str) -> Place:
    """The row's words. Refused: `BadInput` for a city nobody listed, or a town without a name."""
    chosen = str(form["city"])
    town = form["town"] if chosen.startswith(OTHER) else ""
    known = next((c for c in cities(path) if chosen in (c.id, OTHER + c.country)), None)
    if known is None:
        raise BadInput(errors={"city": [_("Please choose one of those given.")]})
    if chosen.startswith(OTHER) and not town:
        raise BadInput(errors={"town": [_("Please fill this in.")]})
    return Place(
        address=form["address"],
        city=town or known.local,
        postal_code=form["postal_code"],
        country=known.country,
        timezone=known.timezone,
        entrance=form["entrance"],
        step_free=form["step_free"],
    )


def as_form(place: Location, path: str) -> dict[str, Any]:
    """The form's words again."""
    names = ("address", "postal_code", "entrance", "step_free")
    chosen = city_id(place, path)
    return {name: getattr(place, name) for name in names} | {
        "city": chosen or OTHER + place.country,
        "town": "" if chosen else place.city,
    }


def city_id(place: Location, path: str) -> str | None:
    """The listed city of a place, if it is one."""
    listed = listed_as(place.city, place.country, path)
    return listed.id if listed else None


def districts(place: Location, path: str) -> list[tuple[str, str]]:
    """The districts of the place's city, to choose its middle from."""
    listed = listed_as(place.city, place.country, path)
    return [(d.id, d.name(language())) for d in listed.districts] if listed else []
