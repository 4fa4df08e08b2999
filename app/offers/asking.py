"""What a visit asks to see: the filters in the address, else those kept for the visit in this browser's own cookie.

The list and the map ask through here, so they cannot but tell the same story.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request, session, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from app.assets import text_size
from app.db import clock
from app.errors import BadInput
from app.i18n import language
from app.offers import looks
from app.offers.browse_schemas import AskedSchema, filters_of
from app.offers.exact import exact_words
from app.offers.faces import drawn
from app.offers.looking import place_of_visit
from app.offers.nearby import Page, nearest
from app.offers.parts import kept
from app.offers.places import Place, nearest_city
from app.settings import settings

WIDER = {3: 10, 10: 30}
FILTERS = "filters"  # kept in this browser's own cookie for the visit, never in a table
LIST, MAP = "browse.nearby", "map.on_map"


def page(view: str, template: str, **more: Any) -> str | Response:
    """The list or the map, one for all who ask the same, made where none is kept; first of all a place is asked for."""
    if (found := place_of_visit()) is None:
        return redirect(url_for("browse.where"), 303)
    (place, name), wanted, now = found, asked(), clock()
    reader = language(), text_size(), exact_words() is not None
    same = (view, str(place), name, *reader, repr(wanted), repr(session.get(FILTERS)))
    about = {"place": place, "place_name": name, "asked": wanted, "looks": looks, **more}
    return kept(same, now, lambda: render_template(template, **about, **_found(view, place, now)))


def _found(view: str, place: Place, now: datetime) -> dict[str, Any]:
    """Cards, the way on, and where the nearest is when the circle is empty."""
    wanted, address = asked(), address_in(view)
    page = _look(place, wanted, wanted["radius_km"], now)
    return {
        "address": address,
        "views": [
            (one, address_in(one)(after=wanted["after"]), one == view) for one in (LIST, MAP)
        ],
        "cards": drawn(page.items, now, numbered=view == MAP),
        "more": address(after=page.next) if page.next else "",
        "beyond": None if page.items else _beyond(place, wanted, now),
        "wider": WIDER.get(int(wanted["radius_km"]), 20_000),
    }


def _look(
    place: Place, wanted: dict[str, Any], radius_km: float, now: datetime, limit: int = 20
) -> Page:
    return nearest(
        place,
        filters_of(wanted, zone(), now),
        now=now,
        after=wanted["after"] or None,
        radius_m=radius_km * 1000,
        limit=limit,
        sort=wanted["sort"],
    )


def _beyond(place: Place, wanted: dict[str, Any], now: datetime) -> float | None:
    """How far the nearest is that fits, in metres, when the circle holds none."""
    page = _look(place, wanted | {"sort": "nearest", "after": ""}, 20_000, now, 1)
    return page.items[0].distance_m if page.items else None


def asked() -> dict[str, Any]:
    """The filters in the address, else those of this visit. A wrong one is refused, nothing is guessed."""
    schema = AskedSchema()
    given = {
        name: request.args.getlist(name) if name in {"kind", "language", "more"} else value
        for name, value in request.args.items()
    }
    if not given.keys() & schema.fields.keys():
        given = session.get(FILTERS, {})
    try:
        read: dict[str, Any] = schema.load(given)
    except ValidationError as why:
        raise BadInput(errors=why.messages) from why
    remembered = {
        key: value for key, value in given.items() if key in schema.fields and key != "after"
    }
    if session.get(FILTERS, {}) != remembered:
        session[FILTERS] = remembered
    return read


def address_in(view: str) -> Callable[..., str]:
    """Addresses of the list or the map with some filters changed; None, '' or an empty list takes one away."""

    def address(**changed: Any) -> str:
        kept_now = {key: value for key, value in session.get(FILTERS, {}).items() if key != "after"}
        wanted = {
            k: value for k, value in (kept_now | changed).items() if value not in (None, "", [])
        }
        return url_for(view) + "?" + urlencode(wanted or {"when": ""}, doseq=True)

    return address


def zone() -> str:
    """Whose clock says what today is: that of the listed city closest to where the visit looks."""
    found = place_of_visit()
    return nearest_city(found[0], settings().cities).timezone if found else "Europe/Warsaw"
