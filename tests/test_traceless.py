"""No address, no browser's name, no place: in no row, no file, no line that is printed (safety.md T4, T16, #23)."""

import logging
import random
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from app import create_app
from app.db import db, writing
from tests.bookings.browsing import a_stage
from tests.bookings.cast import NOW
from tests.cast import a_member, send

ADDRESS, BROWSER = "203.0.113.89", "Qzx-Telltale/9.1"
PLACE = "52.2417"  # two decimals more than may ever be sent
MANY = 2_000


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_after_two_thousand_requests_no_trace_of_who_asked_is_anywhere(
    settings, tmp_path, clock, caplog, capfd
):
    """On a file that is not encrypted: looking for a word in an encrypted one could never fail."""
    clock.set(NOW)
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "plain.db"
    app = create_app(replace(settings, database_key="", database_url=f"sqlite:///{file}"))
    with app.app_context():
        upgrade()
        stage = a_stage()
        plant(app)
    assert found(tmp_path, "Plantedword"), "the control: what is written down is found"

    ask_around(app, stage)

    said = "".join(capfd.readouterr()) + caplog.text
    for sign in (ADDRESS, BROWSER, PLACE):
        assert sign not in said
        assert not found(tmp_path, sign)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def plant(app):
    with writing():
        db.session.execute(sa.text("UPDATE provider SET about = 'Plantedword' WHERE id = 1"))


def ask_around(app, stage):
    """As phones do: reading most of the time, a wrong card here and there, a place too exact, a booking."""
    dice = random.Random(7)
    app.config["RATELIMIT_ENABLED"] = False
    wear = {"environ_overrides": {"REMOTE_ADDR": ADDRESS}, "headers": {"User-Agent": BROWSER}}
    member, stranger = a_member(app), app.test_client()
    paths = [
        f"/nearby?near={PLACE},21.0122", "/nearby?near=52.24,21.01", f"/offers/{stage.offer}",
        "/bookings", "/settings", "/help", "/nothing-here", f"/api/v1/offers?near={PLACE},21.0122",
    ]  # fmt: skip
    for number in range(MANY):
        if number % 50 == 0:
            body = {"invitation": "Z" * 24}
            stranger.post("/api/v1/session", json=body, **wear)
        (member if number % 3 else stranger).get(dice.choice(paths), **wear)
    send(member, "/settings/language", lang="en")


def found(folder, sign):
    return [
        file.name
        for file in folder.rglob("*")
        if file.is_file() and sign.encode() in file.read_bytes()
    ]
