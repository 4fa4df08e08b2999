"""Settings, and the ways to leave (safety.md T7, T11, #5, #15)."""

import re

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Session
from app.db import db
from tests.cast import a_card, a_member, send
from tests.conftest import Clock


def test_a_visitor_chooses_language_and_size_without_a_script(client: FlaskClient) -> None:
    assert send(client, "/settings/language", lang="en").location == "/settings#language"
    assert send(client, "/settings/size", size="3").location == "/settings#size"
    assert '<html lang="en" data-size="3">' in client.get("/").text
    assert "Sign out" not in client.get("/settings").text


def test_a_members_language_is_theirs_in_every_browser(app: Flask, clock: Clock) -> None:
    member = a_member(app)
    send(member, "/settings/language", lang="de")
    member.get("/help?lang=pl")
    assert '<html lang="de"' in member.get("/help").text


def test_choices_that_do_not_exist_are_refused(client: FlaskClient) -> None:
    assert send(client, "/settings/language", lang="xx").status_code == 422
    assert send(client, "/settings/size", size="9").status_code == 422


def test_language_and_size_survive_coming_in(app: Flask, client: FlaskClient, clock: Clock) -> None:
    send(client, "/settings/language", lang="uk")
    send(client, "/settings/size", size="2")
    send(client, "/card", "/card", invitation=a_card(app), nonce="n")
    assert '<html lang="uk" data-size="2">' in client.get("/settings").text


def test_signing_out_kills_a_copied_cookie_at_once(app: Flask, clock: Clock) -> None:
    member, copy = a_member(app), app.test_client()
    for name in ("s", "here"):
        cookie = member.get_cookie(name)
        assert cookie is not None
        copy.set_cookie(name, cookie.value)
    assert copy.get("/settings/erase").status_code == 200
    assert send(member, "/sign-out").location == "/"
    assert copy.get("/settings/erase").status_code == 401
    assert member.get("/settings/erase").status_code == 401


def test_one_other_browser_or_all_of_them_can_be_signed_out(app: Flask, clock: Clock) -> None:
    """Three browsers of one person: the answer was lost twice on a weak network."""
    card = a_card(app)
    browsers = [app.test_client() for _ in range(3)]
    for browser in browsers:
        body, key = {"invitation": card}, {"Idempotency-Key": "same"}
        assert browser.post("/api/v1/session", json=body, headers=key).status_code == 201
    ids = re.findall(r"/settings/sign-outs/([\w-]+)", browsers[0].get("/settings").text)
    assert len(ids) == 2
    assert send(browsers[0], f"/settings/sign-outs/{ids[0]}").status_code == 303
    assert sorted(b.get("/settings/erase").status_code for b in browsers) == [200, 200, 401]
    assert send(browsers[0], "/settings/sign-outs").status_code == 303
    assert [b.get("/settings/erase").status_code for b in browsers] == [200, 401, 401]


def test_nobody_signs_somebody_else_out(app: Flask, clock: Clock) -> None:
    lev = a_member(app)
    with app.app_context():
        levs_session = db.session.scalars(sa.select(Session.public_id)).one()
    nina = a_member(app)
    unknown = send(nina, "/settings/sign-outs/AAAAAAAAAAAAAAAAAAAAAA")
    foreign = send(nina, f"/settings/sign-outs/{levs_session}")
    assert unknown.status_code == foreign.status_code == 404
    assert unknown.data == foreign.data
    assert lev.get("/settings/erase").status_code == 200


def test_this_phone_is_erased_in_three_taps(app: Flask, clock: Clock) -> None:
    member = a_member(app)
    assert 'href="/settings/erase"' in member.get("/settings").text
    assert 'data-leave="here"' in member.get("/settings/erase").text
    answer = send(member, "/settings/erase", "/settings/erase")
    assert answer.location == "/leave"
    assert member.get_cookie("here") is None
    assert '"cookies"' in member.get("/leave").headers["Clear-Site-Data"]
    assert member.get("/settings/erase").status_code == 401


def test_signing_out_empties_the_cache_of_the_browser(app: Flask, clock: Clock) -> None:
    answer = send(a_member(app), "/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache"', "nothing else: size and language stay"


def test_a_browser_whose_readable_cookie_was_erased_offline_is_signed_out(
    app: Flask, clock: Clock
) -> None:
    member = a_member(app)
    member.delete_cookie("here")
    assert member.get("/settings/erase").status_code == 401


def test_what_is_shown_to_somebody_signed_in_is_kept_by_no_cache(app: Flask, clock: Clock) -> None:
    member = a_member(app)
    assert member.get("/settings").headers["Cache-Control"] == "no-store"
