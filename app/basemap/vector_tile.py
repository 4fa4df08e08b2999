"""One tile as Mapbox Vector Tile 2.1 (github: mapbox/vector-tile-spec), written by hand: it is a page long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely

EXTENT = 4096
LINE, POLYGON = 2, 3
MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7
KINDS = {"LineString": LINE, "MultiLineString": LINE, "Polygon": POLYGON, "MultiPolygon": POLYGON}

Path = list[tuple[int, int]]


class Feature(NamedTuple):
    """A thing in a tile: what it says of itself, and its outline in parts of `EXTENT`, y downwards."""

    says: Mapping[str, str]
    outline: Any


def encode(layers: Mapping[str, Sequence[Feature]]) -> bytes:
    """The tile's bytes, not compressed; layers in their order, nothing where everything vanished."""
    return b"".join(_field(3, body) for name, fs in layers.items() if (body := _layer(name, fs)))


def _layer(name: str, features: Sequence[Feature]) -> bytes:
    keys: dict[str, int] = {}
    values: dict[str, int] = {}
    bodies = [body for one in features if (body := _feature(one, keys, values))]
    if not bodies:
        return b""
    parts = [_field(1, name.encode()), *(_field(2, body) for body in bodies)]
    parts += [_field(3, key.encode()) for key in keys]
    parts += [_field(4, _field(1, value.encode())) for value in values]
    return b"".join([*parts, _number(5, EXTENT), _number(15, 2)])


def _feature(one: Feature, keys: dict[str, int], values: dict[str, int]) -> bytes:
    kind = KINDS.get(one.outline.geom_type)
    if kind is None:
        return b""
    commands = list(_commands(paths(one.outline), closed=kind == POLYGON))
    if not commands:
        return b""
    tags = [
        number
        for key, value in one.says.items()
        for number in (keys.setdefault(key, len(keys)), values.setdefault(value, len(values)))
    ]
    return _field(2, _packed(tags)) + _number(3, kind) + _field(4, _packed(commands))


def paths(outline: Any) -> Iterator[Path]:
    """Lines, or rings without their last point, in whole units, without points that fall together."""
    closed = outline.geom_type.endswith("Polygon")
    parts = shapely.get_parts(outline)
    for part in shapely.get_rings(parts) if closed else parts:
        points = np.rint(shapely.get_coordinates(part)).astype(int)
        if len(points) > 1:
            points = points[np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]]
        path = [(int(x), int(y)) for x, y in points]
        if closed and path[0] == path[-1]:
            path.pop()
        if len(path) >= (3 if closed else 2):
            yield path


def _commands(found: Iterable[Path], closed: bool) -> Iterator[int]:
    x = y = 0
    for path in found:
        for index, (px, py) in enumerate(path):
            if index == 0:
                yield _command(MOVE_TO, 1)
            elif index == 1:
                yield _command(LINE_TO, len(path) - 1)
            yield _zigzag(px - x)
            yield _zigzag(py - y)
            x, y = px, py
        if closed:
            yield _command(CLOSE_PATH, 1)


def _command(what: int, count: int) -> int:
    return what | count << 3


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _packed(numbers: Iterable[int]) -> bytes:
    return b"".join(map(_varint, numbers))


def _number(tag: int, number: int) -> bytes:
    return _varint(tag << 3) + _varint(number)


def _field(tag: int, body: bytes) -> bytes:
    return _varint(tag << 3 | 2) + _varint(len(body)) + body
