"""Where one goes: the address said, and the phone's own maps app."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from app.i18n import _
from app.offers.models import Location, Offer

APPLE = ("iPhone", "iPad", "Macintosh")


def directions(location: Location | None, device: str) -> str:
    """Where a tap on 'Directions' leads: the phone's own maps app, so that no site of others is asked.

    `geo:` (RFC 5870); Apple's phones do not know it and have `maps:` instead. Empty without a pin.
    """
    if location is None or location.lat is None or location.lon is None:
        return ""
    point = f"{location.lat},{location.lon}"
    if any(name in device for name in APPLE):
        return f"maps:?q={quote(point)}"
    return f"geo:{point}?q={quote(point, safe=',')}"


def place_of(offer: Offer) -> Location | None:
    """Where one goes; nowhere for what waits at the hotel desk."""
    return None if offer.at_desk else offer.location


def address_of(offer: Offer) -> str:
    """'ul. Lipowa 7, Warszawa'; a gift that is brought waits at the hotel desk."""
    place: Any = offer.location
    if offer.at_desk:
        return _("At the hotel desk")
    return ", ".join(part for part in (place.address, place.city) if part) if place else ""
