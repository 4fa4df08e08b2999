"""What a demo may and production may not (safety.md, "Signing in", last paragraph)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.accounts.demo import BUSINESS, refuse_demo_accounts
from app.accounts.models import Moderator, ProviderAccount, Session
from app.db import db, writing
from app.offers.models import Offer, Provider, State
from app.settings import Operator, Settings, SettingsError
from tests.cast import a_business, send
from tests.databases import KEYS, ROOT
from tests.test_settings import PRODUCTION

SOCIETY = Operator(
    "A society", "desk@example.org", "https://example.org/p", "https://example.org/t"
)


@pytest.fixture
def production(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The same database, in production."""
    made = create_app(
        replace(settings, base_url="https://pobach.example", operator=SOCIETY, smtp_url="smtp://x")
    )
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def run(app: Flask, *words: str) -> str:
    ran = app.test_cli_runner().invoke(args=list(words))
    assert ran.exit_code == 0, ran.output
    return str(ran.output)


def test_production_waits_until_the_demo_is_removed(app: Flask, production: Flask) -> None:
    said = run(app, "seed")
    password = said.split(BUSINESS)[1].split("\n")[0].strip()
    with pytest.raises(SystemExit, match="flask demo-remove"):
        refuse_demo_accounts(production)
    assert run(production, "demo-remove").startswith("3 demo sign-ins closed")
    refuse_demo_accounts(production)
    client = app.test_client()
    answer = send(client, "/sign-in", "/sign-in", email=BUSINESS, password=password)
    assert answer.status_code == 422, "nobody signs in with what a demo has printed"
    with app.app_context():
        assert set(db.session.scalars(sa.select(Offer.state))) == {State.PAUSED}
        assert db.session.scalar(sa.select(sa.func.count(ProviderAccount.id))) == 0
        assert all(one.suspended_at for one in db.session.scalars(sa.select(Moderator)))
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Session)) == 0
    assert run(production, "demo-remove").startswith("0 demo sign-ins closed")


def test_a_real_business_that_bears_a_name_of_the_demo_is_left_alone(app: Flask) -> None:
    run(app, "seed")
    a_business(app, "real@example.org")
    with app.app_context(), writing() as session:
        named = session.scalars(sa.select(Provider).order_by(Provider.id)).first()
        account = session.scalars(
            sa.select(ProviderAccount).order_by(ProviderAccount.id.desc())
        ).first()
        assert named is not None
        assert account is not None
        real = Provider(
            name=named.name, state=State.APPROVED, account=account, created_at=named.created_at
        )
        session.add(real)
        session.flush()
        number = real.id
    run(app, "demo-remove")
    with app.app_context():
        assert db.session.get_one(Provider, number).account_id is not None


def test_production_has_no_demo_to_seed(production: Flask) -> None:
    ran = production.test_cli_runner().invoke(args=["seed"])
    assert ran.exit_code == 1
    assert "production has no demo" in ran.output


@pytest.mark.parametrize("name", ["database.key", "secret.key", "seal.keys", "vapid.key"])
def test_production_takes_no_key_that_lies_beside_what_it_protects(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("left from the demo")
    with pytest.raises(SettingsError, match=name.replace(".", r"\.")):
        Settings.from_environ({**PRODUCTION, "POBACH_DATA_DIR": str(tmp_path)})


def test_production_does_not_run_in_debug(tmp_path: Path) -> None:
    environ = {**PRODUCTION, "POBACH_DATA_DIR": str(tmp_path)}
    with pytest.raises(SettingsError, match="FLASK_DEBUG"):
        Settings.from_environ({**environ, "FLASK_DEBUG": "1"})
    assert Settings.from_environ({**environ, "FLASK_DEBUG": "0"}).production


@pytest.mark.slow
def test_the_web_server_itself_ends_with_the_sentence(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    run(app, "seed")
    environ = {**os.environ, **PRODUCTION, **KEYS, "POBACH_DATABASE_URL": settings.database_url}
    environ["POBACH_DATA_DIR"] = str(tmp_path / "elsewhere")
    started = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert started.returncode == 1
    assert started.stderr.strip().splitlines()[-1].startswith("pobach: the demo's sign-ins are")
    assert "Traceback" not in started.stderr
