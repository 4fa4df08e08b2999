"""Sessions (safety.md T11, #5, #15; ASVS 7.2.3, 7.2.4, 7.3.x, 3.3.x): random, hashed, rotated, ended at once."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app import db as house
from app.accounts.models import Moderator, Session
from app.db import db, writing
from app.seal import digest
from app.settings import Settings
from tests.cast import PASSWORD, a_business, a_card, a_half_moderator, a_member, a_moderator, send
from tests.conftest import Clock
from tests.databases import KEYS

PRODUCTION = {
    "POBACH_BASE_URL": "https://pobach.example",
    "POBACH_VAPID_PRIVATE_KEY": "A" * 42 + "E",
    "POBACH_SMTP_URL": "smtp://localhost:2525",
    "POBACH_OPERATOR_NAME": "A society",
    "POBACH_OPERATOR_CONTACT": "desk@example.org",
    "POBACH_OPERATOR_PRIVACY": "https://example.org/privacy",
    "POBACH_OPERATOR_TERMS": "https://example.org/terms",
}
MINE = "/settings/erase"  # open to whoever has a session, whatever it is worth


def is_in(client: FlaskClient) -> bool:
    return client.get(MINE).status_code == 200


def rows(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Session)) or 0


def test_the_table_knows_only_hashes_of_what_the_browser_holds(app: Flask, clock: Clock) -> None:
    member = a_member(app)
    with member.session_transaction() as cookie:
        secret = cookie["_user_id"]
    here = member.get_cookie("here")
    assert here is not None
    assert len(secret) == 43, "256 random bits"
    with app.app_context():
        row = db.session.scalars(sa.select(Session)).one()
        assert (row.id_hash, row.here_hash) == (digest(secret), digest(here.value))
        assert (
            secret.encode()
            not in str(db.session.execute(sa.select(Session.__table__)).all()).encode()
        )


def test_a_session_id_planted_beforehand_dies(app: Flask, clock: Clock) -> None:
    """Fixation: what a stranger put into the browser is worth nothing, before and after coming in."""
    planted, victim = a_member(app), app.test_client()
    for name in ("s", "here"):
        cookie = planted.get_cookie(name)
        assert cookie is not None
        victim.set_cookie(name, cookie.value)
    send(victim, "/sign-out")
    assert not is_in(planted), "the stranger's session ended with it"
    send(victim, "/card", "/card", invitation=a_card(app), nonce="n")
    assert is_in(victim)
    assert not is_in(planted)


@pytest.mark.parametrize("made_up", ["AAAA", "x" * 43, ""])
def test_a_made_up_session_id_is_nobody(app: Flask, clock: Clock, made_up: str) -> None:
    client = a_member(app)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = made_up
    assert client.get(MINE).status_code == 401


def test_signing_in_again_ends_the_session_before(app: Flask, clock: Clock) -> None:
    client, copy = a_business(app), app.test_client()
    for name in ("s", "here"):
        cookie = client.get_cookie(name)
        assert cookie is not None
        copy.set_cookie(name, cookie.value)
    assert is_in(copy)
    again = send(client, "/sign-in", email="studio@example.org", password=PASSWORD)
    assert again.location == "/today"
    assert is_in(client)
    assert not is_in(copy)
    assert rows(app) == 1


def test_the_second_factor_opens_a_new_session_and_ends_the_half_one(
    app: Flask, clock: Clock
) -> None:
    a_moderator(app)
    assert rows(app) == 1


def test_a_member_comes_back_for_four_months_and_not_after_four_months_away(
    app: Flask, clock: Clock
) -> None:
    member = a_member(app)
    for _ in range(5):
        clock.turn(days=100)
        assert is_in(member)
    clock.turn(days=121)
    assert not is_in(member)


def test_a_business_is_asked_again_after_thirty_days_away(app: Flask, clock: Clock) -> None:
    business = a_business(app)
    clock.turn(days=29)
    assert is_in(business)
    clock.turn(days=31)
    assert not is_in(business)


def test_staff_stays_in_by_doing_something_but_never_beyond_eight_hours(
    app: Flask, clock: Clock
) -> None:
    moderator = a_moderator(app)
    for _ in range(16):
        clock.turn(minutes=29)
        assert is_in(moderator)
    clock.turn(minutes=29)
    assert not is_in(moderator)


def test_a_suspended_moderator_is_nobody_at_the_next_request(app: Flask, clock: Clock) -> None:
    moderator = a_moderator(app)
    assert moderator.get("/invitations").status_code == 200
    with app.app_context(), writing():
        db.session.execute(sa.update(Moderator).values(suspended_at=house.clock()))
    assert moderator.get("/invitations").status_code == 403


def test_whoever_looks_around_writes_at_most_once_a_week(app: Flask, clock: Clock) -> None:
    """Days and weeks, never moments: no list of dates can be matched with them."""
    member = a_member(app)
    with app.app_context():
        before = db.session.scalars(sa.select(Session.seen_on)).one()
    clock.turn(days=6)
    is_in(member)
    with app.app_context():
        assert db.session.scalars(sa.select(Session.seen_on)).one() == before


@pytest.fixture
def production(settings: Settings) -> Flask:
    given = {**KEYS, **PRODUCTION, "POBACH_DATABASE_URL": settings.database_url}
    given["POBACH_DATA_DIR"] = str(
        settings.data_dir / "production"
    )  # a demo has left its keys beside
    made = create_app(Settings.from_environ(given))
    made.testing = True
    return made


def test_in_production_there_are_exactly_two_cookies_and_both_are_host_only(
    production: Flask, clock: Clock
) -> None:
    client = production.test_client()
    answer = client.post(
        "/api/v1/session",
        json={"invitation": a_card(production)},
        base_url="https://pobach.example",
    )
    assert answer.status_code == 201
    cookies = {line.split("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"__Host-s", "__Host-here"}
    for line in cookies.values():
        parts = {part.strip() for part in line.split(";")}
        assert {"Secure", "Path=/", "SameSite=Lax"} <= parts
        assert not any(part.startswith("Domain") for part in parts), "or __Host- is refused"
    assert "HttpOnly" in cookies["__Host-s"]
    assert "HttpOnly" not in cookies["__Host-here"], "a script must be able to delete it offline"
    with production.app_context():
        db.session.remove()
        db.engine.dispose()


def test_half_a_moderator_can_still_leave(app: Flask, clock: Clock) -> None:
    half, _ = a_half_moderator(app)
    assert send(half, "/sign-out", "/second-factor").location == "/"
    assert not is_in(half)
