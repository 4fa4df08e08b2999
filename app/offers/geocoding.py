"""From an address to points on the map, by the geocoder the operator runs (`POBACH_GEOCODER`).

`local`: the addresses of the basemap, in this process, also where nothing is said and there is a basemap.
`nominatim:host:port` or `photon:host:port` (https, or http on loopback): slow and foreign, never asked inside
`writing()`. `none`: a business sets its pin by hand.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geopy.adapters import URLLibAdapter
from geopy.exc import GeopyError
from geopy.geocoders import Nominatim, Photon

from app.basemap.store import Basemap, basemap
from app.db import db
from app.errors import Refusal
from app.i18n import _l
from app.offers.models import Location
from app.offers.places import listed_as
from app.settings import LOOPBACK, Settings

log = logging.getLogger(__name__)
TIMEOUT_S = 4
MOST = 5
CITY_KEYS = ("city", "town", "village", "municipality")


class GeocoderSilent(Refusal):
    """It did not answer in time, refused, or said something we cannot read."""

    status = 503
    type = "geocoder-silent"
    sentence = _l("The address search does not answer just now.")
    kept = _l("Your address is kept.")
    what_now = _l("You can set the place on the map by hand.")


@dataclass(frozen=True)
class Suggestion:
    """A place an address may mean; degrees, WGS84. What is unknown is empty."""

    label: str
    lat: float
    lon: float
    address: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""


def suggest(text: str, city: str, *, geocoder: str) -> list[Suggestion]:
    """Up to five places for an address in a city; none without a geocoder. Refused: `GeocoderSilent`."""
    if db.session.info.get("writing"):
        raise RuntimeError("The geocoder may not be asked while others wait for the write.")
    db.session.rollback()  # nor may a read stay open for seconds
    kind, _colon, domain = geocoder.partition(":")
    if kind not in READERS or not domain:
        return []
    try:
        found = _ask(kind, domain, f"{text}, {city}")
        return [READERS[kind](place) for place in found]
    except (GeopyError, LookupError, TypeError, ValueError, Warning) as why:
        log.warning("geocoder: %s", type(why).__name__)
        raise GeocoderSilent() from None


def suggestions(
    place: Location | None, settings: Settings
) -> tuple[list[Suggestion], GeocoderSilent | None]:
    """For the address of a place; why there are none, where the geocoder keeps silent."""
    if place is None or not place.address:
        return [], None
    if settings.geocoder in {"", "local"}:
        known = basemap(settings)
        return _local(known, place, settings.cities) if known else [], None
    try:
        return suggest(place.address, place.city, geocoder=settings.geocoder), None
    except GeocoderSilent as refusal:
        return [], refusal


def _local(known: Basemap, place: Location, cities: str) -> list[Suggestion]:
    """Out of the basemap; nothing for a listed city that lies elsewhere."""
    listed = listed_as(place.city, place.country, cities)
    if listed and not known.covers(listed.place.lat, listed.place.lon):
        return []
    found = []
    for one in known.find(place.address, place.city):
        address, city = f"{one.street} {one.number}".strip(), one.city or place.city
        label = f"{address}, {one.postal_code} {city}".replace(",  ", ", ")
        words = (address, city, one.postal_code, place.country)
        found.append(Suggestion(label, one.lat, one.lon, *words))
    return found


def _ask(kind: str, domain: str, query: str) -> list[Any]:
    """The raw answers; on loopback over http and past any proxy."""
    near = domain.rpartition(":")[0].strip("[]") in LOOPBACK or domain in LOOPBACK
    service = {"nominatim": Nominatim, "photon": Photon}[kind](
        domain=domain,
        scheme="http" if near else "https",
        user_agent="pobach",
        timeout=TIMEOUT_S,
        adapter_factory=URLLibAdapter,
        **({"proxies": {}} if near else {}),
    )
    more: dict[str, Any] = {"addressdetails": True} if kind == "nominatim" else {}
    return list(service.geocode(query, exactly_one=False, limit=MOST, **more) or [])


def _of_nominatim(place: Any) -> Suggestion:
    parts: Mapping[str, str] = place.raw.get("address") or {}
    return _suggestion(
        place,
        (place.raw["lat"], place.raw["lon"]),
        street=parts.get("road") or parts.get("pedestrian") or "",
        number=parts.get("house_number", ""),
        city=next((parts[key] for key in CITY_KEYS if key in parts), ""),
        postal_code=parts.get("postcode", ""),
        country=parts.get("country_code", ""),
    )


def _of_photon(place: Any) -> Suggestion:
    parts: Mapping[str, str] = place.raw["properties"]
    lon, lat = place.raw["geometry"]["coordinates"][:2]
    return _suggestion(
        place,
        (lat, lon),
        street=parts.get("street") or parts.get("name") or "",
        number=parts.get("housenumber", ""),
        city=next((parts[key] for key in CITY_KEYS if key in parts), ""),
        postal_code=parts.get("postcode", ""),
        country=parts.get("countrycode", ""),
    )


READERS = {"nominatim": _of_nominatim, "photon": _of_photon}


def _suggestion(
    place: Any,
    point: tuple[Any, Any],
    *,
    street: str,
    number: str,
    city: str,
    postal_code: str,
    country: str,
) -> Suggestion:
    lat, lon = map(float, point)  # geopy makes 0, 0 of a missing point
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError("off the earth")
    return Suggestion(
        label=str(place.address),
        lat=round(lat, 6),
        lon=round(lon, 6),
        address=f"{street} {number}".strip(),
        city=city,
        postal_code=postal_code,
        country=country.upper()[:2],
    )
