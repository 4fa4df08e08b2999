"""Cards (safety.md T5): single use, 14 days, only a hash; and what is lost on the way comes again."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.aliases import draw_alias, say_alias
from app.accounts.invitation_rules import LENGTH, LETTERS, CardNotGood, mint, read_token, redeem
from app.accounts.invitation_rules import revoke as take_back
from app.accounts.models import Failure, Invitation, Member
from app.accounts.models import Session as BrowserSession
from app.db import db, writing
from tests.accounts.conftest import KnockByApi, NewCard
from tests.conftest import Clock


def test_a_token_is_120_random_bits_written_in_fours(context: Flask, clock: Clock) -> None:
    with writing():
        cards = [mint(None, now=clock.now) for _ in range(200)]
    assert len({card.token for card in cards}) == 200
    assert len(LETTERS) == 32
    assert LENGTH * 5 == 120
    first, second = cards[0].lines
    assert len(first.split()) == len(second.split()) == 3
    assert (first + second).replace(" ", "") == cards[0].token
    assert {letter for card in cards for letter in card.token} == set(LETTERS)


@pytest.mark.parametrize(
    "typed",
    [
        "K7QM4RXE9TBA2WHN01PD5JVS",
        "k7qm 4rxe 9tba 2whn 01pd 5jvs",
        "K7QM-4RXE-9TBA-2WHN-OIPD-5JVS",
        "k7qm 4rxe 9tba 2whn olpd 5jvs\n",
        "К7QМ 4RХЕ 9ТВА 2WНN ОІРD 5JVS",  # the same shapes from a Cyrillic keyboard
        "http://localhost:5000/card#K7QM4RXE9TBA2WHN01PD5JVS",
    ],
)
def test_what_is_typed_is_read_kindly(typed: str) -> None:
    assert read_token(typed) == "K7QM4RXE9TBA2WHN01PD5JVS"


def test_only_the_hash_of_a_card_is_kept(context: Flask, clock: Clock) -> None:
    with writing():
        card = mint(None, now=clock.now)
    for row in db.session.execute(sa.select(Invitation.__table__)):
        assert all(card.token.encode() not in str(value).encode() for value in row)


def test_a_card_opens_once(knock: KnockByApi, new_card: NewCard, clock: Clock) -> None:
    token = new_card()
    assert knock(token).status_code == 201
    assert knock(token).status_code == 422


def test_unknown_used_expired_revoked_and_malformed_cards_look_alike(
    app: Flask, knock: KnockByApi, new_card: NewCard, clock: Clock
) -> None:
    used, revoked, expired = new_card(), new_card(), new_card()
    knock(used)
    with app.app_context(), writing():
        wanted = sa.select(Invitation).order_by(Invitation.id).offset(1).limit(1)
        take_back(db.session.scalars(wanted).one(), now=clock.now)
    answers = [knock(token) for token in (used, revoked, "0" * 24, "hello", "\x00", "")]
    clock.turn(days=15)
    answers.append(knock(expired))
    assert {answer.status_code for answer in answers} == {422}
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].get_json()["type"] == "/problems/card-not-good"


def test_a_card_works_on_its_fourteenth_day_and_not_after(
    knock: KnockByApi, new_card: NewCard, clock: Clock
) -> None:
    today, tomorrow = new_card(), new_card()
    clock.turn(days=14)
    assert knock(today).status_code == 201
    clock.turn(days=1)
    assert knock(tomorrow).status_code == 422


def test_an_answer_lost_on_the_way_comes_again_for_fifteen_minutes(
    app: Flask, knock: KnockByApi, new_card: NewCard, clock: Clock
) -> None:
    token = new_card()
    assert knock(token, "same-page").status_code == 201
    clock.turn(minutes=14)
    assert knock(token, "same-page").status_code == 201
    assert knock(token, "another-page").status_code == 422
    clock.turn(minutes=2)
    assert knock(token, "same-page").status_code == 422
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Member.id))) == 1


def test_a_hundred_at_once_with_one_card_make_one_account(
    app: Flask, new_card: NewCard, clock: Clock
) -> None:
    token, gate = new_card(), threading.Barrier(20)

    def try_five(number: int) -> list[str]:
        gate.wait()
        return [_redeem(app, token, f"nonce {number}", clock) for _ in range(5)]

    with ThreadPoolExecutor(20) as crowd:
        answers = [answer for five in crowd.map(try_five, range(20)) for answer in five]
    assert len(answers) == 100
    assert len(set(answers) - {"no"}) == 1
    assert len(answers) - answers.count("no") == 5, "the winner's own page gets the same answer"
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Member.id))) == 1


def _redeem(app: Flask, token: str, nonce: str, clock: Clock) -> str:
    with app.app_context():
        try:
            with writing():
                return redeem(token, nonce, "be", clock.now).public_id
        except CardNotGood:
            return "no"


def test_two_hundred_people_of_one_hotel_come_in_within_five_minutes(
    app: Flask, knock: KnockByApi, new_card: NewCard, clock: Clock
) -> None:
    for number in range(200):
        clock.turn(seconds=1.5)
        assert knock(new_card(), address="10.9.9.9").status_code == 201, number


def test_after_twenty_failures_guessing_is_refused_but_a_good_card_never(
    app: Flask, knock: KnockByApi, new_card: NewCard, clock: Clock
) -> None:
    answers = [knock(f"{number:024d}").status_code for number in range(25)]
    assert answers == [422] * 20 + [429] * 5
    assert knock(new_card()).status_code == 201
    assert knock("0" * 24, address="10.0.0.10").status_code == 422, (
        "another address is another count"
    )
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Failure.id))) == 21
    clock.turn(minutes=11)
    assert knock("0" * 24).status_code == 422


@pytest.mark.soak
def test_a_hundred_thousand_guesses_open_nothing(context: Flask, clock: Clock) -> None:
    """Beside a thousand good cards: 2^120 is a large place."""
    with writing():
        for _ in range(1000):
            mint(None, now=clock.now)
    chooser = random.Random(1)
    for _ in range(100):
        with writing():
            for _ in range(1000):
                guess = "".join(chooser.choices(LETTERS, k=LENGTH))
                with pytest.raises(CardNotGood):
                    redeem(guess, "n", "be", clock.now)
    assert db.session.scalar(sa.select(sa.func.count(Member.id))) == 0


def test_failures_count_on_past_midnight(knock: KnockByApi, clock: Clock) -> None:
    clock.set(clock.now.replace(hour=23, minute=56))
    for number in range(20):
        knock(f"{number:024d}")
    clock.turn(minutes=6)
    assert knock("0" * 24).status_code == 429


def test_no_address_is_written_down(app: Flask, knock: KnockByApi, clock: Clock) -> None:
    knock("0" * 24, address="198.51.100.77")
    with app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(sa.select(table)):
                assert "198.51.100.77" not in str(tuple(row))


def test_a_new_member_is_a_month_a_week_and_an_alias(
    app: Flask, knock: KnockByApi, new_card: NewCard, clock: Clock
) -> None:
    knock(new_card(city="vilnius"))
    with app.app_context():
        member = db.session.scalars(sa.select(Member)).one()
        session = db.session.scalars(sa.select(BrowserSession)).one()
    assert (member.month_created.day, member.week_last_seen.weekday()) == (1, 0)
    assert member.city == "vilnius"
    assert len(member.alias.split()) == 2
    assert session.began_at is None, "days, never moments"
    assert session.expires_on - clock.now.date() == timedelta(days=120)


def test_aliases_are_read_in_the_readers_alphabet() -> None:
    drawn = {draw_alias() for _ in range(300)}
    assert len(drawn) > 250
    for alias in drawn:
        assert alias.isascii()
        assert not say_alias(alias, "be").isascii()
        assert say_alias(alias, "pl") == alias
    assert say_alias("Lipa Recka", "be") == "Ліпа Рэчка"


def test_the_session_api_gives_a_token_that_writes_need(
    app: Flask, knock: KnockByApi, new_card: NewCard, client: FlaskClient
) -> None:
    token = knock(new_card(), client=client).get_json()["csrf_token"]
    assert client.delete("/api/v1/session").status_code in {400, 403}
    assert client.delete("/api/v1/session", headers={"X-CSRFToken": token}).status_code == 204
    assert client.delete("/api/v1/session", headers={"X-CSRFToken": token}).status_code in {
        400,
        401,
        403,
    }
