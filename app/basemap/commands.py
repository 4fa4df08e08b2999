"""`flask basemap import FILE.osm.pbf`."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.basemap import store
from app.settings import settings

group = AppGroup("basemap", help="The streets under the map, and the search for addresses.")
MOST_MB = 150
CLIP = (
    "{name} has {size} MB, more than a city: it would take about {memory} MB of memory. Clip it first, for instance\n"
    "  osmium extract --bbox 20.85,52.09,21.28,52.37 {name} -o city.osm.pbf\n"
    "(west,south,east,north; Debian's package osmium-tool), or say --whole."
)
MB_FOR_A_MB = 12
"""Memory for each megabyte of an extract, measured; docs/operate.md says how."""


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--whole", is_flag=True, help="Take a file that is larger than a city, too.")
def import_basemap(file: Path, whole: bool) -> None:
    """Make the map and the address search from one OpenStreetMap extract (.osm.pbf) of a city."""
    from app.basemap import making, reading  # heavy, and the web needs none of it

    _not_too_large(file, whole)
    with click.progressbar(length=100, label="tiles") as bar:
        try:
            made = making.make(
                file,
                store.usual(settings()),
                lambda count: click.echo(f"{count:,} things read"),
                lambda done, of: bar.update(round(100 * done / of) - bar.pos),
            )
        except reading.CannotReadMap as why:
            raise click.ClickException(str(why)) from None
    click.echo(
        f"{made.tiles} tiles, {made.streets} streets, {made.houses} houses, "
        f"{made.bytes / 1e6:.1f} MB; at most {made.peak_mb} MB of memory"
    )


def _not_too_large(file: Path, whole: bool) -> None:
    size = file.stat().st_size / 1e6
    if size > MOST_MB and not whole:
        memory = round(120 + size * MB_FOR_A_MB)
        raise click.ClickException(CLIP.format(name=file.name, size=round(size), memory=memory))
