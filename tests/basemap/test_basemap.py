"""One extract of a true city becomes tiles, drawn streets and an address search; nothing else is asked for them."""

import gzip
import os
import subprocess
import sys
import xml.etree.ElementTree as Xml
from dataclasses import replace

import pytest
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType

from app.basemap import commands, store
from app.basemap.mercator import world_point
from app.offers.geocoding import suggestions
from app.offers.models import Location
from tests.basemap.helsinki import MIDDLE, extract
from tests.cast import a_member
from tests.databases import KEYS, ROOT

pytestmark = [
    pytest.mark.xdist_group("basemap"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.fixture
def environ(helsinki):
    return {"POBACH_BASEMAP": str(helsinki)}


@pytest.fixture
def known(settings):
    found = store.basemap(settings)
    assert found is not None
    return found


def tile_at(point, zoom):
    return tuple(int(part * 2**zoom) for part in world_point(*point))


def test_the_tiles_are_one_file_that_names_its_makers_and_knows_the_streets(helsinki, known):
    with helsinki.open("rb") as file:
        reader = Reader(MmapSource(file))
        header = reader.header()
        tile = gzip.decompress(reader.get(14, *tile_at(MIDDLE, 14)))

        assert (header["tile_type"], header["tile_compression"]) == (
            TileType.MVT,
            Compression.GZIP,
        )
        assert (header["min_zoom"], header["max_zoom"]) == known.zooms
        assert "OpenStreetMap contributors" in reader.metadata()["attribution"]
        for word in (b"Mannerheimintie", b"roads", b"buildings", b"landuse"):
            assert word in tile
        assert reader.get(14, 0, 0) is None
    assert known.covers(*MIDDLE)
    assert not known.covers(52.23, 21.01)


def test_drawn_streets_are_small_pictures_by_day_and_by_night(known):
    for zoom in (11, 12, 13, 14):
        here = tile_at(MIDDLE, zoom)
        assert known.drawn(zoom, [here, (0, 0)]) == [here]
        packed = known.picture(zoom, *here)
        picture = Xml.fromstring(gzip.decompress(packed))
        drawn = [path.get("d") for path in picture if path.tag.endswith("path")]
        assert drawn
        assert all(d.startswith("M") and "nan" not in d for d in drawn)
        assert "prefers-color-scheme:dark" in picture[0].text
        assert len(packed) < 20_000


@pytest.mark.parametrize(
    ("typed", "street", "number"),
    [
        ("Mannerheimintie 5", "Mannerheimintie", "5"),
        ("manerheimintie 5", "Mannerheimintie", "5"),
        ("Mannerhiemintie", "Mannerheimintie", ""),
        ("mannerh", "Mannerheimintie", ""),
        ("ALEKSANTERINKATU 9", "Aleksanterinkatu", "9"),
        ("aleksanterin 9", "Aleksanterinkatu", "9"),
        ("pohjoisesp", "Pohjoisesplanadi", ""),
        ("Etelaesplanadi", "Eteläesplanadi", ""),
    ],
)
def test_an_address_is_found_with_typos_by_its_beginning_and_with_its_number(
    known, typed, street, number
):
    found = known.find(typed, "Helsinki")

    assert found
    assert (found[0].street, found[0].number) == (street, number)
    assert known.covers(found[0].lat, found[0].lon, margin=0.01)


@pytest.mark.parametrize(
    "typed", ["", "   ", "!!!", "12", '" OR 1 --', "Gedimino pr. 9", "x" * 500]
)
def test_what_is_no_address_here_finds_nothing_and_breaks_nothing(known, typed):
    assert known.find(typed, "Helsinki") == []


def test_the_basemap_is_the_geocoder_unless_another_or_none_is_named(app, settings, known):
    here = Location(address="Manerheimintie 5", city="Helsinki", country="FI")
    elsewhere = Location(address="Mannerheimintie 5", city="Vilnius", country="LT")

    for geocoder in ("", "local"):
        found, silent = suggestions(here, replace(settings, geocoder=geocoder))
        assert silent is None
        assert (found[0].address, found[0].city) == ("Mannerheimintie 5", "Helsinki")
        assert found[0].label.endswith("00100 Helsinki")
    assert suggestions(elsewhere, settings) == ([], None)
    with app.app_context():
        assert suggestions(here, replace(settings, geocoder="none")) == ([], None)


def test_a_piece_of_the_tiles_is_all_that_travels_and_may_be_kept_for_a_year(app, known):
    nina = a_member(app)
    address = f"/basemap/{known.name}.pmtiles"
    piece = nina.get(address, headers={"Range": "bytes=0-126"})

    assert piece.status_code == 206
    assert piece.data[:7] == b"PMTiles"
    assert len(piece.data) == 127
    assert piece.headers["Content-Range"].endswith(f"/{known.tiles.stat().st_size}")
    assert "immutable" in piece.headers["Cache-Control"]
    assert nina.get(address, headers={"Range": "bytes=99999999999-"}).status_code == 416
    here = tile_at(MIDDLE, 14)
    picture = nina.get(f"/basemap/{known.name}/14/{here[0]}/{here[1]}.svg")
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert "immutable" in picture.headers["Cache-Control"]


def test_another_name_no_tile_and_nobody_signed_in_get_nothing(app, known):
    nina, street = a_member(app), app.test_client()

    for path in (
        "/basemap/0123456789.pmtiles",
        f"/basemap/{known.name}/14/0/0.svg",
        f"/basemap/{known.name}/99999999999999999999/0/0.svg",
        "/basemap/0123456789/14/0/0.svg",
    ):
        assert nina.get(path).status_code == 404
    assert street.get(f"/basemap/{known.name}.pmtiles").status_code == 401


HEAVY = {"osmium", "shapely", "numpy", "pmtiles"}


def test_the_web_loads_nothing_that_only_the_import_needs(settings):
    """Goal 9 of the design: a worker of the web stays below 150 MB."""
    told = {
        **os.environ,
        **KEYS,
        "POBACH_DATA_DIR": str(settings.data_dir),
        "POBACH_BASEMAP": settings.basemap,
    }
    loaded = subprocess.run(
        [sys.executable, "-c", "import wsgi, sys; print(*sys.modules)"],
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert "app.basemap.store" in loaded
    assert not HEAVY & set(loaded)


def test_the_command_makes_the_map_where_the_app_looks_for_it(app, settings, tmp_path, monkeypatch):
    own = replace(settings, basemap="", data_dir=tmp_path / "data")
    app.extensions["settings"] = own
    assert store.basemap(own) is None
    runner = app.test_cli_runner()

    said = runner.invoke(args=["basemap", "import", str(extract())])

    assert said.exit_code == 0, said.output
    assert "streets" in said.output
    assert "MB of memory" in said.output
    made = store.basemap(own)
    assert made is not None
    assert made.find("Mannerheimintie 5", "Helsinki")

    nonsense = tmp_path / "nonsense.osm.pbf"
    nonsense.write_bytes(b"not a map")
    refused = runner.invoke(args=["basemap", "import", str(nonsense)])
    monkeypatch.setattr(commands, "MOST_MB", 0.1)
    too_large = runner.invoke(args=["basemap", "import", str(extract())])

    assert refused.exit_code == too_large.exit_code == 1
    assert "cannot be read" in refused.output
    assert "osmium extract" in too_large.output
    assert store.basemap(own) == made, "what is there stays until all is done"
