"""The two files of a map: `city.pmtiles` (tiles for a map one moves) and `city.sqlite` (drawn streets, addresses)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlcipher3.dbapi2 as sqlite  # brings FTS5 with trigrams, whatever the machine's own SQLite can do

from app.basemap import addresses
from app.settings import Settings

USUAL = "city.pmtiles"
TABLES = (
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT)",
    "CREATE TABLE drawn (zoom INTEGER, x INTEGER, y INTEGER, picture BLOB, PRIMARY KEY (zoom, x, y)) WITHOUT ROWID",
)
CREDIT = "© OpenStreetMap contributors"


@dataclass(frozen=True)
class Basemap:
    """A map that is there. `name` changes with its content; `bounds`: west, south, east, north, degrees."""

    tiles: Path
    name: str
    bounds: tuple[float, float, float, float]
    zooms: tuple[int, int]

    def covers(self, lat: float, lon: float, margin: float = 0.1) -> bool:
        """True within the bounds, or less than `margin` degrees outside."""
        west, south, east, north = self.bounds
        return south - margin <= lat <= north + margin and west - margin <= lon <= east + margin

    @property
    def middle(self) -> str:
        """`60.17,24.94`."""
        west, south, east, north = self.bounds
        return f"{(south + north) / 2:.2f},{(west + east) / 2:.2f}"

    def drawn(self, zoom: int, tiles: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Those of these tiles (x, y) of which there is a picture."""
        wanted = json.dumps(tiles)
        with opened(self.tiles) as database:
            rows = database.execute(
                "SELECT x, y FROM json_each(?) t JOIN drawn"
                " ON zoom = ? AND x = t.value ->> 0 AND y = t.value ->> 1",
                (wanted, zoom),
            )
            return [(x, y) for x, y in rows]

    def picture(self, zoom: int, x: int, y: int) -> bytes | None:
        """A tile's SVG, gzipped; None where there is none."""
        with opened(self.tiles) as database:
            row = database.execute(
                "SELECT picture FROM drawn WHERE zoom = ? AND x = ? AND y = ?", (zoom, x, y)
            ).fetchone()
        return bytes(row[0]) if row else None

    def find(self, text: str, city: str) -> list[addresses.Address]:
        """Addresses that may be meant, the likeliest first."""
        with opened(self.tiles) as database:
            return addresses.search(database, text, city)


def beside(tiles: Path) -> Path:
    """Where the drawn streets and the addresses of these tiles are."""
    return tiles.with_suffix(".sqlite")


def usual(settings: Settings) -> Path:
    """Where the map is: `POBACH_BASEMAP`, else in the data folder."""
    return Path(settings.basemap) if settings.basemap else settings.data_dir / USUAL


def basemap(settings: Settings) -> Basemap | None:
    """The map of this installation, if there is one; a new one is seen at once."""
    tiles = usual(settings)
    try:
        stamp = beside(tiles).stat()
    except OSError:
        return None
    return _read(tiles, stamp.st_ino, stamp.st_mtime_ns)


@lru_cache(maxsize=4)
def _read(tiles: Path, *_stamp: int) -> Basemap | None:
    with opened(tiles) as database:
        said = dict(database.execute("SELECT name, value FROM facts").fetchall())
    west, south, east, north = map(float, said["bounds"].split(","))
    low, high = map(int, said["zooms"].split(","))
    return Basemap(tiles, said["name"], (west, south, east, north), (low, high))


@contextmanager
def opened(tiles: Path) -> Iterator[Any]:
    """The SQLite file beside these tiles, to be read alone."""
    where = "file:" + quote(str(beside(tiles))) + "?mode=ro&immutable=1"
    database = sqlite.connect(where, uri=True)
    try:
        yield database
    finally:
        database.close()
