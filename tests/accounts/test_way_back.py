"""A lost phone is not a lost account (safety.md, "Signing in"; #13, T7)."""

import re

import pytest
import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db
from tests.cast import a_member, send

DIGITS = re.compile(r"\d{5}(?: \d{5})+")


@pytest.fixture
def wrote_down(app, clock):
    """A member and the number and digits on their paper."""
    member = a_member(app)
    page = send(member, "/settings/way-back", "/settings/way-back")
    assert page.headers["Cache-Control"] == "no-store"
    number, digits = DIGITS.findall(page.text)
    return member, number, digits


def come_back(app, number, digits):
    browser = app.test_client()
    return browser, send(browser, "/way-back", "/way-back", number=number, digits=digits)


def whose(browser):
    return re.search(r"<b>([^<]+)</b></p>", browser.get("/settings").text)[1]


def test_number_and_digits_lead_back_to_the_same_account_and_end_the_lost_phone(app, wrote_down):
    lost, number, digits = wrote_down
    name = whose(lost)

    browser, answer = come_back(app, number.replace(" ", ""), digits)

    assert answer.status_code == 200
    assert whose(browser) == name
    assert lost.get("/my-data").status_code == 401


def test_digits_work_once_and_the_new_ones_after_them(app, wrote_down):
    _, number, digits = wrote_down
    _, answer = come_back(app, number, digits)
    again, fresh = DIGITS.findall(answer.text)

    assert again == number
    assert fresh != digits
    assert come_back(app, number, digits)[1].status_code == 422
    assert come_back(app, number, fresh)[1].status_code == 200


def test_an_unknown_number_and_wrong_digits_get_the_same_answer_and_keep_the_number(
    app, wrote_down
):
    _, number, _digits = wrote_down
    answers = [come_back(app, n, "1" * 20)[1] for n in (number, "12345 67890")]

    assert [answer.status_code for answer in answers] == [422, 422]
    texts = [re.sub(r'value="[^"]*"', "", answer.text) for answer in answers]
    texts = [re.sub(r'content="[^"]*"|nonce="[^"]*"', "", text) for text in texts]
    assert texts[0] == texts[1]
    assert f'value="{number}"' in answers[0].text
    assert re.search(r"<title>\s*Памылка:", answers[0].text), "said before anything else"


def test_after_five_wrong_tries_at_one_number_even_the_right_digits_wait(app, wrote_down, clock):
    _, number, digits = wrote_down
    for _try in range(5):
        assert come_back(app, number, "2" * 20)[1].status_code == 422

    assert come_back(app, number, digits)[1].status_code == 429
    clock.turn(minutes=11)
    assert come_back(app, number, digits)[1].status_code == 429
    clock.turn(minutes=5)
    assert come_back(app, number, digits)[1].status_code == 200


def test_new_digits_replace_the_old_ones_and_the_number_stays(app, wrote_down):
    member, number, digits = wrote_down
    page = send(member, "/settings/way-back", "/settings/way-back")

    again, fresh = DIGITS.findall(page.text)
    assert again == number
    assert fresh != digits
    assert come_back(app, number, digits)[1].status_code == 422


def test_the_table_keeps_a_hash_of_the_digits_and_no_digit(app, wrote_down):
    with app.app_context():
        kept = db.session.scalar(sa.select(Member.recovery_hash))
    assert kept.startswith("$argon2id$")
    assert wrote_down[2].replace(" ", "") not in kept


def test_an_account_without_a_way_back_opens_to_nothing(app, clock):
    a_member(app)
    for number, digits in (("", ""), ("0" * 10, "0" * 20), ("None", "None")):
        assert come_back(app, number, digits)[1].status_code == 422
