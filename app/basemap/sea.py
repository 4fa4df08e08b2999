"""The sea: OpenStreetMap draws only its shore, land on the left and water on the right (wiki: "Tag:natural=coastline")."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

ASIDE = 1e-8
"""How far beside the shore one looks, in parts of the world: less than half a metre."""


def sea(shores: Any, bounds: tuple[float, float, float, float]) -> Any:
    """Polygons of water within the bounds (y runs south), from the lines of the shore. None without a shore there."""
    frame = shapely.box(*bounds)
    lines = [one for one in shapely.get_parts(shapely.intersection(shores, frame)) if one.length]
    if not lines:
        return np.array([])
    edges = shapely.union_all([*lines, frame.boundary])
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    tree, votes = shapely.STRtree(pieces), np.zeros(len(pieces), int)
    for hand in (1, -1):
        _, met = tree.query(_beside(lines, hand), predicate="within")
        votes += hand * np.bincount(met, minlength=len(pieces))
    return pieces[votes > 0]


def _beside(lines: list[Any], hand: int) -> Any:
    """A point beside the middle of each step of the shore, to its right (1) or left (-1)."""
    steps = [shapely.get_coordinates(line) for line in lines]
    starts = np.concatenate([points[:-1] for points in steps])
    ways = np.concatenate([np.diff(points, axis=0) for points in steps])
    length = np.hypot(ways[:, 0], ways[:, 1])[:, None]
    right = np.column_stack([-ways[:, 1], ways[:, 0]]) / np.where(length == 0, 1, length)
    return shapely.points(starts + ways / 2 + hand * ASIDE * right)
