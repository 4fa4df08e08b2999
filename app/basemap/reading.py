"""An OpenStreetMap extract (`.osm.pbf`) -> the few things a calm map shows, and addresses.

Tags after the OpenStreetMap wiki ("Map features", "Key:addr"). Relations of type multipolygon are put
together by libosmium; what is broken in the extract (a ring cut by its edge) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import osmium
import shapely

from app.basemap.extract import Extract, House, Shape

ROADS = {
    "motorway": "highway", "trunk": "highway", "motorway_link": "highway", "trunk_link": "highway",
    "primary": "major", "secondary": "major", "tertiary": "medium",
    "primary_link": "major", "secondary_link": "major", "tertiary_link": "medium",
    "residential": "minor", "living_street": "minor", "unclassified": "minor", "pedestrian": "minor", "road": "minor",
    "service": "service", "footway": "path", "path": "path", "cycleway": "path", "steps": "path", "track": "path",
}  # fmt: skip
RAILS = {"rail", "tram", "subway", "light_rail"}
PARKS = {
    "leisure": {"park", "garden", "playground", "nature_reserve"},
    "landuse": {"grass", "forest", "recreation_ground", "cemetery", "meadow", "village_green"},
    "natural": {"wood", "grassland", "scrub", "heath"},
}
KEYS = ("highway", "railway", "building", "natural", "waterway", "leisure", "landuse", "addr:housenumber")  # fmt: skip
EVERY = 20_000
NUMBER, STREET, PLACE, TOWN, CODE = (
    "addr:" + key for key in ("housenumber", "street", "place", "city", "postcode")
)


class CannotReadMap(Exception):
    """Not an extract we can use; the text says why."""


def read(path: Path, told: Callable[[int], None]) -> Extract:
    """Everything of the file, `told` now and then of how many things were met. Raises `CannotReadMap`."""
    found, wkb = Extract(), osmium.geom.WKBFactory()
    try:
        for count, thing in enumerate(_things(path), 1):
            if count % EVERY == 0:
                told(count)
            _take(thing, found, wkb)
    except RuntimeError as why:
        raise CannotReadMap(f"{path.name} cannot be read: {why}.") from why
    if not found.shapes:
        raise CannotReadMap(f"{path.name} holds no streets.")
    return found


def _things(path: Path) -> Iterator[Any]:
    wanted = osmium.filter.KeyFilter(*KEYS)
    return iter(
        osmium.FileProcessor(str(path)).with_locations().with_areas(wanted).with_filter(wanted)
    )


def _take(thing: Any, found: Extract, wkb: Any) -> None:
    tags = thing.tags
    try:
        if thing.is_node():
            if NUMBER in tags:
                found.houses.append(_house(tags, thing.location.lat, thing.location.lon))
        elif thing.is_way():
            _take_line(thing, found, wkb)
        elif thing.is_area():
            _take_area(thing, found, wkb)
    except (osmium.InvalidLocationError, RuntimeError):
        return  # its nodes lie outside the extract, or its rings do not close


def _take_shore(way: Any, found: Extract) -> None:
    """Piece by piece, where the edge of the extract has cut it."""
    for there, nodes in groupby(way.nodes, key=lambda node: node.location.valid()):
        points = [(node.lon, node.lat) for node in nodes] if there else []
        if len(points) > 1:
            found.shores.append(points)


def _take_line(way: Any, found: Extract, wkb: Any) -> None:
    tags = way.tags
    if tags.get("natural") == "coastline":
        _take_shore(way, found)
    kind = ROADS.get(tags.get("highway", ""))
    if kind is None and tags.get("railway") in RAILS:
        kind = "rail"
    hidden = tags.get("tunnel") == "yes" and kind in {"rail", "path"}
    if kind is None or hidden or tags.get("area") == "yes":
        return
    name = tags.get("name", "")
    found.add(Shape("roads", kind, name), bytes.fromhex(wkb.create_linestring(way)))
    if name and kind not in {"rail", "path"}:
        middle = way.nodes[len(way.nodes) // 2]
        found.streets.setdefault(name, []).append((middle.lat, middle.lon))


def _take_area(area: Any, found: Extract, wkb: Any) -> None:
    tags = area.tags
    shape = _area_shape(tags)
    if shape is None and NUMBER not in tags:
        return
    outline = bytes.fromhex(wkb.create_multipolygon(area))
    if shape is not None:
        found.add(shape, outline)
    if NUMBER in tags:
        inside = shapely.from_wkb(outline).representative_point()
        found.houses.append(_house(tags, inside.y, inside.x))


def _area_shape(tags: Any) -> Shape | None:
    if "building" in tags:
        return Shape("buildings", "building", "")
    name = tags.get("name", "")
    if tags.get("natural") == "water" or tags.get("waterway") == "riverbank":
        return Shape("water", "water", name)
    if any(tags.get(key) in values for key, values in PARKS.items()):
        return Shape("landuse", "park", name)
    if tags.get("highway") == "pedestrian":
        return Shape("landuse", "plaza", name)
    return None


def _house(tags: Any, lat: float, lon: float) -> House:
    street = tags.get(STREET) or tags.get(PLACE) or ""
    number, town, code = (tags.get(key, "").strip() for key in (NUMBER, TOWN, CODE))
    return House(street.strip(), number, town, code, round(lat, 6), round(lon, 6))
