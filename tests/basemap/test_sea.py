"""Which side of a shore is water: OpenStreetMap's shores have it on their right."""

import pytest
import shapely

from app.basemap import reading
from app.basemap.sea import sea
from tests.basemap.helsinki import extract

BOUNDS = (0.5, 0.3, 0.6, 0.4)  # west, north, east, south; y runs south


def wet(lines, x, y):
    return any(
        shapely.contains_xy(piece, x, y) for piece in sea(shapely.MultiLineString(lines), BOUNDS)
    )


@pytest.mark.parametrize("northwards", [True, False])
def test_water_is_on_the_right_of_the_shore(northwards):
    shore = [(0.55, 0.45), (0.55, 0.35), (0.55, 0.25)]
    lines = [shore if northwards else shore[::-1]]

    assert wet(lines, 0.58, 0.35) is northwards
    assert wet(lines, 0.52, 0.35) is not northwards


def test_an_island_is_land_and_a_bay_is_water():
    bay = [(0.45, 0.35), (0.52, 0.35), (0.52, 0.38), (0.56, 0.38), (0.56, 0.35), (0.65, 0.35)]
    island = [(0.53, 0.32), (0.53, 0.33), (0.54, 0.33), (0.54, 0.32), (0.53, 0.32)]
    lines = [
        bay[::-1],
        island,
    ]  # the bay's land lies south; an island has its land inside, on the left

    assert wet(lines, 0.51, 0.31)
    assert wet(lines, 0.54, 0.37)
    assert not wet(lines, 0.51, 0.37)
    assert not wet(lines, 0.535, 0.325)


def test_without_a_shore_nothing_is_said_of_water():
    assert len(sea(shapely.MultiLineString([[(0, 0), (0.1, 0.1)]]), BOUNDS)) == 0


def test_a_shore_cut_by_the_edge_of_the_extract_is_taken_piece_by_piece():
    shores = reading.read(extract(), lambda count: None).shores

    assert len(shores) >= 3
    assert all(len(piece) > 1 for piece in shores)
    assert all(24.9 < lon < 25 and 60.1 < lat < 60.2 for piece in shores for lon, lat in piece)
