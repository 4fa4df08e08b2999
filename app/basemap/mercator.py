"""Web Mercator (EPSG:3857) as tiles count it: the world is 1 wide, x runs east, y runs south from the north-west."""

from __future__ import annotations

import math

ENDS = 85.051128779806604
"""The latitude at which the square world ends."""
EQUATOR_M = 40_075_016.685578488


def world_point(lat: float, lon: float) -> tuple[float, float]:
    """Where a point of WGS84 degrees lies in the world; latitudes beyond its ends lie on them."""
    lat = min(ENDS, max(-ENDS, lat))
    return (lon + 180) / 360, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2


def degrees(x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude of a point of the world."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y)))), x * 360 - 180


def metres_across(lat: float) -> float:
    """How many metres the whole width of the world stands for, at this latitude."""
    return EQUATOR_M * math.cos(math.radians(min(ENDS, max(-ENDS, lat))))
