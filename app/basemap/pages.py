"""The map's files for those who are signed in, from our own host alone, under names that change with their content."""

from __future__ import annotations

from flask import Blueprint, Response, send_file

from app.access import may
from app.assets import YEAR
from app.basemap.store import Basemap, basemap
from app.errors import NotFound
from app.settings import settings

bp = Blueprint("basemap", __name__, url_prefix="/basemap")


@bp.get("/<name>.pmtiles")
@may("see the map")
def tiles(name: str) -> Response:
    """All tiles in one file, asked for in pieces (RFC 9110, 14: ranges; PMTiles 3)."""
    answer = send_file(
        _known(name).tiles, "application/vnd.pmtiles", conditional=True, etag=name, max_age=YEAR
    )
    return _lasting(answer)


@bp.get("/<name>/<int:zoom>/<int:x>/<int:y>.svg")
@may("see the map")
def picture(name: str, zoom: int, x: int, y: int) -> Response:
    """The streets of one tile as a picture."""
    packed = _known(name).picture(zoom, x, y) if max(zoom, x, y) < 2**31 else None
    if packed is None:
        raise NotFound()
    answer = Response(packed, mimetype="image/svg+xml", headers={"Content-Encoding": "gzip"})
    return _lasting(answer)


def _known(name: str) -> Basemap:
    known = basemap(settings())
    if known is None or known.name != name:
        raise NotFound()
    return known


def _lasting(answer: Response) -> Response:
    """A browser may keep it for a year: streets are everybody's, and another map has another name."""
    answer.headers["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    return answer
