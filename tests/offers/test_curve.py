"""The curve: cells, chords, and the cover that may never lose a point."""

import math
from itertools import pairwise

import pytest
from geopy.distance import geodesic
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from app.offers import curve

latitudes = some.one_of(
    some.floats(-90, 90),
    some.sampled_from([-90.0, 90.0, 0.0]),
    some.floats(88, 90),
    some.floats(-90, -88),
)
longitudes = some.one_of(
    some.floats(-180, 180),
    some.sampled_from([-180.0, 180.0, 0.0]),
    some.floats(179.9, 180),
    some.floats(-180, -179.9),
)
points = some.tuples(latitudes, longitudes)
metres = some.floats(0, 7.31).map(lambda power: 10**power)


def squared(one: tuple[float, float], other: tuple[float, float]) -> int:
    return sum(
        (a - b) ** 2
        for a, b in zip(curve.earth_centred(*one), curve.earth_centred(*other), strict=True)
    )


def towards(start: tuple[float, float], distance_m: float, bearing: float) -> tuple[float, float]:
    """Where one arrives on a sphere; whoever needs the true distance measures it afterwards."""
    lat, lon, angle = math.radians(start[0]), math.radians(start[1]), distance_m / 6_371_008.8
    sine = math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing)
    there = math.asin(max(-1.0, min(1.0, sine)))
    turn = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(lat), math.cos(angle) - math.sin(lat) * sine
    )
    return math.degrees(there), (math.degrees(lon + turn) + 540) % 360 - 180


def test_the_curve_visits_every_cell_once_and_each_step_goes_next_door():
    for bits in (1, 2, 3, 4, 5):
        side = 1 << bits
        cells = {curve.along(x, y, bits): (x, y) for x in range(side) for y in range(side)}
        assert sorted(cells) == list(range(side * side))
        for (ax, ay), (bx, by) in pairwise(cells[i] for i in range(side * side)):
            assert abs(ax - bx) + abs(ay - by) == 1


@given(
    x=some.integers(0, curve.SIDE - 1),
    y=some.integers(0, curve.SIDE - 1),
    shift=some.integers(0, curve.BITS),
)
def test_a_wider_cell_is_the_beginning_of_the_number_of_the_ones_inside(x, y, shift):
    assert curve.along(x, y) >> 2 * shift == curve.along(x >> shift, y >> shift, curve.BITS - shift)


@given(points)
def test_a_cell_fits_a_bigint_and_a_javascript_number(point):
    assert 0 <= curve.cell(*point) < 2**52


def test_both_sides_of_the_date_line_are_one_column():
    assert curve.column(180.0) == curve.column(-180.0) == 0


@given(points)
def test_earth_centred_coordinates_lead_back_to_the_place(point):
    assert geodesic(point, curve.degrees(*curve.earth_centred(*point))).m < 0.2


def test_earth_centred_coordinates_are_those_of_the_epsg_example():
    # EPSG Guidance Note 7-2, 4.1.1: X 3771793.968, Y 140253.342, Z 5124304.349 at a height of 73 m.
    lat, lon = 53 + 48 / 60 + 33.82 / 3600, 2 + 7 / 60 + 46.38 / 3600
    rise = math.cos(math.radians(lat)) * 73, math.sin(math.radians(lat)) * 73
    turn = math.radians(lon)
    ground = (
        3771793.968 - rise[0] * math.cos(turn),
        140253.342 - rise[0] * math.sin(turn),
        5124304.349 - rise[1],
    )
    assert curve.earth_centred(lat, lon) == pytest.approx([10 * part for part in ground], abs=0.6)


@given(points, metres, some.floats(0, 2 * math.pi))
def test_up_to_300_km_the_chord_tells_the_geodesic_distance_within_a_metre(
    start, distance, bearing
):
    assume(distance <= 300_000)
    end = towards(start, distance, bearing)
    assert abs(curve.metres(squared(start, end)) - geodesic(start, end).m) < 1


@given(points, points)
def test_up_to_10_000_km_the_chord_tells_the_distance_within_half_a_percent(start, end):
    true = geodesic(start, end).m
    assume(true <= 10_000_000)
    assert abs(curve.metres(squared(start, end)) - true) <= max(0.5, true * 0.005)


@given(points, points)
def test_what_lies_within_a_distance_lies_within_its_reach(start, end):
    assert squared(start, end) <= curve.reach(geodesic(start, end).m)


@given(points, points)
def test_no_path_is_longer_than_on_the_tightest_sphere_nor_shorter_than_on_the_widest(start, end):
    true, bow = geodesic(start, end).m * 10, math.sqrt(squared(start, end))
    assert curve.arc(bow - curve.ROUNDING, curve.WIDEST) <= true + curve.ROUNDING
    assume(bow + curve.ROUNDING < 2 * curve.TIGHTEST)
    assert true <= curve.arc(bow + curve.ROUNDING, curve.TIGHTEST)


def inside(ranges: list[curve.Range], point: tuple[float, float]) -> bool:
    return any(low <= curve.cell(*point) <= high for low, high in ranges)


@settings(max_examples=1500, deadline=None)
@given(
    points,
    metres,
    some.floats(0, 2 * math.pi),
    some.sampled_from([1.0, 0.999, 0.5]),
    some.integers(1, 16),
)
def test_the_cover_holds_every_point_of_the_circle(start, radius, bearing, share, most):
    end = towards(start, radius * share, bearing)
    assert inside(curve.cover(*start, squared(start, end), most), end)


@settings(max_examples=500, deadline=None)
@given(points, metres, some.integers(1, 16))
def test_the_cover_is_short_in_order_and_without_overlap(start, radius, most):
    ranges = curve.cover(*start, curve.reach(radius), most)
    assert 1 <= len(ranges) <= most
    assert all(low <= high for low, high in ranges)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))
    assert ranges[0][0] >= 0
    assert ranges[-1][1] < curve.CELLS


@pytest.mark.parametrize("lat", [-60, -33.87, 0, 41.7, 52.23, 64.15])
@pytest.mark.parametrize("radius", [500, 3_000, 30_000, 300_000])
def test_the_cover_is_not_much_wider_than_the_circle(lat, radius):
    cells = sum(high - low + 1 for low, high in curve.cover(lat, 21.01, curve.reach(radius)))
    degree = math.pi * 6_371_008.8 / 180
    area = cells * (360 / curve.SIDE) * (180 / curve.SIDE) * degree**2 * math.cos(math.radians(lat))
    assert area < 4 * math.pi * radius**2


def test_the_cover_of_the_whole_earth_is_the_whole_curve():
    assert curve.cover(10.0, 20.0, curve.reach(20_100_000)) == [(0, curve.CELLS - 1)]
