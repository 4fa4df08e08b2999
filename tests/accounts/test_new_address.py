"""A business's new address: a day later, agreed to by its letter; the old one hears at once and may say no."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.address_rules import apply_due
from app.accounts.models import ProviderAccount
from app.accounts.proofs import make_proof
from app.db import db, writing
from tests.cast import PASSWORD, a_business, a_member, send
from tests.conftest import Clock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PAGE, OLD, NEW = "/settings/address", "studio@example.org", "new@example.org"


@pytest.fixture
def environ(mailbox):
    return {"POBACH_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}"}


@pytest.fixture
def studio(app: Flask, clock: Clock) -> FlaskClient:
    return a_business(app, OLD)


def ask(studio: FlaskClient, email: str = NEW, password: str = PASSWORD) -> int:
    answer = send(studio, PAGE, PAGE, email=email, password=password)
    answer.close()
    return answer.status_code


def link_to(mailbox, address: str) -> str:
    letter = mailbox.wait_for(address)
    return re.search(r"http://localhost(/(?:new|keep)-address/\S+)", letter)[1]


def worked(app: Flask, clock: Clock) -> int:
    with app.app_context(), writing():
        return apply_due(clock.now)


def address(app: Flask) -> str:
    with app.app_context():
        return db.session.query(ProviderAccount).order_by(ProviderAccount.id).first().email


def test_a_new_address_counts_after_a_day_and_the_old_one_hears_of_it_at_once(
    app: Flask, studio: FlaskClient, mailbox, clock: Clock
) -> None:
    assert ask(studio) == 303
    assert set(mailbox.letters) == {OLD, NEW}
    reader, link = app.test_client(), link_to(mailbox, NEW)
    assert reader.get(link).status_code == 200
    clock.turn(hours=23, minutes=50)
    assert send(reader, link, link).status_code == 200
    assert (worked(app, clock), address(app)) == (0, OLD)
    clock.turn(minutes=10)
    assert (worked(app, clock), address(app)) == (1, NEW)
    answer = send(app.test_client(), "/sign-in", "/sign-in", email=NEW, password=PASSWORD)
    assert answer.location == "/today"
    assert reader.get(link).status_code == 410, "it is over with its change"


def test_the_old_address_says_no_without_signing_in(
    app: Flask, studio: FlaskClient, mailbox, clock: Clock
) -> None:
    ask(studio)
    new, keep = link_to(mailbox, NEW), link_to(mailbox, OLD)
    send(app.test_client(), new, new)
    assert send(app.test_client(), keep, keep).status_code == 200
    clock.turn(hours=25)
    assert (worked(app, clock), address(app)) == (0, OLD)
    assert app.test_client().get(new.replace("new-", "keep-")).status_code == 410
    assert NEW not in studio.get(PAGE).text


def test_without_a_yes_or_with_an_address_of_somebody_else_nothing_changes(
    app: Flask, studio: FlaskClient, mailbox, clock: Clock
) -> None:
    a_business(app, "other@example.org")
    assert ask(studio, "other@example.org") == 303, "the answer says nothing of who has an account"
    assert set(mailbox.letters) == {OLD}
    clock.turn(hours=25)
    assert worked(app, clock) == 0
    assert ask(studio) == 303
    assert send(studio, f"{PAGE}/withdrawal", PAGE).status_code == 303
    assert app.test_client().get(link_to(mailbox, NEW)).status_code == 410
    assert address(app) == OLD


def test_a_new_address_that_waits_is_dropped_with_the_old_password(
    app: Flask, studio: FlaskClient, mailbox, clock: Clock
) -> None:
    ask(studio)
    new = link_to(mailbox, NEW)
    send(app.test_client(), new, new)
    with app.app_context():
        account = db.session.query(ProviderAccount).one()
        link = f"/new-password/{make_proof('password', account)}"
    answer = send(app.test_client(), link, link, password="four grey geese by the river")
    assert answer.location == "/sign-in"
    clock.turn(hours=25)
    assert (worked(app, clock), address(app)) == (0, OLD)


def test_the_password_is_asked_and_guessing_it_ends(
    app: Flask, studio: FlaskClient, clock: Clock
) -> None:
    assert [ask(studio, password="guess") for _ in range(21)] == [422] * 20 + [429]
    assert ask(studio) == 429
    assert ask(studio, email="nothing like one") == 422
    assert a_member(app).get(PAGE).status_code == 403
