"""Passwords and guessing (safety.md T10, #13, #14; ASVS 6.2.x, 6.3.1, 6.3.8, 6.6.3)."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import Type, extract_parameters
from flask import Flask
from flask.testing import FlaskClient

from app.accounts import password_rules
from app.accounts.models import Moderator
from app.accounts.password_rules import hash_password, is_right, refuse_weak
from app.db import clock as now
from app.db import db, writing
from app.errors import BadInput
from tests.cast import PASSWORD, a_business, a_half_moderator, send, token_on
from tests.conftest import Clock


class Counted:
    """The real hasher, and how often it was called, and how many at once."""

    def __init__(self) -> None:
        self.calls = self.now = self.most = 0
        self.honest = password_rules.hasher

    def hash(self, password: bytes) -> str:
        return self._count(lambda: self.honest.hash(password))

    def verify(self, kept: str, password: bytes) -> bool:
        return self._count(lambda: self.honest.verify(kept, password))

    def _count(self, call):
        self.calls, self.now = self.calls + 1, self.now + 1
        self.most = max(self.most, self.now)
        try:
            return call()
        finally:
            self.now -= 1


@pytest.fixture
def argon(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counted = Counted()
    monkeypatch.setattr(password_rules, "hasher", counted)
    return counted


def test_passwords_are_kept_as_argon2id_of_19_mib_and_two_passes(context: Flask) -> None:
    kept = extract_parameters(hash_password(PASSWORD))
    assert kept.type is Type.ID
    assert (kept.memory_cost, kept.time_cost, kept.parallelism) == (19 * 1024, 2, 1)
    assert extract_parameters(password_rules.NOBODYS) == kept, "nobody costs as much as somebody"


def test_a_password_is_never_hashed_under_the_write_lock(context: Flask) -> None:
    with writing():
        for deed in (lambda: hash_password(PASSWORD), lambda: is_right(None, PASSWORD)):
            with pytest.raises(RuntimeError):
                deed()


def test_four_at_once_and_the_fifth_waits(context: Flask, argon: Counted) -> None:
    def one(_: int) -> bool:
        with context.app_context():
            return is_right(None, PASSWORD)

    with ThreadPoolExecutor(16) as crowd:
        assert not any(crowd.map(one, range(32)))
    assert argon.calls == 32
    assert argon.most <= 4


@pytest.mark.parametrize(
    "weak",
    [
        "short words",
        "password1234",
        "Qwerty123456!",
        "111111111111",
        "iloveyouiloveyou",
        "ПарольПароль1",
        "studio2026studio",
        "abababababab",
    ],
)
def test_what_strangers_try_first_is_refused_with_a_sentence(context: Flask, weak: str) -> None:
    with pytest.raises(BadInput) as refused:
        refuse_weak(weak, about="studio@example.org")
    assert str(refused.value.more["errors"]["password"][0])


@pytest.mark.parametrize(
    "good",
    [PASSWORD, "чатыры чаплі ля возера", "k9#Vw2!pQz7m", "12 зялёных жабак", "🦩🦢🦉🐦 на балоце"],
)
def test_a_few_words_of_ones_own_are_good(context: Flask, good: str) -> None:
    refuse_weak(good, about="studio@example.org")


# -- one call on every path -----------------------------------------------------------------------


@pytest.fixture
def everybody(app: Flask, clock: Clock, unconfirmed: str) -> list[tuple[str, str]]:
    """Every sort of e-mail that may be brought, with a password that is right, wrong or nobody's."""
    a_business(app, "studio@example.org")
    _, olga = a_half_moderator(app, "olga@example.org")
    _, gone = a_half_moderator(app, "gone@example.org")
    with app.app_context(), writing():
        wish = sa.update(Moderator).where(Moderator.name == "Olga")
        db.session.execute(wish.values(suspended_at=now()).where(Moderator.id == 2))
    return [
        ("studio@example.org", PASSWORD),
        ("studio@example.org", "wrong"),
        (unconfirmed, PASSWORD),
        (unconfirmed, "wrong"),
        ("olga@example.org", olga.password),
        ("gone@example.org", gone.password),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("not an address", "x" * 1000),
    ]


def test_signing_in_costs_one_call_whoever_asks(
    app: Flask, everybody: list[tuple[str, str]], argon: Counted
) -> None:
    for number, (email, password) in enumerate(everybody, 1):
        send(app.test_client(), "/sign-in", "/sign-in", email=email, password=password)
        assert argon.calls == number, email


def test_signing_up_costs_one_call_whether_the_address_is_known(
    app: Flask, everybody: list[tuple[str, str]], argon: Counted
) -> None:
    for number, email in enumerate(sorted({e for e, _ in everybody if "@" in e}), 1):
        answer = send(app.test_client(), "/sign-up", "/sign-up", email=email, password=PASSWORD)
        assert answer.location == "/sign-up/letter"
        assert argon.calls == number, email


def test_every_wrong_way_in_reads_the_same(app: Flask, everybody: list[tuple[str, str]]) -> None:
    wrong = [
        (e, p)
        for e, p in everybody
        if p == "wrong" or e in {"gone@example.org", "nobody@example.org"}
    ]
    answers = [
        send(app.test_client(), "/sign-in", "/sign-in", email=email, password=password)
        for email, password in wrong
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert len({re.sub(r'(value|content)="[^"]*"', "", answer.text) for answer in answers}) == 1


def test_an_unconfirmed_address_is_told_to_its_owner_alone(app: Flask, unconfirmed: str) -> None:
    right = send(app.test_client(), "/sign-in", "/sign-in", email=unconfirmed, password=PASSWORD)
    wrong = send(app.test_client(), "/sign-in", "/sign-in", email=unconfirmed, password="wrong")
    assert (right.location, wrong.status_code) == ("/sign-up/unconfirmed", 422)
    assert app.test_client().get("/today").status_code in {401, 404}


# -- only failures count -----------------------------------------------------------------------


def test_two_hundred_right_passwords_from_one_address_pass(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_business(app)
    monkeypatch.setattr(
        "app.accounts.sign_in_rules.is_right", lambda kept, password: password == PASSWORD
    )
    client = app.test_client()
    for _ in range(200):
        clock.turn(seconds=1.5)
        answer = send(client, "/sign-in", email="studio@example.org", password=PASSWORD)
        assert answer.status_code == 303


def test_past_the_limit_no_password_is_compared_not_even_the_right_one(
    app: Flask, clock: Clock, argon: Counted
) -> None:
    a_business(app)
    client = app.test_client()
    for _ in range(20):
        send(client, "/sign-in", "/sign-in", email="studio@example.org", password="wrong")
    calls = argon.calls
    answer = send(client, "/sign-in", "/sign-in", email="studio@example.org", password=PASSWORD)
    assert (answer.status_code, argon.calls) == (429, calls)
    assert 'value="studio@example.org"' in answer.text, "what was typed is kept"
    clock.turn(minutes=11)
    answer = send(client, "/sign-in", "/sign-in", email="studio@example.org", password=PASSWORD)
    assert answer.status_code == 303


def test_after_five_wrong_codes_the_right_one_waits_too(app: Flask, clock: Clock) -> None:
    half, drawn = a_half_moderator(app)
    codes = [bring(half, f"{n:06d}") for n in range(6)]
    assert codes == [422] * 5 + [429]
    right = pyotp.TOTP(drawn.totp)
    assert bring(half, right.at(clock.now)) == 429
    clock.turn(minutes=11)
    assert bring(half, right.at(clock.now)) == 303


def test_codes_of_a_clock_slightly_off_pass_and_older_ones_do_not(app: Flask, clock: Clock) -> None:
    half, drawn = a_half_moderator(app)
    secret = pyotp.TOTP(drawn.totp)
    assert bring(half, secret.at(clock.now - timedelta(minutes=1))) == 422
    assert bring(half, secret.at(clock.now + timedelta(minutes=1))) == 422
    spaced = secret.at(clock.now - timedelta(seconds=30))
    assert bring(half, f"{spaced[:3]} {spaced[3:]}") == 303


def test_a_code_seen_over_a_shoulder_opens_nothing_once_a_later_one_was_used(
    app: Flask, clock: Clock
) -> None:
    half, drawn = a_half_moderator(app)
    earlier = pyotp.TOTP(drawn.totp).at(clock.now)
    clock.turn(seconds=30)
    assert bring(half, pyotp.TOTP(drawn.totp).at(clock.now)) == 303
    other = app.test_client()
    send(other, "/sign-in", "/sign-in", email="olga@example.org", password=drawn.password)
    assert bring(other, earlier) == 422


def bring(client: FlaskClient, code: str) -> int:
    typed = {"csrf_token": token_on(client, "/second-factor"), "code": code}
    return client.post("/second-factor", data=typed).status_code


# -- a lost password -----------------------------------------------------------------------
