"""Links in letters: timed, for one purpose, and void once the password has changed."""

import sqlalchemy as sa
from flask import Flask

from app.accounts.models import ProviderAccount
from app.accounts.password_rules import hash_password
from app.accounts.proofs import make_proof
from app.accounts.sign_in_rules import account_of
from app.accounts.sign_up_rules import sign_up
from app.db import clock as now
from app.db import db, writing
from tests.cast import PASSWORD, a_business, send
from tests.conftest import Clock


def proof_for(app: Flask, purpose: str, email: str) -> str:
    with app.app_context():
        account = account_of(email)
        assert account is not None
        return make_proof(purpose, account)


def test_a_new_password_counts_at_once_and_signs_the_old_one_out(app: Flask, clock: Clock) -> None:
    before = a_business(app)
    link = f"/new-password/{proof_for(app, 'password', 'studio@example.org')}"
    client = app.test_client()
    assert send(client, link, link, password="four quiet owls on a roof").location == "/sign-in"
    assert before.get("/settings/erase").status_code == 401
    wrong = send(client, "/sign-in", "/sign-in", email="studio@example.org", password=PASSWORD)
    assert wrong.status_code == 422
    assert client.get(link).status_code == 410, "the link worked once"


def test_links_of_letters_end_by_themselves(app: Flask, clock: Clock, unconfirmed: str) -> None:
    a_business(app)
    links = {
        f"/new-password/{proof_for(app, 'password', 'studio@example.org')}": 60,
        f"/confirm/{proof_for(app, 'confirm', unconfirmed)}": 2 * 24 * 60,
    }
    clock.turn(minutes=59)
    assert {app.test_client().get(link).status_code for link in links} == {200}
    clock.turn(minutes=2)
    statuses = [app.test_client().get(link).status_code for link in links]
    assert statuses == [410, 200]
    clock.turn(days=2)
    assert {app.test_client().get(link).status_code for link in links} == {410}


def test_a_link_for_one_purpose_is_of_no_use_for_another(app: Flask, clock: Clock) -> None:
    a_business(app)
    proof = proof_for(app, "confirm", "studio@example.org")
    assert app.test_client().get(f"/new-password/{proof}").status_code == 410


def test_a_confirmed_address_is_not_a_way_in_for_whoever_finds_the_letter(
    app: Flask, clock: Clock, unconfirmed: str
) -> None:
    link = f"/confirm/{proof_for(app, 'confirm', unconfirmed)}"
    assert send(app.test_client(), link, link).status_code == 303
    finder = app.test_client()
    assert send(finder, link, "/settings").status_code == 410
    assert finder.get("/settings/erase").status_code == 401


def test_a_letter_confirms_only_the_password_of_its_own_sign_up(
    app: Flask, clock: Clock, unconfirmed: str
) -> None:
    """A stranger signs up once more, with a password of theirs, before the owner opens the first letter."""
    link = f"/confirm/{proof_for(app, 'confirm', unconfirmed)}"
    with app.app_context():
        strangers = hash_password("a strangers own long words")
        with writing():
            sign_up(unconfirmed, strangers, "en", now=now())
    assert send(app.test_client(), link, "/settings").status_code == 410
    with app.app_context():
        account = db.session.scalars(sa.select(ProviderAccount)).one()
        assert account.confirmed_at is None
