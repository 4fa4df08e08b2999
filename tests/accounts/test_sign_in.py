"""Businesses and moderators come in by e-mail and password, moderators with a second factor as well."""

import re

import pyotp
import pytest

from app.accounts import password_rules
from app.accounts.demo import confirmed_business
from app.accounts.models import ProviderAccount
from app.accounts.staff_rules import Drawn, draw, new_moderator
from app.db import clock as now
from app.db import db, writing
from tests.cast import token_on

PASSWORD = "three blue herons by the lake"


@pytest.fixture
def environ(mailbox):
    return {"POBACH_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}"}


@pytest.fixture
def olga(app, clock):
    """A moderator; her password and the secret of her second factor."""
    with app.app_context():
        drawn = draw()
        with writing():
            new_moderator("olga@example.org", "Olga", drawn, "en", now=now())
    return drawn


@pytest.fixture
def studio(app, clock):
    with app.app_context():
        kept = password_rules.hash_password(PASSWORD)
        with writing():
            confirmed_business("studio@example.org", kept, "pl", now=now())


def sign_in(client, email, password):
    typed = {"csrf_token": token_on(client, "/sign-in"), "email": email, "password": password}
    return client.post("/sign-in", data=typed)


def bring(client, code):
    typed = {"csrf_token": token_on(client, "/second-factor"), "code": code}
    return client.post("/second-factor", data=typed)


def test_a_business_comes_in_with_its_password(client, studio):
    assert sign_in(client, " Studio@Example.org ", PASSWORD).location == "/today"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, studio):
    answers = [
        sign_in(client, email, "wrong") for email in ("studio@example.org", "who@example.org")
    ]

    assert {answer.status_code for answer in answers} == {422}
    texts = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert len(texts) == 1


@pytest.mark.parametrize(
    "email", ["studio@example.org", "nobody@example.org", "", "not an address"]
)
def test_every_path_costs_exactly_one_argon2_call(client, studio, monkeypatch, email):
    calls = []
    honest = password_rules.is_right
    monkeypatch.setattr(
        "app.accounts.sign_in_rules.is_right", lambda *a: calls.append(a) or honest(*a)
    )
    sign_in(client, email, "wrong")

    assert len(calls) == 1


def test_twenty_wrong_passwords_from_one_address_and_no_more_are_looked_at(client, studio):
    answers = [sign_in(client, "studio@example.org", "wrong").status_code for _ in range(21)]

    assert answers[:20] == [422] * 20
    assert answers[20] == 429


def test_with_the_password_alone_a_moderator_is_nobody(client, olga):
    assert sign_in(client, "olga@example.org", olga.password).location == "/second-factor"
    assert client.get("/invitations").status_code == 403


def test_with_the_code_of_her_device_she_is_in(client, olga, clock):
    sign_in(client, "olga@example.org", olga.password)
    assert bring(client, pyotp.TOTP(olga.totp).at(clock.now)).location == "/queue"
    assert client.get("/invitations").status_code == 200


def test_a_code_opens_once(app, client, olga, clock):
    code = pyotp.TOTP(olga.totp).at(clock.now)
    sign_in(client, "olga@example.org", olga.password)
    bring(client, code)
    other = app.test_client()
    sign_in(other, "olga@example.org", olga.password)

    assert bring(other, code).status_code == 422


def test_staff_is_signed_out_after_half_an_hour_of_rest(client, olga, clock):
    sign_in(client, "olga@example.org", olga.password)
    bring(client, pyotp.TOTP(olga.totp).at(clock.now))
    clock.turn(minutes=31)

    assert client.get("/invitations").status_code == 401


def test_the_third_moderator_waits_for_a_second_pair_of_eyes(context, clock):
    made = []
    for name in ("olga", "marek", "ina"):
        with writing():
            made.append(
                new_moderator(f"{name}@example.org", name, Drawn("x", "y", "z"), "en", now=now())
            )

    assert [m.accepted_at is not None for m in made] == [True, True, False]


def test_a_planted_session_id_is_worth_nothing_after_signing_in(client, studio):
    client.get("/sign-in")
    before = client.get_cookie("s").value
    sign_in(client, "studio@example.org", PASSWORD)

    assert client.get_cookie("s").value != before
    client.set_cookie("s", before)
    assert client.get("/settings/notices").status_code == 401


def test_signing_up_says_the_same_whether_the_address_is_known(client, studio):
    for email in ("studio@example.org", "new@example.org"):
        typed = {"csrf_token": token_on(client, "/sign-up"), "email": email, "password": PASSWORD}
        assert client.post("/sign-up", data=typed).location == "/sign-up/letter"


def test_the_letter_confirms_the_address_with_a_tap_and_not_by_being_opened(app, client, mailbox):
    typed = {"csrf_token": token_on(client, "/sign-up"), "email": "new@example.org"}
    client.post("/sign-up", data={**typed, "password": PASSWORD}).close()
    link = re.search(r"http://localhost(/confirm/\S+)", mailbox.wait_for("new@example.org"))[1]
    client.get(link)
    with app.app_context():
        assert db.session.query(ProviderAccount).one().confirmed_at is None

    answer = client.post(link, data={"csrf_token": token_on(client, link)})

    assert answer.location == "/my/offers"
    assert client.get("/settings/notices").status_code == 200


@pytest.mark.parametrize("link", ["/confirm/nonsense", "/new-password/nonsense"])
def test_a_made_up_link_opens_nothing(client, link):
    typed = {"csrf_token": token_on(client, "/sign-in"), "password": PASSWORD}

    assert client.post(link, data=typed).status_code == 410
