"""Some deeds ask staff for the second step again; what was typed goes on with it (safety.md T10)."""

import re
from html import unescape

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.access import CAN
from app.accounts.models import Invitation, Member, Moderator
from app.accounts.staff_rules import draw, new_moderator
from app.bookings.rules import book
from app.db import db, writing
from app.moderation.case_models import VisitReason
from app.moderation.models import Decision, Ruling
from app.moderation.visit_rules import find, report_visit
from app.offers.models import Provider, State
from tests.bookings.cast import DAY, new_member, new_offer, new_provider, new_slot
from tests.cast import a_member, a_moderator, send
from tests.conftest import Clock
from tests.moderation.cast import new_business
from tests.test_access import doors

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CASES = [f"/cases/{kind}/ruling" for kind in ("business:1", "appeal:x", "visit:x")]
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def olga(app: Flask, clock: Clock) -> FlaskClient:
    """A moderator who proved her second step six minutes ago."""
    browser = a_moderator(app)
    clock.turn(minutes=6)
    return browser


def code_now(app: Flask, clock: Clock) -> str:
    with app.app_context():
        secret = db.session.scalars(sa.select(Moderator).order_by(Moderator.id)).first().totp_secret
    return pyotp.TOTP(secret).at(clock.now)


def bring(browser: FlaskClient, asked: TestResponse, code: str) -> TestResponse:
    """Fill in the page that asks, as a browser does: everything it carries, and the code."""
    fields = {name: unescape(value) for name, value in FIELD.findall(asked.text)}
    action = re.search(r'<form method="post" action="([^"]+)" class="stack after">', asked.text)
    assert action
    return browser.post(unescape(action[1]), data={**fields, "proof_code": code})


def cards(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Invitation).filter(Invitation.made_by_id.is_not(None)).count()


def test_after_five_minutes_a_card_asks_for_the_second_step_and_then_is_made(
    app: Flask, olga: FlaskClient, clock: Clock
) -> None:
    asked = send(olga, "/invitations", "/invitations")
    assert asked.status_code == 403
    assert cards(app) == 0
    wrong = bring(olga, asked, "000000")
    assert wrong.status_code == 422
    assert cards(app) == 0
    made = bring(olga, wrong, code_now(app, clock))
    assert made.status_code == 200
    assert 'class="qr l"' in made.text
    assert cards(app) == 1
    clock.turn(minutes=4)
    assert send(olga, "/invitations", "/invitations").status_code == 200, "fresh for five minutes"
    clock.turn(minutes=2)
    assert send(olga, "/invitations", "/invitations").status_code == 403


def test_a_code_that_opened_proves_nothing_a_second_time_and_five_wrong_ones_end_it(
    app: Flask, olga: FlaskClient, clock: Clock
) -> None:
    asked, code = send(olga, "/invitations", "/invitations"), code_now(app, clock)
    assert bring(olga, asked, code).status_code == 200
    clock.turn(minutes=6)
    asked = send(olga, "/invitations", "/invitations")
    assert bring(olga, asked, code).status_code == 422
    assert [bring(olga, asked, "111111").status_code for _ in range(5)] == [422] * 4 + [429]
    assert bring(olga, asked, code_now(app, clock)).status_code == 429


def test_what_was_typed_about_a_business_is_there_after_the_proof(
    app: Flask, olga: FlaskClient, clock: Clock
) -> None:
    with app.app_context():
        subject = f"provider:{new_business('Pracownia', state=State.PENDING).id}"
    note = 'Called "Anna" & looked at <the register>.'
    asked = send(olga, f"/queue/{subject}/publication", f"/queue/{subject}", note=note)
    assert asked.status_code == 403
    assert "<the register>" not in asked.text
    assert bring(olga, asked, code_now(app, clock)).status_code == 303
    with app.app_context():
        assert db.session.scalars(sa.select(Decision.reason)).one() == note
        assert db.session.scalars(sa.select(Provider.state)).one() is State.PENDING, (
            "one yes of two"
        )


def test_a_ruling_that_stops_or_reopens_goes_on_as_it_was_typed(
    app: Flask, olga: FlaskClient, clock: Clock
) -> None:
    with app.app_context():
        slot, nina = new_slot(new_offer(new_provider()), clock.now + DAY).id, new_member().id
        with writing() as session:
            visit = book(slot, session.get_one(Member, nina), once="x", now=clock.now)
            told = report_visit(visit, VisitReason.HARM, "", now=clock.now).public_id
    path, words = f"/cases/visit:{told}/ruling", 'Called "Anna".\n\nIt is <so>.'
    asked = send(olga, path, f"/cases/visit:{told}", ruling="stop", words=words)
    assert asked.status_code == 403
    assert bring(olga, asked, code_now(app, clock)).status_code == 303
    with app.app_context():
        [done] = db.session.scalars(sa.select(Decision))
        assert (done.ruling, done.subject) == (Ruling.FIRST_YES, f"visit:{told}")
        assert find(told).why == words


def test_an_offer_is_published_without_being_asked_again(app: Flask, olga: FlaskClient) -> None:
    assert send(olga, "/queue/offer:1/publication", "/settings").status_code == 404


def test_every_deed_that_makes_or_opens_something_asks(app: Flask, olga: FlaskClient) -> None:
    with app.app_context():
        kept = draw()
        with writing():
            ina = new_moderator("ina@example.org", "Ina", kept, "en", now=olga_now(app)).public_id
    weighty = {
        "/invitations", "/invitations/sheet", "/arrivals/x/approval", "/arrivals/x/cards",
        *CASES, "/queue/provider:1/publication",
        *(f"/staff/{ina}/{deed}" for deed in ("acceptance", "suspension", "reinstatement", "freeze", "thaw")),
    }  # fmt: skip
    for path in weighty:
        asked = send(olga, path, "/settings")
        assert (asked.status_code, "proof_code" in asked.text) == (403, True), path
    asking = {
        door.rule for door in doors(app)
        if getattr(app.view_functions[endpoint_of(app, door)], "fresh_for", None)
    }  # fmt: skip
    assert len(asking) == len(weighty) - len(CASES) + 1 + 1, "and making a passkey"


def olga_now(app: Flask):
    from app.db import clock

    return clock()


def endpoint_of(app: Flask, door) -> str:
    return app.url_map.bind("localhost").match(door.path, method=door.method)[0]


def test_nobody_else_is_asked_and_a_forged_form_is_not_looked_at(
    app: Flask, olga: FlaskClient, clock: Clock
) -> None:
    assert send(a_member(app), "/invitations", "/settings").status_code == 403
    assert "proof_code" not in send(a_member(app), "/invitations", "/settings").text
    forged = olga.post("/invitations", data={"proof_code": code_now(app, clock)})
    assert forged.status_code == 403
    assert "proof_code" not in forged.text
    assert send(olga, "/invitations", "/invitations").status_code == 403, "it proved nothing"
    assert "invite" in CAN
