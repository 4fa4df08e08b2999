"""A passkey outlives its session: whoever makes one proves who they are, and taking the account back ends it."""

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Moderator, ProviderAccount
from app.accounts.proofs import make_proof
from app.accounts.staff_rules import suspend
from app.db import clock as db_clock
from app.db import db, writing
from app.notifications.models import Notice
from tests.accounts.authenticator import Phone
from tests.accounts.test_passkeys import OWN, come_in, kept, make
from tests.cast import a_business, a_member, a_moderator, send
from tests.conftest import Clock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def phone(clock: Clock) -> Phone:
    return Phone()


def test_a_business_gives_its_password_for_a_passkey_and_gets_a_letter(
    app: Flask, phone: Phone, mailbox
) -> None:
    app.extensions["settings"] = replace(
        app.extensions["settings"], smtp_url=f"smtp://127.0.0.1:{mailbox.port}"
    )
    studio = a_business(app)
    assert 'name="password"' in studio.get(OWN).text
    assert [make(studio, phone, typed).status_code for typed in ("", "guess")] == [422, 422]
    assert (kept(app), list(mailbox.letters)) == (0, [])
    make(studio, phone).close()
    assert kept(app) == 1
    assert "/lost-password" in mailbox.wait_for("studio@example.org")
    guesses = [make(studio, phone, "guess").status_code for _ in range(19)]
    assert guesses[-1] == 429, "counted with the guesses at a new address"
    assert 'name="password"' not in a_member(app).get(OWN).text


def test_a_member_reads_that_a_passkey_was_made(app: Flask, phone: Phone) -> None:
    nina = a_member(app)
    make(nina, phone)
    with app.app_context():
        told = db.session.scalars(sa.select(Notice)).one()
        assert (told.kind, told.link, told.values) == ("new_way_in", OWN, {"way": "passkey"})


def test_no_passkey_survives_a_new_password(app: Flask, phone: Phone) -> None:
    studio = a_business(app)
    make(studio, phone)
    with app.app_context():
        account = db.session.scalars(sa.select(ProviderAccount)).one()
        link = f"/new-password/{make_proof('password', account)}"
    send(app.test_client(), link, link, password="four grey geese by the river")
    assert come_in(app.test_client(), phone).status_code == 422
    assert kept(app) == 0


def test_no_passkey_survives_the_way_back(app: Flask, phone: Phone) -> None:
    nina, lev, other = a_member(app), a_member(app), Phone()
    make(nina, phone)
    make(lev, other)
    page = send(nina, "/settings/way-back", "/settings/way-back").text
    number, digits = re.findall(r"\d{5}(?: \d{5})+", page)
    send(app.test_client(), "/way-back", "/way-back", number=number, digits=digits)
    assert come_in(app.test_client(), phone).status_code == 422
    assert come_in(app.test_client(), other).status_code == 303, "somebody else's stays"


def test_no_passkey_of_a_suspended_moderator_opens_after_the_return(
    app: Flask, phone: Phone
) -> None:
    olga = a_moderator(app)
    make(olga, phone)
    a_moderator(app, "marek@example.org")
    with app.app_context(), writing():
        one, two = db.session.scalars(sa.select(Moderator).order_by(Moderator.id))
        suspend(one.public_id, two.id, now=db_clock())
        one.suspended_at = one.suspended_by_id = None
    assert come_in(app.test_client(), phone).status_code == 422
