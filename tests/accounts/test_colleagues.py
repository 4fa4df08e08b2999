"""Staff among themselves: one pair of eyes stops, another opens again (safety.md T6, #5, #12)."""

import pyotp
import pytest
import sqlalchemy as sa

from app.accounts.models import Member, Moderator
from app.accounts.sign_in_rules import email_key
from app.accounts.staff_rules import draw, new_moderator
from app.db import db, writing
from tests.accounts.test_cards_handed_out import show_one
from tests.cast import a_member, a_moderator, send


@pytest.fixture
def olga(app, clock):
    return a_moderator(app, "olga@example.org")


@pytest.fixture
def petra(app, olga):
    return a_moderator(app, "petra@example.org")


@pytest.fixture
def third(app, petra, clock):
    """Invited by the operator, accepted by a colleague, as everybody after the first two."""
    with app.app_context():
        drawn = draw()
        with writing():
            new_moderator("wanda@example.org", "Wanda", drawn, "en", now=clock.now)
    send(petra, f"{page_of(app, 'wanda@example.org')}/acceptance", "/staff")
    wanda = app.test_client()
    send(wanda, "/sign-in", "/sign-in", email="wanda@example.org", password=drawn.password)
    code = pyotp.TOTP(drawn.totp).at(clock.now)
    assert send(wanda, "/second-factor", "/second-factor", code=code).location == "/queue"
    return wanda


def page_of(app, email):
    with app.app_context():
        wish = sa.select(Moderator.public_id).where(Moderator.email_lookup == email_key(email))
        return f"/staff/{db.session.scalar(wish)}"


def guest_of(app, moderator):
    """Somebody who came in with a card of this moderator's."""
    browser = app.test_client()
    answer = browser.post("/api/v1/session", json={"invitation": show_one(moderator)})
    assert answer.status_code == 201
    return browser


def test_a_suspended_moderator_is_out_at_the_next_request(app, olga, petra):
    page = page_of(app, "olga@example.org")
    assert send(petra, f"{page}/suspension", page).status_code == 303

    assert olga.get("/queue").status_code == 401
    answer = send(app.test_client(), "/sign-in", "/sign-in", email="olga@example.org", password="x")
    assert answer.status_code == 422


def test_whoever_stopped_a_colleague_cannot_be_the_one_who_brings_them_back(
    app, olga, petra, third
):
    page = page_of(app, "olga@example.org")
    send(petra, f"{page}/suspension", page)

    assert send(petra, f"{page}/reinstatement", "/settings").status_code == 403
    assert send(third, f"{page}/reinstatement", page).status_code == 303
    with app.app_context():
        assert db.session.scalar(sa.select(Moderator.suspended_at).filter_by(name="Olga")) is None


def test_nobody_decides_about_themselves(app, olga):
    page = page_of(app, "olga@example.org")

    assert olga.get(page).status_code == 404
    for deed in ("suspension", "reinstatement", "freeze", "thaw"):
        assert send(olga, f"{page}/{deed}", "/settings").status_code == 403


def test_an_inviters_guests_are_kept_out_from_the_next_request_and_others_are_not(app, olga, petra):
    guest, other, stranger = guest_of(app, olga), guest_of(app, petra), a_member(app)
    page = page_of(app, "olga@example.org")
    assert guest.get("/my-data").status_code == 200

    assert send(petra, f"{page}/freeze", page).status_code == 303

    assert guest.get("/my-data").status_code == 401
    assert other.get("/my-data").status_code == 200
    assert stranger.get("/my-data").status_code == 200


def test_cards_of_a_doubted_inviter_open_nothing_and_look_like_any_other(app, olga, petra):
    card = show_one(olga)
    page = page_of(app, "olga@example.org")
    send(petra, f"{page}/freeze", page)

    answer = app.test_client().post("/api/v1/session", json={"invitation": card})
    unknown = app.test_client().post("/api/v1/session", json={"invitation": "Z" * 24})
    assert (answer.status_code, answer.json["type"]) == (422, unknown.json["type"])


def test_guests_come_back_to_the_same_account_when_somebody_else_opens_again(
    app, olga, petra, third
):
    guest = guest_of(app, olga)
    page = page_of(app, "olga@example.org")
    send(petra, f"{page}/freeze", page)

    assert send(petra, f"{page}/thaw", "/settings").status_code == 403
    assert send(third, f"{page}/thaw", page).status_code == 303
    assert guest.get("/my-data").status_code == 200


def test_keeping_guests_out_shows_nobody_who_they_are(app, olga, petra):
    guest_of(app, olga)
    page = page_of(app, "olga@example.org")
    send(petra, f"{page}/freeze", page)

    with app.app_context():
        member = db.session.scalars(sa.select(Member)).one()
    shown = petra.get("/staff").text + petra.get(page).text
    assert member.alias not in shown
    assert member.public_id not in shown
    assert str(member.id) not in shown
