"""A true city, made into a map once a run: the middle of Helsinki, © OpenStreetMap contributors (ODbL)."""

from pathlib import Path

import pytest

from app.basemap import making
from tests.databases import IN_CI, ROOT, once

EXTRACT = ROOT / "build" / "Helsinki.osm.pbf"
MIDDLE = (60.17, 24.94)


def extract() -> Path:
    """Brought by `deploy/setup.py city`."""
    if not EXTRACT.exists():
        if IN_CI:
            pytest.fail("The city is not there, and with CI=true nothing may be skipped.")
        pytest.skip("Helsinki is not there: python deploy/setup.py city")
    return EXTRACT


@pytest.fixture(scope="session")
def helsinki(run_folder: Path) -> Path:
    """`city.pmtiles`, with its SQLite file beside it."""
    tiles = run_folder / "helsinki" / "city.pmtiles"
    source = extract()

    def make() -> None:
        making.make(source, tiles, lambda count: None, lambda done, of: None)

    once(run_folder / "helsinki.made", make)
    return tiles
