"""Where a point stands on the Hilbert curve, how far two points are apart, and which
stretches of the curve hold everything inside a circle.

Latitude and longitude are WGS84 degrees; the curve has 26 bits an axis (a cell is 0.6 m by
0.3 m at the equator), so a cell number fits a BIGINT and a JavaScript number.
Distances are chords through the earth, in decimetres and squared, so that the database
compares whole numbers and no rounding can make two pages overlap.

Sources: the ellipsoid is WGS84 (NGA.STND.0036); geodetic to earth-centred coordinates after
EPSG Guidance Note 7-2, 4.1.1; the curve is Hilbert's (Math. Ann. 38, 1891) walked by the state
machine of Lam and Shapiro (1994); chord against arc by Schur's comparison theorem.
"""

from __future__ import annotations

import math
from itertools import pairwise

BITS = 26
SIDE = 1 << BITS
CELLS = SIDE * SIDE
MAJOR = 63_781_370.0
"""Semi-major axis of WGS84, decimetres."""
FLATTENING = 1 / 298.257223563
ECCENTRICITY2 = FLATTENING * (2 - FLATTENING)
MINOR = MAJOR * (1 - FLATTENING)
TIGHTEST = MINOR * MINOR / MAJOR
"""The smallest radius of curvature anywhere on the ellipsoid (along a meridian, at the equator)."""
WIDEST = MAJOR * MAJOR / MINOR
"""The largest one (at the poles)."""
MEAN = (2 * MAJOR + MINOR) / 3
CELL_HEIGHT = math.pi * MAJOR / SIDE
"""How tall the smallest cell is, decimetres."""
ROUNDING = 4.0
"""Decimetres by which two rounded points may stand further apart than their true ones, with room."""

Range = tuple[int, int]


def _one_step() -> dict[tuple[int, int], tuple[int, int]]:
    """(state, quadrant) -> (digit, next state). A state is swap * 2 + flip, a quadrant x * 2 + y."""
    steps = {}
    for state in range(4):
        swap, flip = divmod(state, 2)
        for quadrant in range(4):
            x, y = quadrant >> 1, quadrant & 1
            if flip:
                x, y = 1 - x, 1 - y
            if swap:
                x, y = y, x
            turned = (swap ^ (y == 0)) * 2 + (flip ^ (y == 0 and x == 1))
            steps[state, quadrant] = (3 * x) ^ y, turned
    return steps


def _two_steps() -> list[int]:
    """The same for two bits of x and of y at once: digit << 2 | next state."""
    one = _one_step()
    table = [0] * 64
    for key in range(64):
        state, x, y = key >> 4, key >> 2 & 3, key & 3
        high, state = one[state, (x >> 1) << 1 | y >> 1]
        low, state = one[state, (x & 1) << 1 | y & 1]
        table[key] = (high << 2 | low) << 2 | state
    return table


_TWO = _two_steps()


def along(x: int, y: int, bits: int = BITS) -> int:
    """The number on the curve of the cell in column x and row y of a grid of 2**bits by 2**bits."""
    # An odd grid is the lower left quarter of the next even one, turned: start in that turn.
    state = 0 if bits % 2 == 0 else 2
    number = 0
    for shift in range(bits - 2 + bits % 2, -1, -2):
        step = _TWO[state << 4 | (x >> shift & 3) << 2 | y >> shift & 3]
        number = number << 4 | step >> 2
        state = step & 3
    return number


def column(lon: float) -> int:
    """The grid column of a longitude; -180 and 180 are the same one."""
    return int((lon + 180.0) / 360.0 * SIDE) % SIDE


def row(lat: float) -> int:
    """The grid row of a latitude; the north pole falls into the last one."""
    return min(SIDE - 1, max(0, int((lat + 90.0) / 180.0 * SIDE)))


def cell(lat: float, lon: float) -> int:
    """The 52-bit number of a point on the curve."""
    return along(column(lon), row(lat))


def _ring(lat: float) -> tuple[float, float]:
    """(distance from the axis, height over the equator's plane) of a latitude, decimetres."""
    sine = math.sin(math.radians(lat))
    across = MAJOR / math.sqrt(1 - ECCENTRICITY2 * sine * sine)
    return across * math.cos(math.radians(lat)), across * (1 - ECCENTRICITY2) * sine


def earth_centred(lat: float, lon: float) -> tuple[int, int, int]:
    """x, y, z of a point on the ellipsoid, whole decimetres."""
    out, up = _ring(lat)
    turn = math.radians(lon)
    return round(out * math.cos(turn)), round(out * math.sin(turn)), round(up)


def degrees(x: int, y: int, z: int) -> tuple[float, float]:
    """Latitude and longitude of a point made by earth_centred(), good to a decimetre."""
    lat = math.atan2(z, math.hypot(x, y) * (1 - ECCENTRICITY2))
    return math.degrees(lat), math.degrees(math.atan2(y, x))


def arc(chord: float, radius: float = MEAN) -> float:
    """Length over the ground of a chord on a sphere of that radius, decimetres."""
    return 2 * radius * math.asin(min(1.0, chord / (2 * radius)))


def chord(length: float, radius: float = MEAN) -> float:
    """The other way round: the chord of an arc, decimetres."""
    return 2 * radius * math.sin(min(math.pi / 2, length / (2 * radius)))


def metres(d2: int) -> float:
    """Ground distance of a squared chord, metres; good to a metre up to 300 km, to 0.5 % up to 10 000 km."""
    return arc(math.sqrt(d2)) / 10


def reach(distance_m: float) -> int:
    """The squared chord within which everything lies that is at most that many metres away."""
    bow = chord(distance_m * 10, WIDEST) if distance_m < 20_000_000 else 2 * MAJOR
    return math.ceil((bow + ROUNDING) ** 2)


def closest(distance_m: float) -> int:
    """The squared chord short of which nothing lies that is that many metres away or more."""
    bow = chord(distance_m * 10, TIGHTEST) - ROUNDING
    return math.floor(bow * bow) if bow > 0 else 0


def cover(lat: float, lon: float, d2: int, most: int = 12) -> list[Range]:
    """At most that many stretches of the curve, first and last cell inclusive and in order,
    that together hold every point whose squared chord to (lat, lon) is d2 or less.

    They may hold more; they never hold less, at the poles and over the date line either.
    """
    bow = math.sqrt(d2) + ROUNDING
    if bow >= 2 * MINOR:
        return [(0, CELLS - 1)]
    # Schur: no path of that chord is longer, and a latitude never turns faster than at the equator.
    height = math.degrees(2 * math.asin(min(1.0, bow / (2 * TIGHTEST))))
    south, north = row(lat - height - 1e-9), row(lat + height + 1e-9)
    shift = max(0, (north - south + 1).bit_length() - 3)
    while len(cells := _cells(lat, lon, bow, south, north, shift, 3 * most)) > 2 * most:
        shift += 1
    return _joined(cells, shift, most)


def _cells(
    lat: float, lon: float, bow: float, south: int, north: int, shift: int, enough: int
) -> list[int]:
    """The cells, 2**shift wide, that the circle may touch; the count may stop short past enough."""
    bits = BITS - shift
    side = 1 << bits
    here = (lon + 180.0) / 360.0 * side
    out, up = _ring(lat)
    found: list[int] = []
    for y in range(south >> shift, (north >> shift) + 1):
        wide = _half_width(out, up, bow, y * 180.0 / side - 90.0, (y + 1) * 180.0 / side - 90.0)
        if wide is None:
            continue
        half = wide / 360.0 * side + 1e-6
        first, last = math.floor(here - half), math.floor(here + half)
        if last - first + 1 >= side:
            first, last = 0, side - 1
        if len(found) + last - first > enough and bits:
            return [0] * (enough + 1)
        found += [along(x % side, y, bits) for x in range(first, last + 1)]
    return sorted(set(found))


def _half_width(out: float, up: float, bow: float, south: float, north: float) -> float | None:
    """How many degrees of longitude to each side the circle can reach between two latitudes;
    None where it does not reach at all.

    A point there stands at (p, z); its flat distance to (out, up) is at most sqrt(bow**2 - dz**2),
    and the law of cosines in the equator's plane bounds the angle. p is taken where it bounds least.
    """
    (out_south, low), (out_north, high) = _ring(south), _ring(north)
    rise = max(0.0, low - up, up - high)
    flat2 = bow * bow - rise * rise
    if flat2 < 0:
        return None
    nearest, furthest = min(out_south, out_north), max(out_south, out_north)
    if south < 0 < north:
        furthest = MAJOR
    rest = out * out - flat2
    if rest <= 0 or nearest <= 0 or out <= 0:
        p = nearest
    else:
        p = min(furthest, max(nearest, math.sqrt(rest)))
    if p * out <= 1:
        return 180.0
    cosine = (p * p + rest) / (2 * p * out)
    if cosine > 1:
        return None
    return math.degrees(math.acos(max(-1.0, cosine))) + 1e-9


def _joined(cells: list[int], shift: int, most: int) -> list[Range]:
    """Cells as stretches; the smallest gaps are closed until at most that many are left."""
    gaps = sorted(range(1, len(cells)), key=lambda i: cells[i] - cells[i - 1], reverse=True)
    breaks = sorted(i for i in gaps[: most - 1] if cells[i] - cells[i - 1] > 1)
    edges = [0, *breaks, len(cells)]
    return [
        (cells[a] << 2 * shift, ((cells[b - 1] + 1) << 2 * shift) - 1) for a, b in pairwise(edges)
    ]
