"""Whoever may let people in: ten cards a day, their own alone, and no list of people anywhere (safety.md T1, T6)."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Invitation, Moderator
from app.db import db, writing
from tests.cast import a_member, a_moderator, send
from tests.conftest import Clock

CODE = re.compile(r"((?:[0-9A-Z]{4} ?){3})<br>((?:[0-9A-Z]{4} ?){3})")


def show_one(moderator: FlaskClient) -> str:
    page = send(moderator, "/invitations", "/invitations")
    found = CODE.search(page.text)
    assert found, page.text
    return found[1] + " " + found[2]


def test_a_card_on_the_screen_lets_one_person_in(app: Flask, clock: Clock) -> None:
    typed = show_one(a_moderator(app))
    answers = [
        app.test_client().post("/api/v1/session", json={"invitation": typed}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 422]


def test_a_card_is_shown_once_and_kept_by_no_cache(app: Flask, clock: Clock) -> None:
    moderator = a_moderator(app)
    typed = show_one(moderator)
    assert typed.replace(" ", "") not in moderator.get("/invitations").text.replace(" ", "")
    again = send(moderator, "/invitations", "/invitations")
    assert again.headers["Cache-Control"] == "no-store"


def test_the_eleventh_card_of_a_day_is_refused_and_tomorrow_there_are_ten_more(
    app: Flask, clock: Clock
) -> None:
    moderator = a_moderator(app)
    for _ in range(10):
        show_one(moderator)
    refused = send(moderator, "/invitations", "/settings")
    assert refused.status_code == 409
    clock.turn(minutes=4)
    assert send(moderator, "/invitations", "/settings").status_code == 409
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == 10
    clock.turn(hours=23, minutes=56)
    show_one(a_moderator(app, "marek@example.org"))


def test_a_sheet_holds_what_is_left_of_the_day_in_seven_languages(app: Flask, clock: Clock) -> None:
    moderator = a_moderator(app)
    for _ in range(3):
        show_one(moderator)
    page = send(moderator, "/invitations/sheet", "/invitations").text
    assert page.count("/card#") == 0, "the link stands in the square code alone"
    assert len(re.findall(r"(?:[0-9A-Z]{4} ){5}[0-9A-Z]{4}", page)) == 7
    for language in ("be", "ru", "pl", "en", "de", "uk", "lt"):
        assert page.count(f'<span lang="{language}">') == 7


def test_a_card_taken_back_opens_nothing(app: Flask, clock: Clock) -> None:
    moderator = a_moderator(app)
    typed = show_one(moderator)
    found = re.search(r"/invitations/([\w-]+)/revocation", moderator.get("/invitations").text)
    assert found
    assert send(moderator, f"/invitations/{found[1]}/revocation", "/invitations").status_code == 303
    answer = app.test_client().post("/api/v1/session", json={"invitation": typed})
    assert answer.status_code == 422


def test_nobody_sees_or_takes_back_somebody_elses_cards(app: Flask, clock: Clock) -> None:
    olga, marek = a_moderator(app), a_moderator(app, "marek@example.org")
    show_one(olga)
    with app.app_context():
        card = db.session.scalars(sa.select(Invitation.public_id)).one()
    assert card not in marek.get("/invitations").text
    assert send(marek, f"/invitations/{card}/revocation", "/invitations").status_code == 404


def test_a_used_card_says_used_and_nothing_about_whom(app: Flask, clock: Clock) -> None:
    moderator = a_moderator(app)
    typed = show_one(moderator)
    app.test_client().post("/api/v1/session", json={"invitation": typed})
    page = moderator.get("/invitations").text
    with app.app_context():
        (member,) = db.session.execute(sa.text("SELECT public_id, alias FROM member")).all()
    assert member.public_id not in page
    assert member.alias not in page


@pytest.mark.parametrize("path", ["/invitations", "/staff"])
def test_a_moderator_who_may_not_invite_makes_no_cards(app: Flask, clock: Clock, path: str) -> None:
    moderator = a_moderator(app)
    with app.app_context(), writing():
        db.session.execute(sa.update(Moderator).values(can_invite=False))
    assert moderator.get(path).status_code == (403 if path == "/invitations" else 200)
    assert a_member(app).get(path).status_code == 403
