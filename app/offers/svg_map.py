"""A map as the server draws it: streets where there is a basemap, rings of distance around a place, and numbered
pins kept apart.

Web Mercator (EPSG:3857). Units of the drawing are those of its viewBox, about a CSS pixel on a phone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from app.basemap.mercator import metres_across, world_point
from app.basemap.store import Basemap
from app.offers.faces import Drawn
from app.offers.places import Place

WIDTH, HEIGHT = 320, 336
MIDDLE = (WIDTH / 2, HEIGHT / 2)
PIN = (36, 40)
"""How much room a pin takes up and to the right of its point."""
APART = (PIN[0] + 2, PIN[1] + 2)
ROUNDS = 300
CLOSEST_ZOOM, FURTHEST_ZOOM = 15.0, -2.0
TILE = 256
STREETS = (11, 14)
"""Zooms of which the basemap keeps drawn streets; further out none are drawn."""
RINGS_M = (100, 200, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000, 50_000, 100_000, 200_000)  # fmt: skip
MOST_RINGS = 3
BETWEEN_RINGS = 34
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
ASIDE = 0.15

Point = tuple[float, float]


@dataclass(frozen=True)
class Ring:
    """A circle around the place: its radius on the drawing, and in metres over the ground."""

    radius: float
    metres: int


@dataclass(frozen=True)
class Pin:
    """A numbered pin: where its offer is, and where its tip stands, moved aside if others were in the way."""

    number: int
    card: Drawn
    at: Point
    tip: Point

    @property
    def moved(self) -> bool:
        """True where a line must say which spot is meant."""
        return math.dist(self.at, self.tip) > 3


@dataclass(frozen=True)
class View:
    """A window on the map: `zoom` as tiles count it (256 units are the whole world at 0), centred on a place."""

    place: Place
    zoom: float

    @property
    def world(self) -> float:
        """How wide the whole world would be drawn."""
        return float(TILE * 2**self.zoom)

    def point(self, lat: float, lon: float) -> Point:
        """Where a point stands on the drawing; the near way round over the date line."""
        east, south = _from(self.place, lat, lon)
        return MIDDLE[0] + east * self.world, MIDDLE[1] + south * self.world

    @property
    def metres(self) -> float:
        """What one unit is over the ground at the middle."""
        return metres_across(self.place.lat) / self.world


@dataclass(frozen=True)
class Picture:
    """A tile of drawn streets, and where it stands on the drawing."""

    map: str
    zoom: int
    x: int
    y: int
    left: float
    top: float
    side: float


@dataclass(frozen=True)
class Drawing:
    """Everything on the map."""

    view: View
    pictures: tuple[Picture, ...]
    rings: tuple[Ring, ...]
    pins: tuple[Pin, ...]


def drawn(place: Place, cards: Sequence[Drawn], known: Basemap | None) -> Drawing:
    """The map of these cards, numbered in their order; what has no point is left to the list."""
    spots = [(n, card, card.face.spot) for n, card in enumerate(cards, 1) if card.face.spot]
    view = View(place, _zoom(place, [spot for _, _, spot in spots]))
    at = [view.point(*spot) for _, _, spot in spots]
    tips = kept_apart(at)
    pins = [Pin(n, card, *where) for (n, card, _), *where in zip(spots, at, tips, strict=True)]
    pictures = streets(view, known) if known else []
    return Drawing(view, tuple(pictures), tuple(rings(view)), tuple(pins))


def streets(view: View, known: Basemap) -> list[Picture]:
    """The tiles under the drawing, of the closest zoom there is."""
    zoom = min(STREETS[1], round(view.zoom))
    if zoom < STREETS[0]:
        return []
    side = view.world / 2**zoom
    x0, y0 = world_point(view.place.lat, view.place.lon)
    left, top = (part * view.world - middle for part, middle in zip((x0, y0), MIDDLE, strict=True))
    columns = range(int(left // side), int((left + WIDTH) // side) + 1)
    rows = range(int(top // side), int((top + HEIGHT) // side) + 1)
    there = known.drawn(zoom, [(x, y) for x in columns for y in rows])
    return [
        Picture(known.name, zoom, x, y, x * side - left, y * side - top, side) for x, y in there
    ]


def rings(view: View) -> list[Ring]:
    """At most three, the widest that fits and smaller ones at a distance."""
    found: list[Ring] = []
    for metres in reversed(RINGS_M):
        radius = metres / view.metres
        outer = found[-1].radius - BETWEEN_RINGS if found else WIDTH / 2 - 6
        if BETWEEN_RINGS - 4 <= radius <= outer and len(found) < MOST_RINGS:
            found.append(Ring(radius, metres))
    return found


def kept_apart(points: Sequence[Point]) -> list[Point]:
    """Tips for pins at these points: none covers another while there is room, none leaves the drawing."""
    tips = [_inside(point) for point in points]
    for _ in range(ROUNDS):
        close = [pair for pair in combinations(range(len(tips)), 2) if _gap(tips, *pair)[0] < 1]
        if not close:
            break
        for one, other in close:
            _push(tips, one, other)
    return tips


def _gap(tips: Sequence[Point], one: int, other: int) -> tuple[float, Point]:
    """How far apart, 1 being just enough, and in which direction."""
    across, down = (
        (b - a) / room for a, b, room in zip(tips[one], tips[other], APART, strict=True)
    )
    return max(abs(across), abs(down)), (across, down)


def _push(tips: list[Point], one: int, other: int) -> None:
    """Move two pins half a lack each, away from each other and a little aside, so that a row or a heap spreads."""
    gap, (across, down) = _gap(tips, one, other)
    across += ASIDE * math.cos(GOLDEN_ANGLE * other)
    down += ASIDE * math.sin(GOLDEN_ANGLE * other)
    lack = (1.02 - gap) / max(abs(across), abs(down), ASIDE) / 2
    step = across * lack * APART[0], down * lack * APART[1]
    tips[one] = _inside((tips[one][0] - step[0], tips[one][1] - step[1]))
    tips[other] = _inside((tips[other][0] + step[0], tips[other][1] + step[1]))


def _inside(point: Point) -> Point:
    x, y = point
    return min(max(x, 2), WIDTH - PIN[0] - 2), min(max(y, PIN[1] + 2), HEIGHT - 4)


def _zoom(place: Place, spots: Sequence[Point]) -> float:
    """As close as shows every spot."""
    away = [_from(place, *spot) for spot in spots]
    wide = max((abs(east) for east, _ in away), default=0) / (MIDDLE[0] - PIN[0] - 4)
    tall = max((abs(south) for _, south in away), default=0) / (MIDDLE[1] - PIN[1] - 4)
    units = max(wide, tall)  # parts of the world for each unit of the drawing
    zoom = math.log2(1 / (units * TILE)) if units else CLOSEST_ZOOM
    return round(min(CLOSEST_ZOOM, max(FURTHEST_ZOOM, zoom)), 2)


def _from(place: Place, lat: float, lon: float) -> Point:
    """How far east and south of a place, in parts of the world's width."""
    (x, y), (x0, y0) = world_point(lat, lon), world_point(place.lat, place.lon)
    return (x - x0 + 0.5) % 1 - 0.5, y - y0
