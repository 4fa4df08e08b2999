"""An extract becomes a map: tiles, drawn streets, addresses. What is there is replaced only when all is done."""

from __future__ import annotations

import gzip
import hashlib
import resource
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlite
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from app.basemap import addresses, reading, store, street_drawing, vector_tile
from app.basemap.cutting import LAYERS, Ground, Tile

ZOOMS = range(10, 16)
NEW = ".new"


@dataclass(frozen=True)
class Made:
    """What came of it; `peak_mb` is the most memory this process ever held, MB."""

    tiles: int
    streets: int
    houses: int
    bytes: int
    peak_mb: int


def make(
    source: Path, tiles: Path, met: Callable[[int], None], cut: Callable[[int, int], None]
) -> Made:
    """Write `tiles` and the SQLite file beside them. `met` hears how many things were read, `cut` how many tiles
    of how many are done. Raises `reading.CannotReadMap`.
    """
    extract = reading.read(source, met)
    tiles.parent.mkdir(parents=True, exist_ok=True)
    fresh = [path.with_name(path.name + NEW) for path in (tiles, store.beside(tiles))]
    for path in fresh:
        path.unlink(missing_ok=True)
    with closing(sqlite.connect(fresh[1])) as database, database:
        for table in store.TABLES:
            database.execute(table)
        streets, houses = addresses.write(database, extract)
        ground = Ground.of(extract)
        count = _write_tiles(ground, fresh[0], database, cut)
        _write_facts(database, fresh[0], ground)
    for path in reversed(fresh):  # the tiles last: their name is in the other file
        path.replace(path.with_name(path.name.removesuffix(NEW)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Made(count, streets, houses, tiles.stat().st_size, peak)


def _write_tiles(ground: Ground, path: Path, database: Any, cut: Callable[[int, int], None]) -> int:
    todo, done, kept = sum(len(ground.addresses(zoom)) for zoom in ZOOMS), 0, 0
    with path.open("wb") as file:
        writer: Any = Writer(file)  # type: ignore[no-untyped-call]
        for zoom in ZOOMS:
            tiles = sorted(ground.cut(zoom), key=lambda tile: zxy_to_tileid(zoom, tile.x, tile.y))
            for tile in tiles:
                kept += _write_tile(tile, writer, database)
            done += len(ground.addresses(zoom))
            cut(done, todo)
        writer.finalize(_header(ground), {"attribution": store.CREDIT, "vector_layers": _layers()})
    return kept


def _write_tile(tile: Tile, writer: Any, database: Any) -> bool:
    body = vector_tile.encode(tile.layers)
    if body:
        number = zxy_to_tileid(tile.zoom, tile.x, tile.y)
        writer.write_tile(number, gzip.compress(body, 9, mtime=0))
    if tile.zoom in street_drawing.ZOOMS and (picture := street_drawing.picture(tile)):
        packed = gzip.compress(picture.encode(), 9, mtime=0)
        row = (tile.zoom, tile.x, tile.y, packed)
        database.execute("INSERT INTO drawn VALUES (?, ?, ?, ?)", row)
    return bool(body)


def _write_facts(database: Any, tiles: Path, ground: Ground) -> None:
    with tiles.open("rb") as file:
        name = hashlib.file_digest(file, "sha256").hexdigest()[:10]
    facts = {
        "name": name,
        "bounds": ",".join(str(round(edge, 5)) for edge in ground.corners()),
        "zooms": ",".join(map(str, (ZOOMS[0], ZOOMS[-1]))),
    }
    database.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())


def _header(ground: Ground) -> dict[str, Any]:
    west, south, east, north = (round(edge * 1e7) for edge in ground.corners())
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_zoom": ZOOMS[0],
        "max_zoom": ZOOMS[-1],
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": ZOOMS[-2],
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }


def _layers() -> list[dict[str, Any]]:
    return [{"id": name, "fields": {"kind": "String", "name": "String"}} for name in LAYERS]
