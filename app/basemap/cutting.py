"""What was read, cut into tiles: simplified for each zoom, clipped with a margin, streets of one name in one piece."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely

from app.basemap.extract import Extract, Shape
from app.basemap.mercator import degrees
from app.basemap.sea import sea
from app.basemap.vector_tile import EXTENT, Feature

LAYERS = ("landuse", "water", "buildings", "roads")
MARGIN = 0.03
"""How far a tile reaches over its edges, so that broad lines are not cut: a part of its side."""
SMALLEST_PX = 2.0
"""Areas narrower than this are not drawn (a tile is 256 px)."""

Array = Any
Bounds = tuple[float, float, float, float]


class Tile(NamedTuple):
    """One tile and what lies in it, by layer, in units of `EXTENT`."""

    zoom: int
    x: int
    y: int
    layers: dict[str, list[Feature]]


@dataclass(frozen=True)
class Ground:
    """Everything of the extract, laid out in the square world of `mercator`."""

    shapes: Sequence[Shape]
    geometries: Array
    from_zoom: Array
    bounds: Bounds

    @classmethod
    def of(cls, extract: Extract) -> Ground:
        """Projected, mended and turned as tiles want them."""
        flat = shapely.transform(shapely.from_wkb(extract.geometries), _project)
        broken = ~shapely.is_valid(flat)
        flat[broken] = shapely.make_valid(flat[broken])
        bounds = _bounds(extract, flat)
        shores = shapely.MultiLineString(extract.shores)
        water = sea(shapely.transform(shores, _project), bounds)
        shapes = [*extract.shapes, *[Shape("water", "water", "")] * len(water)]
        zooms = np.array([shape.from_zoom for shape in shapes])
        return cls(shapes, shapely.orient_polygons(np.append(flat, water)), zooms, bounds)

    def corners(self) -> Bounds:
        """West, south, east, north in degrees."""
        north, west = degrees(self.bounds[0], self.bounds[1])
        south, east = degrees(self.bounds[2], self.bounds[3])
        return west, south, east, north

    def addresses(self, zoom: int) -> list[tuple[int, int]]:
        """x and y of every tile of that zoom within the bounds."""
        west, north, east, south = (int(edge * 2**zoom) for edge in self.bounds)
        return [(x, y) for x in range(west, east + 1) for y in range(north, south + 1)]

    def cut(self, zoom: int) -> Iterator[Tile]:
        """All tiles of one zoom that hold anything."""
        side = 1 / 2**zoom
        numbers, plain = self._visible(zoom, side)
        places = self.addresses(zoom)
        boxes = [_box(x, y, side) for x, y in places]
        tree = shapely.STRtree(plain)
        which, met = tree.query(shapely.box(*np.array(boxes).T))
        for at, (x, y) in enumerate(places):
            members = met[np.searchsorted(which, at) : np.searchsorted(which, at, "right")]
            clipped = _into(plain[members], boxes[at], x, y, side)
            layers = self._layers(numbers[members], clipped)
            if layers:
                yield Tile(zoom, x, y, layers)

    def _visible(self, zoom: int, side: float) -> tuple[Array, Array]:
        numbers = np.flatnonzero(self.from_zoom <= zoom)
        plain = shapely.simplify(self.geometries[numbers], side / 1024, preserve_topology=False)
        area = shapely.get_dimensions(plain) == 2
        seen = ~shapely.is_empty(plain) & (
            ~area | (shapely.area(plain) >= (side * SMALLEST_PX / 256) ** 2)
        )
        return numbers[seen], plain[seen]

    def _layers(self, numbers: Array, outlines: Array) -> dict[str, list[Feature]]:
        """Things that say the same of themselves become one; layers in the order they are painted."""
        alike: dict[Shape, list[Any]] = defaultdict(list)
        for number, outline in zip(numbers, outlines, strict=True):
            if not outline.is_empty:
                alike[self.shapes[number]].append(outline)
        found: dict[str, list[Feature]] = {name: [] for name in LAYERS}
        for shape, outlines_of_it in alike.items():
            found[shape.layer] += [
                Feature(_says(shape), one) for one in _joined(shape, outlines_of_it)
            ]
        return {name: features for name, features in found.items() if features}


def _says(shape: Shape) -> dict[str, str]:
    return {"kind": shape.kind} | ({"name": shape.name} if shape.name else {})


def _joined(shape: Shape, outlines: list[Any]) -> list[Any]:
    if shape.layer != "roads":
        return outlines
    lines = [part for one in outlines for part in shapely.get_parts(one) if part.length]
    return [shapely.line_merge(shapely.multilinestrings(lines))] if lines else []


def _into(outlines: Array, box: Bounds, x: int, y: int, side: float) -> Array:
    clipped = shapely.clip_by_rect(outlines, *box)
    for at in np.flatnonzero(
        shapely.get_type_id(clipped) == shapely.GeometryType.GEOMETRYCOLLECTION
    ):
        parts = shapely.get_parts(clipped[at])
        clipped[at] = shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])
    return shapely.transform(clipped, lambda points: (points / side - (x, y)) * EXTENT)


def _box(x: int, y: int, side: float) -> Bounds:
    return (
        (x - MARGIN) * side,
        (y - MARGIN) * side,
        (x + 1 + MARGIN) * side,
        (y + 1 + MARGIN) * side,
    )


def _project(points: Array) -> Array:
    north = np.arcsinh(np.tan(np.radians(points[:, 1]))) / np.pi
    return np.column_stack([(points[:, 0] + 180) / 360, (1 - north) / 2])


def _bounds(extract: Extract, flat: Array) -> Bounds:
    """Where the streets are; single ones that lead far out of the extract do not count."""
    streets = flat[[shape.layer == "roads" for shape in extract.shapes]]
    edges = shapely.bounds(streets if len(streets) else flat)
    west, north = np.percentile(edges[:, :2], 0.5, axis=0)
    east, south = np.percentile(edges[:, 2:], 99.5, axis=0)
    return float(west), float(north), float(east), float(south)
