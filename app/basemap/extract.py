"""What was read of an extract, and what the search knows of it: plain, so that the web loads nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

FROM_ZOOM = {
    "highway": 8, "major": 10, "medium": 12, "minor": 13, "service": 15, "path": 15, "rail": 12,
    "water": 8, "park": 10, "plaza": 14, "building": 14,
}  # fmt: skip


class Shape(NamedTuple):
    """One thing of the map: its layer, its kind, its name or nothing."""

    layer: str
    kind: str
    name: str

    @property
    def from_zoom(self) -> int:
        """The first zoom that shows it."""
        return FROM_ZOOM[self.kind]


class House(NamedTuple):
    """One address; degrees, WGS84. What the map does not say is empty."""

    street: str
    number: str
    city: str
    postal_code: str
    lat: float
    lon: float


@dataclass
class Extract:
    """What was read. `geometries` belong to `shapes` one by one, in WGS84 degrees; `shores` are longitude, latitude."""

    shapes: list[Shape] = field(default_factory=list)
    geometries: list[bytes] = field(default_factory=list)
    houses: list[House] = field(default_factory=list)
    shores: list[list[tuple[float, float]]] = field(default_factory=list)
    streets: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, shape: Shape, geometry: bytes) -> None:
        """Keep one thing with its outline (WKB)."""
        self.shapes.append(shape)
        self.geometries.append(geometry)
