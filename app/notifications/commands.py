"""`flask push …` for the operator."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.db import clock
from app.notifications import counting

group = AppGroup("push", help="What is owed to phones and addresses, and what became of it.")


@group.command("status")
def status() -> None:
    """Waiting, sent, failed by reason, the oldest; numbers only."""
    now = clock()
    at = counting.status(now)
    click.echo(f"planned    {at.planned}")
    click.echo(f"waiting    {at.waiting}")
    click.echo(f"under way  {at.under_way}")
    click.echo(f"sent       {at.sent}")
    click.echo(f"failed     {sum(at.failed.values())}")
    for reason, number in at.failed.items():
        click.echo(f"  {reason:<9}{number}")
    click.echo(f"oldest     {f'{at.oldest.total_seconds():.0f} s late' if at.oldest else 'none'}")
    for origin, until in at.quiet.items():
        click.echo(f"quiet      {origin} until {until:%Y-%m-%d %H:%M:%S} UTC")
