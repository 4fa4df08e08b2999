"""`flask export csv [FILE]`."""

from __future__ import annotations

from typing import TextIO

import click
from flask.cli import AppGroup

from app.directory import csv_writing

group = AppGroup("export", help="What is published, for others.")


@group.command("csv")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=False), default="-")
def export_csv(file: TextIO) -> None:
    """The published offers as a table, into FILE or onto the screen; nothing of people stands in it."""
    written = csv_writing.write(file)
    click.echo(f"{written} offers", err=True)
