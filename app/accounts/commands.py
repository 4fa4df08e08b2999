"""`flask staff …`, and the demo's sign-ins."""

from __future__ import annotations

import secrets
from typing import NamedTuple

import click
import pyotp
from flask.cli import AppGroup

from app.accounts.models import ProviderAccount
from app.accounts.password_rules import hash_password
from app.accounts.staff_rules import confirmed_business, new_moderator
from app.db import clock, writing
from app.settings import settings

staff = AppGroup("staff", help="Volunteers who review.")
DEMO_BUSINESS, DEMO_STAFF = (
    "studio@example.org",
    {"Olga": "olga@example.org", "Marek": "marek@example.org"},
)


class Drawn(NamedTuple):
    """Secrets of one new sign-in, printed once."""

    password: str
    totp: str
    kept: str


def draw() -> Drawn:
    """A password of 16 letters, a TOTP secret, and the password's hash."""
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    return Drawn(password, pyotp.random_base32(), hash_password(password))


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
            email, name or email.split("@", maxsplit=1)[0], *_kept(drawn), spoken, now=clock()
        )
    if made is None:
        raise click.ClickException("This address has an account already.")
    click.echo(f"{email}  password {drawn.password}  second factor {drawn.totp}")
    if made.accepted_at is None:
        click.echo("Waits until a moderator accepts it.")


def _kept(drawn: Drawn) -> tuple[str, str]:
    return drawn.kept, drawn.totp


def demo_sign_ins(business: Drawn, staff: dict[str, Drawn]) -> str:
    """What a first start prints."""
    lines = [
        f"Sign in at {settings().base_url}/sign-in",
        f"  business   {DEMO_BUSINESS}  {business.password}",
    ]
    lines += [
        f"  moderator  {DEMO_STAFF[name]}  {drawn.password}  second factor {drawn.totp}"
        for name, drawn in staff.items()
    ]
    return "\n".join(lines)


def seat_demo(business: Drawn, staff: dict[str, Drawn]) -> ProviderAccount:
    """The demo's business and two moderators; call inside `writing()`."""
    for name, drawn in staff.items():
        new_moderator(DEMO_STAFF[name], name, *_kept(drawn), "en", now=clock())
    return confirmed_business(DEMO_BUSINESS, business.kept, "pl", now=clock())
