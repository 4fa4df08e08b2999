"""People for the tests: they come in through the doors everybody uses, each in a browser of their own."""

import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import db as house
from app.accounts.invitation_rules import mint
from app.db import writing

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
