"""The sign-in is brought to another screen: it shows a code, whoever is in types it and says yes (RFC 8628)."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.aliases import say_alias
from app.accounts.hand_over_models import HandOver
from app.accounts.models import Member, Moderator, Session
from app.db import db, writing
from app.notifications.models import Notice
from tests.cast import a_business, a_member, a_moderator, send
from tests.conftest import Clock

CODE = re.compile(r"\b(\d{4} \d{4})\b")


@pytest.fixture
def nina(app: Flask, clock: Clock) -> FlaskClient:
    return a_member(app, "warsaw")


@pytest.fixture
def other(app: Flask, clock: Clock) -> FlaskClient:
    """The installed app, or another browser: nobody is in."""
    return app.test_client()


def code_on(screen: FlaskClient) -> str:
    assert send(screen, "/hand-over", "/hand-over").location == "/hand-over"
    found = CODE.search(screen.get("/hand-over").text)
    assert found
    return found[1]


def type_in(member: FlaskClient, code: str) -> int:
    return send(member, "/hand-over/code", "/hand-over/code", code=code).status_code


def say_yes(member: FlaskClient, code: str) -> int:
    return send(member, "/hand-over/consent", "/hand-over/code", code=code).status_code


def come_in(screen: FlaskClient) -> int:
    return send(screen, "/hand-over/entry", "/settings").status_code


def test_the_screen_that_showed_the_code_is_in_after_a_yes_and_not_before(
    nina: FlaskClient, other: FlaskClient
) -> None:
    code = code_on(other)
    assert come_in(other) == 409, "nobody has said yes"
    asked = send(nina, "/hand-over/code", "/hand-over/code", code=code.replace(" ", ""))
    assert asked.status_code == 200
    assert 'class="see"' in asked.text, "it says what will happen"
    assert come_in(other) == 409, "typing alone lets nobody in"

    assert say_yes(nina, code) == 303
    assert 'action="/hand-over/entry"' in other.get("/hand-over").text
    assert come_in(other) == 303
    assert other.get("/nearby").status_code == nina.get("/nearby").status_code == 200
    assert other.get("/my-data/pobach.json").json["member"] == nina.get("/my-data/pobach.json").json["member"]  # fmt: skip
    assert nina.get("/settings").text.count("/settings/sign-outs/") == 1, "and can be signed out"


def test_a_code_works_once_and_lives_ten_minutes(
    app: Flask, nina: FlaskClient, other: FlaskClient, clock: Clock
) -> None:
    code = code_on(other)
    assert say_yes(nina, code) == 303
    assert type_in(nina, code) == 422, "it has been said yes to"
    assert come_in(other) == 303
    with app.app_context():
        assert db.session.query(HandOver).count() == 0

    late = app.test_client()
    code = code_on(late)
    clock.turn(minutes=10)
    assert type_in(nina, code) == 422
    assert not CODE.search(late.get("/hand-over").text)
    code = code_on(late)
    assert say_yes(nina, code) == 303
    clock.turn(minutes=10)
    assert come_in(late) == 409, "a yes is over with its code, too"


def test_after_five_wrong_codes_the_right_one_waits_and_others_are_not_held_up(
    app: Flask, nina: FlaskClient, other: FlaskClient, clock: Clock
) -> None:
    code = code_on(other)
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**8:08}"
    assert [type_in(nina, wrong) for _ in range(6)] == [422] * 5 + [429]
    assert type_in(nina, code) == say_yes(nina, code) == 429, "tries count on the session"
    assert type_in(a_member(app), code) == 200
    clock.turn(minutes=11)
    assert type_in(nina, wrong) == 422


def test_a_yes_takes_the_code_and_another_screen_gets_nothing_by_it(
    app: Flask, nina: FlaskClient, other: FlaskClient
) -> None:
    third, code = app.test_client(), code_on(other)
    code_on(third)
    say_yes(nina, code)
    assert come_in(third) == 409
    assert come_in(app.test_client()) == 409


def test_only_members_bring_their_sign_in_along(app: Flask, clock: Clock) -> None:
    for browser in (a_business(app), a_moderator(app)):
        assert browser.get("/hand-over/code").status_code == 403
        assert say_yes_as(browser) == 403


def say_yes_as(browser: FlaskClient) -> int:
    return send(browser, "/hand-over/consent", "/settings", code="12345678").status_code


def test_whoever_is_kept_out_brings_nobody_in(
    app: Flask, nina: FlaskClient, other: FlaskClient, clock: Clock
) -> None:
    a_moderator(app)
    say_yes(nina, code_on(other))
    with app.app_context(), writing():
        olga = db.session.scalars(sa.select(Moderator)).one()
        olga.frozen_at = clock.now
        db.session.scalars(sa.select(Member)).one().invited_by_id = olga.id
    assert come_in(other) == 409


def test_whoever_was_let_in_stays_outside_once_the_member_signs_out(
    app: Flask, nina: FlaskClient, other: FlaskClient
) -> None:
    say_yes(nina, code_on(other))
    send(nina, "/settings/sign-outs")
    assert come_in(other) == 409, "signed out everywhere else"

    say_yes(nina, code_on(other))
    assert come_in(other) == 303
    third = app.test_client()
    say_yes(nina, code_on(third))
    one = re.search(r"/settings/sign-outs/[\w-]+", nina.get("/settings").text)
    send(nina, one[0])
    assert come_in(third) == 409, "one other browser signed out"

    say_yes(nina, code_on(third))
    page = send(nina, "/settings/way-back", "/settings/way-back").text
    number, digits = re.findall(r"\d{5}(?: \d{5})+", page)
    back = app.test_client()
    send(back, "/way-back", "/way-back", number=number, digits=digits)
    assert come_in(third) == 409, "come back by number and digits"

    say_yes(back, code_on(third))
    send(back, "/sign-out")
    assert come_in(third) == 409, "signed out"


def test_the_screen_says_as_whom_one_comes_in_and_whoever_says_stop_does_not(
    app: Flask, nina: FlaskClient, other: FlaskClient
) -> None:
    with app.app_context():
        alias = say_alias(db.session.scalars(sa.select(Member.alias)).one(), "be")
    code = code_on(other)
    assert alias not in other.get("/hand-over").text
    say_yes(nina, code)
    assert alias in other.get("/hand-over").text
    again = code_on(other)
    assert again != code
    assert come_in(other) == 409


def test_whoever_is_asked_reads_how_old_the_code_is_and_afterwards_that_a_screen_came_in(
    app: Flask, nina: FlaskClient, other: FlaskClient, clock: Clock
) -> None:
    code = code_on(other)
    asked = send(nina, "/hand-over/code", "/hand-over/code", code=code)
    assert "толькі што" in asked.text
    clock.turn(minutes=7)
    asked = send(nina, "/hand-over/code", "/hand-over/code", code=code)
    assert "7 хвілін таму" in asked.text
    say_yes(nina, code)
    with app.app_context():
        assert db.session.query(Notice).count() == 0
    come_in(other)
    with app.app_context():
        told = db.session.scalars(sa.select(Notice)).one()
        assert (told.kind, told.link) == ("new_way_in", "/settings#where")
        news = f"/n/{told.public_id}"
    assert "яшчэ адзін экран" in nina.get("/inbox").text
    assert send(nina, news, news).location == "/settings#where"


def test_a_hotel_may_show_sixty_codes_in_ten_minutes_and_no_more(
    app: Flask, other: FlaskClient
) -> None:
    answers = [send(other, "/hand-over", "/card").status_code for _ in range(61)]
    assert answers == [303] * 60 + [429]


def test_neither_the_code_nor_the_secret_is_kept_and_erasing_takes_the_row_along(
    app: Flask, nina: FlaskClient, other: FlaskClient
) -> None:
    code = code_on(other)
    say_yes(nina, code)
    assert nina.get("/my-data/pobach.json").json["hand_over"][0]["code_hash"] == "a hash"
    with app.app_context():
        row = db.session.scalars(sa.select(HandOver)).one()
        assert code.replace(" ", "").encode() not in row.code_hash + row.wait_hash
    send(nina, "/my-data/erasure", "/my-data/erasure")
    with app.app_context():
        assert db.session.query(HandOver).count() == db.session.query(Session).count() == 0
    assert come_in(other) == 409
