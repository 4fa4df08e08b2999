"""Tiles as the specification has them, on its own examples (Mapbox Vector Tile 2.1, 4.3.5)."""

import pytest
import shapely

from app.basemap.vector_tile import EXTENT, Feature, encode

LINES = shapely.from_wkt("MULTILINESTRING ((2 2, 2 10, 10 10), (1 1, 3 5))")
TWO_AND_A_HOLE = shapely.from_wkt(
    "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)),"
    " ((11 11, 20 11, 20 20, 11 20, 11 11), (13 13, 13 17, 17 17, 17 13, 13 13)))"
)


def inside(body):
    """Fields of a protobuf message: [(number, value)]."""
    found, at = [], 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = body[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(body):
        tag = number()
        if tag & 7 == 2:
            size = number()
            found.append((tag >> 3, body[at : at + size]))
            at += size
        else:
            found.append((tag >> 3, number()))
    return found


def numbers(packed):
    whole, value, shift = [], 0, 0
    for byte in packed:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            whole.append(value)
            value = shift = 0
    return whole


@pytest.mark.parametrize(
    ("outline", "kind", "commands"),
    [
        (shapely.from_wkt("LINESTRING (2 2, 2 10, 10 10)"), 2, [9, 4, 4, 18, 0, 16, 16, 0]),
        (LINES, 2, [9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8]),
        (
            shapely.from_wkt("POLYGON ((3 6, 8 12, 20 34, 3 6))"),
            3,
            [9, 6, 12, 18, 10, 12, 24, 44, 15],
        ),
        (
            TWO_AND_A_HOLE,
            3,
            [
                *(9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15),
                *(9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15),
                *(9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15),
            ],
        ),
    ],
)
def test_outlines_become_the_commands_of_the_specification(outline, kind, commands):
    (_, layer), *_ = inside(encode({"roads": [Feature({"kind": "minor"}, outline)]}))
    (feature,) = [dict(inside(body)) for number, body in inside(layer) if number == 2]

    assert feature[3] == kind
    assert numbers(feature[4]) == commands


def test_what_things_say_is_written_once():
    line = shapely.from_wkt("LINESTRING (0 0, 5 5)")
    said = [{"kind": "minor", "name": "Kaivokatu"}, {"kind": "minor"}]
    ((_, layer),) = inside(encode({"roads": [Feature(words, line) for words in said]}))
    fields = inside(layer)

    assert [body for number, body in fields if number == 3] == [b"kind", b"name"]
    assert [inside(body)[0][1] for number, body in fields if number == 4] == [
        b"minor",
        b"Kaivokatu",
    ]
    assert (5, EXTENT) in fields
    assert (15, 2) in fields


def test_what_falls_together_in_a_tile_is_left_out():
    speck = shapely.from_wkt("POLYGON ((1 1, 1.2 1, 1.2 1.2, 1 1))")

    assert encode({"buildings": [Feature({"kind": "building"}, speck)]}) == b""
