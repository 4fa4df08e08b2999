"""Cards, and the ways people come in."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import db as house
from app.accounts.invitation_rules import mint
from app.accounts.password_rules import hash_password
from app.accounts.sign_up_rules import sign_up
from app.db import clock as now
from app.db import writing
from tests.cast import PASSWORD
from tests.conftest import Clock

NewCard = Callable[..., str]
KnockByApi = Callable[..., TestResponse]


@pytest.fixture
def new_card(app: Flask) -> NewCard:
    """Make a card of the operator's; its token."""

    def make(city: str | None = None) -> str:
        with app.app_context(), writing():
            return mint(None, now=house.clock(), city=city).token

    return make


@pytest.fixture
def knock(app: Flask) -> KnockByApi:
    """Bring a card to the API, from a browser of its own unless one is given."""

    def bring(
        token: str, nonce: str = "", client: FlaskClient | None = None, address: str = "10.0.0.9"
    ) -> TestResponse:
        headers = {"Idempotency-Key": nonce} if nonce else {}
        return (client or app.test_client()).post(
            "/api/v1/session",
            json={"invitation": token},
            headers=headers,
            environ_base={"REMOTE_ADDR": address},
        )

    return bring


@pytest.fixture
def unconfirmed(app: Flask, clock: Clock) -> str:
    with app.app_context():
        kept = hash_password(PASSWORD)
        with writing():
            sign_up("waits@example.org", kept, "en", now=now())
    return "waits@example.org"
