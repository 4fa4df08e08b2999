"""The same offers as the list, on a map the server draws."""

from __future__ import annotations

from functools import partial

from flask import Blueprint
from werkzeug.wrappers import Response

from app.access import may
from app.basemap.store import basemap
from app.offers import asking, svg_map
from app.settings import settings

bp = Blueprint("map", __name__)


@bp.get("/map")
@may("browse")
def on_map() -> str | Response:
    """Offers around the chosen place, as filtered, each a numbered pin and a numbered card."""
    known = basemap(settings())
    draw = partial(svg_map.drawn, known=known)
    return asking.page(asking.MAP, "offers/map.html", drawn=draw, basemap=known)
