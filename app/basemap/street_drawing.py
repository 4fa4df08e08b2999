"""A tile as a small SVG picture, for maps drawn by the server: parks, water, streets, by day and by night."""

from __future__ import annotations

from typing import NamedTuple

from app.basemap.cutting import Tile
from app.basemap.vector_tile import EXTENT, Path, paths

SIDE = 512
SHRINK = EXTENT // SIDE


class Brush(NamedTuple):
    """A layer and kind; the colour by day and by night; the width of a line by zoom, none for an area."""

    layer: str
    kind: str
    day: str
    night: str
    widths: dict[int, float]


BRUSHES = (
    Brush("landuse", "park", "#DDEAD9", "#24382C", {}),
    Brush("landuse", "plaza", "#F8F4EB", "#272C39", {}),
    Brush("water", "water", "#CBE1EA", "#1F3A46", {}),
    Brush("roads", "minor", "#FFFFFF", "#343A4A", {13: 2.5, 14: 5}),
    Brush("roads", "medium", "#FFFFFF", "#3A4151", {12: 3, 13: 5, 14: 8}),
    Brush("roads", "major", "#FFFFFF", "#4A5266", {11: 3, 12: 5, 13: 8, 14: 12}),
    Brush("roads", "highway", "#FFFFFF", "#4A5266", {11: 5, 12: 7, 13: 10, 14: 14}),
)
ZOOMS = range(11, 15)


def picture(tile: Tile) -> str:
    """The SVG; empty where nothing of the tile is drawn at its zoom."""
    drawn, night = "", ""
    for number, brush in enumerate(BRUSHES):
        line = "".join(_path(path, closed=not brush.widths) for path in _paths(tile, brush))
        if line:
            drawn += f'<path class="b{number}" {_look(brush, tile.zoom)} d="{line}"/>'
            night += f".b{number}{{{'stroke' if brush.widths else 'fill'}:{brush.night}}}"
    if not drawn:
        return ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">'
        f"<style>@media(prefers-color-scheme:dark){{{night}}}</style>{drawn}</svg>"
    )


def _paths(tile: Tile, brush: Brush) -> list[Path]:
    if brush.widths and tile.zoom not in brush.widths:
        return []
    features = tile.layers.get(brush.layer, ())
    return [p for f in features if f.says["kind"] == brush.kind for p in paths(f.outline)]


def _look(brush: Brush, zoom: int) -> str:
    if not brush.widths:
        return f'fill="{brush.day}" fill-rule="evenodd"'
    width = f'stroke-width="{brush.widths[zoom]:g}"'
    return (
        f'fill="none" stroke="{brush.day}" {width} stroke-linejoin="round" stroke-linecap="round"'
    )


def _path(path: Path, closed: bool) -> str:
    """Absolute first, then steps; points that fall together are one."""
    (x, y), *rest = ((round(px / SHRINK), round(py / SHRINK)) for px, py in path)
    steps, (at_x, at_y) = [], (x, y)
    for px, py in rest:
        if (px, py) != (at_x, at_y):
            steps.append(f"{px - at_x} {py - at_y}")
            at_x, at_y = px, py
    if len(steps) < (2 if closed else 1):
        return ""
    return f"M{x} {y}l{' '.join(steps).replace(' -', '-')}{'z' if closed else ''}"
