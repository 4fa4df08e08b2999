"""`flask …` for the operator. Each prints what it did, in one plain line or two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import backup, worker
from app.accounts import demo
from app.accounts.commands import staff as staff_group
from app.accounts.erase_codes import member_of_code
from app.accounts.invitation_rules import mint
from app.basemap.commands import group as basemap_group
from app.db import clock, db, fold_the_log, writing
from app.directory import export_commands, import_commands
from app.i18n import LANGUAGES
from app.life import erase, purge
from app.notifications.commands import group as push_group
from app.notifications.kinds import KINDS
from app.notifications.previews import preview
from app.offers.crowd import seed_many
from app.offers.demo import demo_businesses, seed_demo
from app.offers.models import Offer, Provider
from app.offers.pause_rules import pause_all
from app.offers.places import cities
from app.settings import settings


@click.command("invite")
@click.option("--count", default=1, type=click.IntRange(1, 200), help="how many cards")
@click.option("--city", default=None, help="skip the question of where: warsaw, vilnius, …")
@with_appcontext
def invite(count: int, city: str | None) -> None:
    """Print links, each good for one person and 14 days."""
    known = [listed.id for listed in cities(settings().cities)]
    if city is not None and city not in known:
        raise click.BadParameter(f"choose one of {', '.join(known)}", param_hint="--city")
    with writing():
        cards = [mint(None, now=clock(), city=city) for _ in range(count)]
    for card in cards:
        click.echo(card.link(settings().base_url))


@click.command("seed")
@click.option(
    "--offers", type=click.IntRange(1, 10_000_000), help="add so many more, for load tests"
)
@with_appcontext
def seed(offers: int | None) -> None:
    """Add the demo's businesses, offers and times, and print the demo's sign-ins. Never in production."""
    if settings().production:
        raise click.ClickException("The demo is for this machine alone: production has no demo.")
    if offers:
        with click.progressbar(length=offers, label="offers", show_pos=True) as bar:
            seed_many(offers, clock(), lambda done: bar.update(done - bar.pos))
        return
    drawn = demo.draw_sign_ins()
    with writing():
        account = demo.seat_demo(drawn, now=clock())
        studio = seed_demo(clock())[0]
        studio.account_id = studio.account_id or account.id
    click.echo(demo.told(drawn, settings().base_url))


@click.command("demo-remove")
@with_appcontext
def demo_remove() -> None:
    """Close the demo's sign-ins and pause its offers, so that production may start on this database."""
    with writing():
        ours = [
            None,
            *(account.id for account in demo.demo_accounts() if account.kind == "provider"),
        ]
        businesses = [one for one in _called_as_in_the_demo() if one.account_id in ours]
        for business in businesses:
            business.account_id = None
        wish = sa.select(Offer).where(Offer.provider_id.in_([b.id for b in businesses]))
        pause_all(db.session.scalars(wish))
        closed = demo.close_demo_accounts(now=clock())
    click.echo(
        f"{closed} demo sign-ins closed, the offers of {len(businesses)} demo businesses paused"
    )


def _called_as_in_the_demo() -> Sequence[Provider]:
    """Not all of them are the demo's: a real business, claimed or imported, may bear the same name."""
    names = [business.name for business in demo_businesses()]
    wish = sa.select(Provider).where(Provider.name.in_(names), Provider.source_id.is_(None))
    return db.session.scalars(wish).all()


@click.command("purge")
@with_appcontext
def purge_now() -> None:
    """Forget everything whose life is over; the worker does the same every hour."""
    with writing():
        gone = purge(clock())
    click.echo(f"{gone} rows forgotten")


@click.command("erase")
@click.argument("code")
@with_appcontext
def erase_by_code(code: str) -> None:
    """Erase the account whose owner sends you this code (20 digits, from their Settings). Never a name."""
    with writing():
        member = member_of_code(code)
        if member is None:
            raise click.ClickException("No account has this code. Check its 20 digits once more.")
        erase(member, settings().data_dir, clock())
    fold_the_log()
    click.echo("erased")


@click.command("backup-key")
def backup_key() -> None:
    """Print a new pair of keys. The secret one belongs on paper or a stick, away from this machine."""
    secret, public = backup.new_key()
    click.echo(f"secret, keep it elsewhere: {secret}\npublic, POBACH_BACKUP_TO: {public}")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--to", envvar="POBACH_BACKUP_TO", required=True, help="the public key, age1…")
@with_appcontext
def back_up(file: Path, to: str) -> None:
    """Write everything, locked for one key, to FILE, and the list of erased accounts beside it."""
    with _said_kindly():
        backup.back_up(file, to, settings())
    click.echo(f"{file}: {file.stat().st_size} bytes, locked")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", type=click.File(), required=True, help="the file with the secret key, or -")
@click.option("--erased", type=click.Path(path_type=Path), help="by default FILE.erased")
@click.option("--without-erasures", is_flag=True, help="bring erased accounts back")
@with_appcontext
def restore(file: Path, key: TextIO, erased: Path | None, without_erasures: bool) -> None:
    """Fill an empty place from a backup. Whoever was erased stays erased."""
    known = None if without_erasures else erased or backup.beside(file)
    with _said_kindly():
        gone = backup.restore(file, key.read(), known, settings(), clock())
    click.echo(f"restored; {gone} accounts erased since the backup stay erased")


@contextmanager
def _said_kindly() -> Iterator[None]:
    try:
        yield
    except backup.NoBackup as why:
        raise click.ClickException(str(why)) from None


@click.command("worker")
@with_appcontext
def work() -> None:
    """Send what is due and keep house, until SIGTERM; any number may run."""
    worker.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("preview")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.option("--lang", default="be", type=click.Choice(list(LANGUAGES)))
@with_appcontext
def preview_notice(kind: str, lang: str) -> None:
    """Show a notice as the inbox shows it, unsent."""
    click.echo(preview(kind, lang))


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in (
        invite,
        seed,
        demo_remove,
        purge_now,
        erase_by_code,
        backup_key,
        back_up,
        restore,
        work,
        preview_notice,
        import_commands.group,
        export_commands.group,
        push_group,
        staff_group,
        basemap_group,
    ):
        app.cli.add_command(command)
