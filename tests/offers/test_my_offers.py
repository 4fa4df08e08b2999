"""A business posts an offer from a phone, without scripts; what it typed is never lost."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db
from app.notifications.models import Notice
from app.offers.models import Kind, State, Tongue
from tests.cast import a_moderator
from tests.conftest import Clock
from tests.offers.desk import (
    WEEK,
    Desk,
    drafted,
    errors,
    sit_down,
    the_offer,
)

NASTY = "Free\u202ecut\u200b \x00 e" + "\u0301" * 50


def test_a_new_business_is_asked_who_it_is_and_where_before_anything_else(
    app: Flask, clock: Clock
) -> None:
    desk = sit_down(app)
    assert desk.client.get("/my/offers").location == "/my/business"
    assert desk.client.get("/my/offers/new").location == "/my/business"
    assert desk.go("/my/business", name="Studio Lipa") == "/my/location"
    assert desk.client.get("/my/offers").location == "/my/location"


def test_an_offer_is_posted_in_at_most_nine_taps_and_two_typed_fields(
    app: Flask, desk: Desk
) -> None:
    taps = 0

    def tap(path: str, **fields: object) -> str:
        nonlocal taps
        taps += 1
        return desk.go(path, **fields)

    desk.get("/my/offers/new")  # "New offer"
    taps += 1
    at = tap("/my/offers", category="hair").removesuffix("/words")
    form = desk.get(f"{at}/words")
    assert 'value="Haircut and styling"' in form
    taps += 2  # two languages
    title = "Haircut and styling"
    tap(f"{at}/words", language="en", title=title, meets="Hanna", languages=["be", "pl"])
    tap(f"{at}/visit", length="45", minutes="45", kind="appointment")
    tap(f"{at}/hours", preset="weekdays")
    assert tap(f"{at}/hours", hours=WEEK) == at
    assert tap(f"{at}/submission") == "/my/offers?sent=1"
    assert taps <= 9
    offer = the_offer(app)
    assert (offer.state, offer.minutes, offer.kind) == (State.PENDING, 45, Kind.APPOINTMENT)
    assert offer.languages == Tongue.BE | Tongue.PL
    assert len(offer.schedule) == 5


def test_a_draft_is_kept_at_every_step(app: Flask, desk: Desk) -> None:
    at = desk.go("/my/offers", category="massage").removesuffix("/words")
    assert "Finish" in desk.get("/my/offers")
    desk.go(f"{at}/words", language="en", title="Feet", languages=["pl"], price="free")
    assert 'value="Feet"' in desk.get(f"{at}/words")
    desk.go(f"{at}/hours", preset="saturday")
    assert re.search(r'value="sat-10"[^>]* checked', desk.get(f"{at}/hours"))


def test_the_reviewers_are_told_once_it_is_sent(app: Flask, desk: Desk) -> None:
    a_moderator(app)
    at = drafted(desk)
    desk.go(f"{at}/submission")
    with app.app_context():
        subjects = set(db.session.scalars(sa.select(Notice.subject)))
    assert f"offer:{the_offer(app).id}" in subjects


def test_the_preview_is_the_card_in_the_language_asked_for(desk: Desk) -> None:
    at = drafted(desk)
    english, belarusian = desk.get(f"{at}?in=en"), desk.get(f"{at}?in=be")
    assert "Tomorrow, 10:00" in english or "Today," in english
    assert "In Belarusian, in Polish" in english
    assert "Па-беларуску, па-польску" in belarusian
    assert '<h2 class="h3" lang="en">Haircut</h2>' in belarusian


def test_errors_keep_what_was_typed(desk: Desk) -> None:
    at = desk.go("/my/offers", category="hair").removesuffix("/words")
    answer = desk.post(
        f"{at}/words", language="en", title="", description="As you like", meets="Hanna"
    )
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert len(errors(answer.text)) == 2
    assert "As you like" in answer.text
    assert 'value="Hanna"' in answer.text


@pytest.mark.parametrize("amount", ["", "abc", "0", "-5", "5000", "1e3"])
def test_a_symbolic_price_is_a_small_number(desk: Desk, amount: str) -> None:
    at = desk.go("/my/offers", category="hair").removesuffix("/words")
    answer = desk.post(
        f"{at}/words", language="en", title="Cut", languages=["pl"], price="symbolic", amount=amount
    )
    assert answer.status_code == 422
    assert len(errors(answer.text)) == 1


def test_a_symbolic_price_is_kept_in_minor_units(app: Flask, desk: Desk) -> None:
    at = desk.go("/my/offers", category="hair").removesuffix("/words")
    desk.go(
        f"{at}/words", language="en", title="Cut", languages=["pl"], price="symbolic", amount="5,50"
    )
    assert (the_offer(app).price_minor, the_offer(app).currency) == (550, "PLN")


def test_words_lose_what_cannot_be_seen(app: Flask, desk: Desk) -> None:
    at = desk.go("/my/offers", category="hair").removesuffix("/words")
    desk.go(f"{at}/words", language="en", title=NASTY, languages=["pl"], price="free")
    title = the_offer(app).texts[0].title
    assert title.startswith("Freecut é")
    assert len(title) <= len("Freecut é") + 3


def test_a_week_without_hours_is_refused_with_a_sentence(desk: Desk) -> None:
    at = desk.go("/my/offers", category="hair").removesuffix("/words")
    answer = desk.post(f"{at}/hours")
    assert answer.status_code == 422
    assert errors(answer.text) == ["No hours are marked yet."]


def test_an_unfinished_draft_is_not_sent(app: Flask, desk: Desk) -> None:
    at = desk.go("/my/offers", category="hair").removesuffix("/words")
    assert "Send to check" not in desk.get(at)
    assert desk.post(f"{at}/submission").status_code == 422
    assert the_offer(app).state is State.DRAFT


def test_the_week_is_summed_up_in_words(desk: Desk) -> None:
    at = drafted(desk)
    desk.post(f"{at}/hours", hours=[*WEEK, "thu-17", "thu-18"])
    page = desk.get(f"{at}/hours")
    assert "Mon–Fri 10:00–14:00, Thu 17:00–19:00" in page
    assert "22 hours, each visit 45 minutes: 27 places a week." in page


def test_presets_are_added_and_never_shown_as_chosen(desk: Desk) -> None:
    at = drafted(desk)
    desk.go(f"{at}/hours", hours=WEEK, preset="saturday")
    page = desk.get(f"{at}/hours")
    assert page.count(" checked") == len(WEEK) + 4
    assert "aria-current" not in re.search(r"<fieldset.*?</fieldset>", page, re.DOTALL)[0]  # type: ignore[index]
    desk.go(f"{at}/hours", hours=WEEK, preset="clear")
    assert " checked" not in desk.get(f"{at}/hours")


def test_a_break_survives_the_page_of_whole_hours(desk: Desk) -> None:
    at = drafted(desk)
    desk.go(f"{at}/breaks", opens="12:15", closes="12:45")
    desk.go(f"{at}/hours", hours=WEEK)
    assert "10:00–12:15" in desk.get(f"{at}/hours")
    desk.go(f"{at}/breaks/removal", opens="12:15", closes="12:45")
    assert "Mon–Fri 10:00–14:00" in desk.get(f"{at}/hours")


def test_numbers_left_empty_mean_none(app: Flask, desk: Desk) -> None:
    at = desk.go("/my/offers", category="hair").removesuffix("/words")
    assert 'name="gap_minutes" value="0"' in desk.get(f"{at}/visit")
    desk.go(f"{at}/visit", minutes="30", seats="", gap_minutes="", lead_minutes="", kind="session")
    assert (the_offer(app).minutes, the_offer(app).gap_minutes, the_offer(app).seats) == (30, 0, 1)


def test_asking_for_more_hours_loses_none_of_those_ticked(app: Flask, desk: Desk) -> None:
    at = desk.go("/my/offers", category="hair").removesuffix("/words")
    led = desk.go(f"{at}/hours?every=1", hours=["mon-10", "tue-11"], preset="every")
    assert led == f"{at}/hours?every=1"
    page = desk.get(led)
    assert re.findall(r'value="(\w+-\d+)"[^>]* checked', page) == ["mon-10", "tue-11"]
    assert 'value="sun-23"' in page
