"""`flask import hsds|csv FILE [--apply]`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import AppGroup

from app.db import clock, db, writing
from app.directory import csv_reading, hsds_reading
from app.directory.feed import CannotRead, Feed
from app.directory.import_rules import take_in
from app.i18n import LANGUAGES

group = AppGroup(
    "import", help="Take in somebody else's directory, as offers that wait for review."
)
PATH = click.argument("path", type=click.Path(exists=True, path_type=Path))
APPLY = click.option("--apply", is_flag=True, help="Write it. Without this nothing is changed.")
LANGUAGE = click.option(
    "--language", type=click.Choice(list(LANGUAGES)), default="en", help="Of the texts."
)


def _source(usual: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(
        "--source",
        default=usual,
        help="A name for whose data it is: ids are theirs, not everybody's.",
    )


@group.command("hsds")
@PATH
@APPLY
@LANGUAGE
@_source("hsds")
def import_hsds(path: Path, apply: bool, language: str, source: str) -> None:
    """A file or a folder of HSDS 3.x."""
    _import(hsds_reading.read, path, apply, language, source)


@group.command("csv")
@PATH
@APPLY
@LANGUAGE
@_source("csv")
def import_csv(path: Path, apply: bool, language: str, source: str) -> None:
    """A table of services with a line of column names."""
    _import(csv_reading.read, path, apply, language, source)


def _import(
    read: Callable[[Path], Feed], path: Path, apply: bool, language: str, source: str
) -> None:
    try:
        feed = read(path)
    except CannotRead as why:
        raise click.ClickException(str(why)) from why
    with writing():
        report = take_in(feed, source=source[:20], language=language, now=clock())
        if not apply:
            db.session.rollback()
    for name in feed.skipped:
        click.echo(f"skipped   {name}: nothing of HSDS in it")
    if not apply:
        click.echo("A dry run: nothing was written. Add --apply to write it.")
    for line in report:
        click.echo(line)
