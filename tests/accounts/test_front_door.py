"""The front door and the card page: three ways in, one screen, one tap."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Failure, Member
from app.db import db
from tests.cast import a_card, a_member, send, token_on
from tests.conftest import Clock


def test_the_front_door_has_three_ways_in_and_seven_languages(client: FlaskClient) -> None:
    page = client.get("/").text
    for way in ("/card", "/sign-up", "/sign-in"):
        assert f'href="{way}"' in page
    assert page.count("hreflang=") == 7
    assert "/offers/" not in page


def test_only_the_front_door_may_be_found_by_search_engines(client: FlaskClient) -> None:
    assert client.get("/").headers["X-Robots-Tag"] == "all"
    assert "noindex" in client.get("/card").headers["X-Robots-Tag"]


@pytest.mark.parametrize(("city", "next_page"), [(None, "/place"), ("warsaw", "/nearby")])
def test_one_tap_on_the_card_page_lets_a_member_in(
    app: Flask, client: FlaskClient, clock: Clock, city: str | None, next_page: str
) -> None:
    answer = send(client, "/card", "/card", invitation=a_card(app, city), nonce="page")
    assert (answer.status_code, answer.location) == (303, next_page)
    assert client.get("/").location == "/nearby"


def test_opening_a_link_burns_nothing_however_often(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    token = a_card(app)
    for _ in range(5):
        assert client.get("/card").status_code == 200
    assert send(client, "/card", "/card", invitation=token, nonce="n").status_code == 303


def test_each_opened_card_page_has_a_nonce_of_its_own(app: Flask) -> None:
    pages = [app.test_client().get("/card").text for _ in range(3)]
    nonces = {re.search(r'name="nonce" value="([^"]{20,})"', page)[1] for page in pages}  # type: ignore[index]
    assert len(nonces) == 3


def test_an_answer_lost_and_tapped_again_is_the_same_account(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    """The first answer never arrives, so the browser still holds its old cookie and the old page."""
    page_token, card = token_on(client, "/card"), a_card(app)
    typed = {"csrf_token": page_token, "invitation": card, "nonce": "this page"}
    before = client.get_cookie("s")
    assert before is not None
    assert client.post("/card", data=typed).status_code == 303
    client.delete_cookie("here")
    client.set_cookie("s", before.value)
    assert client.post("/card", data=typed).status_code == 303
    assert client.get("/").location == "/nearby"
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Member.id))) == 1


def test_an_answer_that_half_arrived_leads_straight_on(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    """The cookies came, the page did not: the form on the screen belongs to the session before."""
    typed = {"csrf_token": token_on(client, "/card"), "invitation": a_card(app), "nonce": "n"}
    own = {"Origin": "http://localhost"}
    assert client.post("/card", data=typed, headers=own).location == "/place"
    assert client.post("/card", data=typed, headers=own).location == "/nearby"


def test_a_browser_already_signed_in_goes_straight_on_and_the_card_stays_good(
    app: Flask, clock: Clock
) -> None:
    member, card = a_member(app), a_card(app)
    answer = member.get("/card")
    assert answer.location == "/nearby#main", (
        "its own fragment, or the browser carries the token on"
    )
    assert send(member, "/card", "/settings", invitation=card, nonce="n").location == "/nearby"
    other = app.test_client()
    assert send(other, "/card", "/card", invitation=card, nonce="n").location == "/place"


def test_a_card_that_is_not_good_says_so_and_keeps_what_was_typed(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    answer = send(client, "/card", "/card?lang=en", invitation="K7QM 4RXE", nonce="kept")
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert 'value="K7QM 4RXE"' in answer.text
    assert 'value="kept"' in answer.text
    assert "data-focus" in answer.text
    assert "This card does not open anything." in answer.text


def test_the_twenty_first_guess_on_the_page_is_429(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    token = token_on(client, "/card")
    codes = [
        client.post("/card", data={"csrf_token": token, "invitation": f"{n:024d}"}).status_code
        for n in range(21)
    ]
    assert codes == [422] * 20 + [429]
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Failure.id))) == 20


def test_a_stranger_cannot_put_their_card_into_somebody_elses_browser(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    typed = {"invitation": a_card(app), "nonce": "n"}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert client.post("/card", data=typed, headers=headers).status_code == 403
    client.get("/card")  # a cookie, and no token beside it
    assert client.post("/card", data=typed).status_code == 403


def test_the_language_chosen_by_a_link_stays_and_becomes_the_members(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    assert 'lang="pl"' in client.get("/?lang=pl").text
    assert '<html lang="pl"' in client.get("/card").text
    send(client, "/card", "/card", invitation=a_card(app), nonce="n")
    with app.app_context():
        assert db.session.scalars(sa.select(Member)).one().language == "pl"


def test_help_and_the_operator_are_open_to_everybody(app: Flask, clock: Clock) -> None:
    for visitor in (app.test_client(), a_member(app)):
        assert "112" in visitor.get("/help").text
        assert visitor.get("/who-runs-this").status_code == 200
