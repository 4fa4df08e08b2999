"""`flask staff …`: the first moderators, and later ones that a moderator has to accept."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.accounts.staff_rules import draw, new_moderator
from app.db import clock, writing
from app.settings import settings

staff = AppGroup("staff", help="Volunteers who review.")


@staff.command("invite")
@click.argument("email")
@click.option("--role", type=click.Choice(["moderator"]), default="moderator")
@click.option("--name", default="", help="how the others call them")
def invite(email: str, role: str, name: str) -> None:
    """Make a sign-in for EMAIL and print it once. From the third on, a moderator has to accept it."""
    del role
    drawn, spoken = draw(), settings().default_language
    with writing():
        made = new_moderator(
            email, name or email.split("@", maxsplit=1)[0], drawn, spoken, now=clock()
        )
    if made is None:
        raise click.ClickException("This address has an account already.")
    click.echo(f"{email}  password {drawn.password}  second factor {drawn.totp}")
    click.echo(drawn.uri(email))
    if made.accepted_at is None:
        click.echo(f"Waits until a moderator accepts it at {settings().base_url}/staff")
