"""A volunteer books for somebody: only with their one-time code, and they see it and can take it back."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import Member
from app.bookings import consent_rules, rules
from app.bookings.models import Booking, BookingState
from app.bookings.word_models import ConsentCode
from app.db import db, writing
from app.notifications.models import Notice
from tests.bookings.cast import NOW, new_member, new_offer, new_provider, new_slot
from tests.bookings.conftest import enter, online, stage  # noqa: F401
from tests.cast import a_moderator, send

MINUTE = timedelta(minutes=1)


@pytest.fixture
def olga(app, clock):
    return a_moderator(app)


def code_of(nina):
    answer = nina.post("/consent")
    assert answer.status_code == 201
    return re.search(r'class="num">(\d{4})\D+(\d{4})<', answer.text).expand(r"\1 \2")


def bookings(app):
    with app.app_context():
        return db.session.query(Booking).count()


def test_with_the_code_a_volunteer_books_and_the_member_sees_who_did(app, stage, online, olga):  # noqa: F811
    nina, slot = online("nina"), stage.slots[0]
    page = olga.get("/for-someone?kind=hair").text
    assert f"/for-someone/{slot}" in page

    booked = send(olga, f"/for-someone/{slot}", f"/for-someone/{slot}", code=code_of(nina))

    assert booked.location == "/for-someone?done=1"
    with app.app_context():
        booking = db.session.query(Booking).one()
        assert (booking.member_id, booking.by_volunteer) == (stage.nina, True)
        ticket = f"/bookings/{booking.public_id}"
        told = db.session.scalars(sa.select(Notice.kind).where(Notice.recipient.like("member:%")))
        assert "booked_for_you" in set(told)
        alias, number = booking.alias, booking.code
    shown = olga.get("/for-someone?done=1").text + booked.text
    assert alias not in shown
    assert number not in shown
    assert "A volunteer booked this for you" in nina.get(ticket).text
    assert nina.post(ticket + "/cancellation").status_code == 303
    with app.app_context():
        assert db.session.query(Booking).one().state is BookingState.CANCELLED


def test_a_code_is_good_once_for_a_quarter_of_an_hour(app, stage, online, olga, clock):  # noqa: F811
    nina, (first, _second, third) = online("nina"), stage.slots
    code = code_of(nina)
    send(olga, f"/for-someone/{first}", f"/for-someone/{first}", code=code)
    again = send(olga, f"/for-someone/{third}", f"/for-someone/{third}", code=code)
    assert (again.status_code, bookings(app)) == (422, 1)

    late = code_of(nina)
    clock.turn(minutes=15)
    old = send(olga, f"/for-someone/{third}", f"/for-someone/{third}", code=late)
    assert (old.status_code, bookings(app)) == (422, 1)


def test_a_new_code_or_a_second_thought_kills_the_old_one(app, stage, online, olga):  # noqa: F811
    nina, slot = online("nina"), stage.slots[0]
    first, second = code_of(nina), code_of(nina)
    assert send(olga, f"/for-someone/{slot}", f"/for-someone/{slot}", code=first).status_code == 422

    nina.post("/consent/revocation")
    assert (
        send(olga, f"/for-someone/{slot}", f"/for-someone/{slot}", code=second).status_code == 422
    )
    assert bookings(app) == 0


def test_five_wrong_codes_and_even_the_right_one_waits(app, stage, online, olga, clock):  # noqa: F811
    nina, slot = online("nina"), stage.slots[0]
    code = code_of(nina)
    for _ in range(5):
        wrong = send(olga, f"/for-someone/{slot}", f"/for-someone/{slot}", code="0000 0000")
        assert wrong.status_code == 422
    assert send(olga, f"/for-someone/{slot}", f"/for-someone/{slot}", code=code).status_code == 429
    clock.turn(minutes=11)
    assert send(olga, f"/for-someone/{slot}", f"/for-someone/{slot}", code=code).status_code == 303


def test_only_the_hash_is_kept_and_what_is_refused_does_not_use_the_code_up(context):
    nina = new_member()
    haircut = new_offer(new_provider())
    slots = [new_slot(haircut, NOW + n * timedelta(days=1)) for n in (1, 2)]
    with writing():
        rules.book(slots[0].id, nina, once="a", now=NOW)
        code = consent_rules.make(nina, now=NOW)
    kept = db.session.get_one(ConsentCode, nina.id)
    assert code.encode() not in kept.code_hash

    with pytest.raises(rules.FairShare), writing():
        consent_rules.book_for(nina, slots[1].id, once="b", now=NOW)

    with writing():
        assert consent_rules.holder_of(code, now=NOW + 14 * MINUTE).id == nina.id
    assert db.session.get(Member, nina.id) is not None
