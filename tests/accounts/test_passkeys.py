"""Passkeys: a second way in for members and businesses, a second step for staff; nothing without a verified person."""

import re

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.models import Member, Moderator
from app.accounts.passkey_models import Passkey
from app.db import db, writing
from tests.accounts.authenticator import Phone
from tests.cast import PASSWORD, a_business, a_half_moderator, a_member, a_moderator, send
from tests.conftest import Clock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
OWN, DOOR = "/settings/passkeys", "/passkey"


@pytest.fixture
def phone(clock: Clock) -> Phone:
    return Phone()


def make(browser: FlaskClient, phone: Phone, password: str = PASSWORD) -> TestResponse:
    """Only businesses are asked for the password."""
    answer = phone.make(browser.get(OWN).text)
    return send(browser, OWN, OWN, passkey=answer, password=password)


def come_in(browser: FlaskClient, phone: Phone) -> TestResponse:
    return send(browser, DOOR, DOOR, passkey=phone.prove(browser.get(DOOR).text))


def kept(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Passkey).count()


@pytest.mark.parametrize(
    ("person", "home"), [(a_member, "/nearby"), (a_business, "/today"), (a_moderator, "/queue")]
)
def test_whoever_made_a_passkey_comes_in_with_it(
    app: Flask, phone: Phone, person, home: str
) -> None:
    browser = person(app)
    assert make(browser, phone).status_code == 303
    assert browser.get(OWN).text.count("/removal") == 1
    other = app.test_client()
    assert come_in(other, phone).location == home
    assert other.get(OWN).status_code == 200
    assert other.get(DOOR).location == home

    send(browser, re.search(r"/settings/passkeys/[\w-]+/removal", browser.get(OWN).text)[0])
    assert come_in(app.test_client(), phone).status_code == 422, "taken away, it opens nothing"


def test_the_second_step_and_the_fresh_proof_can_be_a_passkey(
    app: Flask, phone: Phone, clock: Clock
) -> None:
    half, drawn = a_half_moderator(app)
    assert "data-question=" not in half.get("/second-factor").text
    code = pyotp.TOTP(drawn.totp).at(clock.now)
    send(half, "/second-factor", "/second-factor", code=code)
    make(half, phone)
    send(half, "/sign-out")
    send(half, "/sign-in", "/sign-in", email="olga@example.org", password=drawn.password)
    page = "/second-factor"
    wrong = send(half, page, page, passkey=Phone().prove(half.get(page).text))
    assert wrong.status_code == 422
    assert send(half, page, page, passkey=phone.prove(half.get(page).text)).location == "/queue"

    clock.turn(minutes=6)
    asked = send(half, "/invitations", "/invitations")
    assert asked.status_code == 403
    answer = {"proof_code": "", "proof_passkey": phone.prove(asked.text)}
    assert send(half, "/invitations", "/settings", **answer).status_code == 200
    clock.turn(minutes=6)
    assert send(half, "/invitations", "/settings", **answer).status_code == 422, "not twice"


def test_staff_make_a_passkey_only_after_a_fresh_proof(
    app: Flask, phone: Phone, clock: Clock
) -> None:
    olga = a_moderator(app)
    clock.turn(minutes=6)
    assert make(olga, phone).status_code == 403
    assert kept(app) == 0


def test_an_answer_counts_once_and_within_five_minutes(
    app: Flask, phone: Phone, clock: Clock
) -> None:
    nina = a_member(app)
    late = phone.make(nina.get(OWN).text)
    clock.turn(minutes=6)
    assert send(nina, OWN, OWN, passkey=late).status_code == 422
    make(nina, phone)

    browser = app.test_client()
    answer = phone.prove(browser.get(DOOR).text)
    assert send(browser, DOOR, DOOR, passkey=answer).status_code == 303
    again = app.test_client()
    assert send(again, DOOR, DOOR, passkey=answer).status_code == 422
    late = phone.prove(again.get(DOOR).text)
    clock.turn(minutes=6)
    assert send(again, DOOR, DOOR, passkey=late).status_code == 422


def test_a_question_asked_of_one_is_of_no_use_to_another(app: Flask, phone: Phone) -> None:
    nina, lev, studio = a_member(app), a_member(app), a_business(app)
    answer = phone.make(nina.get(OWN).text)
    assert send(lev, OWN, OWN, passkey=answer).status_code == 422
    assert make(nina, phone).status_code == 303
    assert make(lev, phone).status_code == 422, "a key has one owner"
    theirs = re.search(r"/settings/passkeys/[\w-]+/removal", nina.get(OWN).text)[0]
    assert send(studio, theirs).status_code == 404
    assert kept(app) == 1
    half, _ = a_half_moderator(app)
    door = app.test_client()
    stolen = phone.prove(door.get(DOOR).text)
    assert send(half, "/second-factor", "/second-factor", passkey=stolen).status_code == 422


@pytest.mark.parametrize(
    "phone",
    [
        Phone(verified=False),
        Phone(origin="http://localhost.example"),
        Phone(origin="https://localhost"),
    ],
    ids=["nobody verified", "another site", "another scheme"],
)
def test_nobody_verified_or_another_site_is_no_proof(
    app: Flask, clock: Clock, phone: Phone
) -> None:
    nina = a_member(app)
    honest = (phone.origin, phone.flags)
    assert make(nina, phone).status_code == 422
    good = Phone()
    phone.origin, phone.flags = good.origin, good.flags
    assert make(nina, phone).status_code == 303
    phone.origin, phone.flags = honest
    assert come_in(app.test_client(), phone).status_code == 422


def test_whoever_may_not_come_in_does_not_by_a_passkey(
    app: Flask, phone: Phone, clock: Clock
) -> None:
    olga, nina, other = a_moderator(app), a_member(app), Phone()
    make(olga, phone)
    make(nina, other)
    with app.app_context(), writing():
        moderator = db.session.scalars(sa.select(Moderator)).one()
        moderator.suspended_at = moderator.frozen_at = clock.now
        db.session.scalars(sa.select(Member)).one().invited_by_id = moderator.id
    assert come_in(app.test_client(), phone).status_code == 422
    assert come_in(app.test_client(), other).status_code == 422


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "{",
        "[]",
        "null",
        '{"rawId": 7}',
        '{"rawId": "AA", "response": {}}',
        "\ud800x",
        "[" * 7999,
    ],
)
def test_what_cannot_be_read_opens_nothing(app: Flask, clock: Clock, typed: str) -> None:
    assert send(app.test_client(), DOOR, DOOR, passkey=typed.encode("utf-8", "replace").decode()).status_code == 422  # fmt: skip


def test_twenty_wrong_passkeys_and_no_more_are_looked_at(app: Flask, clock: Clock) -> None:
    browser = app.test_client()
    answers = [send(browser, DOOR, DOOR, passkey="{}").status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


def test_a_passkey_names_nobody_is_in_the_export_and_goes_with_its_member(
    app: Flask, phone: Phone
) -> None:
    nina = a_member(app)
    page = nina.get(OWN).text
    assert page.count("&#34;displayName&#34;: &#34;Pobach&#34;") == 1
    make(nina, phone)
    data = nina.get("/my-data/pobach.json").json
    assert data["passkey"][0]["public_key"] == "a hash"
    assert data["member"][0]["alias"] not in page
    send(nina, "/my-data/erasure", "/my-data/erasure")
    assert kept(app) == 0
