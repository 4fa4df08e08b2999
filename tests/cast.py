"""People for the tests: they come in through the doors everybody uses, each in a browser of their own."""

import re

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import db as house
from app.accounts.demo import confirmed_business
from app.accounts.invitation_rules import mint
from app.accounts.password_rules import hash_password
from app.accounts.staff_rules import Drawn, draw, new_moderator
from app.db import writing

PASSWORD = "three blue herons by the lake"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def a_card(app: Flask, city: str | None = None) -> str:
    """The token of a new card of the operator's."""
    with app.app_context(), writing():
        return mint(None, now=house.clock(), city=city).token


def a_member(app: Flask, city: str | None = None) -> FlaskClient:
    """Somebody who has just come in with a card."""
    client = app.test_client()
    answer = client.post("/api/v1/session", json={"invitation": a_card(app, city)})
    assert answer.status_code == 201, answer.data
    return client


def token_on(client: FlaskClient, page: str) -> str:
    """The token against forgery that a page's form carries."""
    found = TOKEN.search(client.get(page).text)
    assert found, f"no form on {page}"
    return found[1]


def send(client: FlaskClient, path: str, page: str = "/settings", **fields: str) -> TestResponse:
    """Fill in the form on `page` and send it to `path`, as a browser would."""
    return client.post(path, data={"csrf_token": token_on(client, page), **fields})


def a_business(app: Flask, email: str = "studio@example.org") -> FlaskClient:
    """A business with a confirmed address, signed in."""
    with app.app_context():
        kept = hash_password(PASSWORD)
        with writing():
            confirmed_business(email, kept, "pl", now=house.clock())
    client = app.test_client()
    answer = send(client, "/sign-in", "/sign-in", email=email, password=PASSWORD)
    assert answer.location == "/today", answer.text
    return client


def a_half_moderator(app: Flask, email: str = "olga@example.org") -> tuple[FlaskClient, Drawn]:
    """A moderator who has given her password, and not yet the code of her device."""
    with app.app_context():
        drawn = draw()
        with writing():
            new_moderator(email, "Olga", drawn, "en", now=house.clock())
    client = app.test_client()
    answer = send(client, "/sign-in", "/sign-in", email=email, password=drawn.password)
    assert answer.location == "/second-factor", answer.text
    return client, drawn


def a_moderator(app: Flask, email: str = "olga@example.org") -> FlaskClient:
    """A moderator, wholly signed in."""
    client, drawn = a_half_moderator(app, email)
    code = pyotp.TOTP(drawn.totp).at(house.clock())
    answer = send(client, "/second-factor", "/second-factor", code=code)
    assert answer.location == "/queue", answer.text
    return client
