"""What the business and the moderators hear of each other: words to fix, a second yes, something new to look at."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db, writing
from app.moderation.models import Decision, Ruling
from app.notifications.models import Notice
from app.offers.models import Offer, Provider, State
from tests.moderation.cast import NOW, new_business, new_moderator
from tests.offers.desk import Desk, approve, drafted, introduced, published, sit_down
from tests.offers.test_geocoding import NOMINATIM, speaking


@pytest.fixture
def studio(app: Flask, clock) -> Desk:
    clock.set(NOW)
    return introduced(sit_down(app))


@pytest.fixture
def olga(desk):
    return desk("Olga")


@pytest.fixture
def marek(desk):
    return desk("Marek")


def says_yes(browser, subject="provider:1"):
    answer = browser.post(f"/queue/{subject}/publication", {"note": "Called them."})
    assert answer.status_code == 303, answer.text


def rulings(app):
    with app.app_context():
        return list(db.session.scalars(sa.select(Decision.ruling).order_by(Decision.id)))


def heard(app, kind="new_review"):
    """Who has been told of what, in order."""
    with app.app_context():
        wish = sa.select(Notice).where(Notice.kind == kind).order_by(Notice.id)
        return [(one.recipient, one.subject) for one in db.session.scalars(wish)]


def test_a_business_asked_to_fix_its_entry_reads_why_where_it_mends_it(app, studio, olga) -> None:
    asked = {"why": "about", "own": "A sentence about you, please."}
    assert olga.post("/queue/provider:1/fix-request", asked).status_code == 303
    assert "Look at it" in studio.get("/my/offers")
    page = studio.get("/my/business")
    assert "A volunteer writes" in page
    assert "A sentence about you, please." in page
    news = studio.get("/inbox")
    assert "Your entry needs a small change" in news
    assert "A sentence about you, please." in news
    studio.go("/my/business", name="Studio Lipa", about="Two hairdressers")
    assert "A sentence about you" not in studio.get("/my/business")
    assert "/queue/provider:1/claim" in olga.get("/queue").text, "it waits again"


def test_a_declined_business_reads_why(app, studio, olga) -> None:
    reason = "We could not reach anybody at this address."
    assert olga.post("/queue/provider:1/refusal", {"reason": reason}).status_code == 303
    assert "See why" in studio.get("/my/offers")
    assert reason in studio.get("/my/business")
    assert reason in studio.get("/inbox")
    before = heard(app)
    studio.go("/my/business", name="Studio Lipa 2")
    assert heard(app) == before, "nobody is sent to a card that does not exist"


def test_an_offer_asked_to_fix_says_why_in_the_news_and_leads_to_it(app, studio, olga) -> None:
    at = drafted(studio)
    studio.go(f"{at}/submission")
    olga.post("/queue/offer:1/fix-request", {"own": "Who will be there?"})
    page = studio.get("/inbox")
    assert "Who will be there?" in page
    notice = re.search(r'href="(/n/[^"]+)"', page)
    assert notice is not None
    assert "Who will be there?" in studio.get(notice[1])
    assert studio.go(notice[1]) == at


def test_a_yes_to_other_words_counts_no_more(app, studio, olga, marek, clock) -> None:
    says_yes(olga)
    clock.turn(minutes=1)
    studio.go("/my/business", name="Something else entirely")
    says_yes(marek)
    assert rulings(app) == [Ruling.FIRST_YES, Ruling.FIRST_YES]
    says_yes(olga)
    with app.app_context():
        assert db.session.get_one(Provider, 1).state is State.APPROVED


def test_the_same_words_sent_again_lose_no_yes(app, studio, olga, marek, clock) -> None:
    says_yes(olga)
    clock.turn(minutes=1)
    studio.go("/my/business", name="Studio Lipa", about="Hairdresser")
    says_yes(marek)
    assert rulings(app) == [Ruling.FIRST_YES, Ruling.PUBLISHED]


def test_moderators_on_duty_hear_of_a_new_business_and_of_a_second_yes_to_give(
    app, desk, clock
) -> None:
    clock.set(NOW)
    olga, _marek = desk("Olga"), desk("Marek")
    with app.app_context():
        waiting = new_moderator("Ina")
        with writing() as session:
            session.merge(waiting).accepted_at = None
    introduced(sit_down(app))
    assert sorted(heard(app)) == [("moderator:1", "provider:1"), ("moderator:2", "provider:1")]
    with app.app_context(), writing() as session:
        session.execute(sa.update(Notice).values(read_at=NOW))
    says_yes(olga)
    assert heard(app)[2:] == [("moderator:2", "provider:1")], "who said the first yes knows"


def test_moderators_hear_of_new_words_of_a_published_offer_once_an_hour(
    app, studio, olga, clock
) -> None:
    at = published(app, studio)
    clock.turn(hours=2)
    before = len(heard(app))
    for meets in ("Ewa", "Ewa and Marta"):
        studio.go(f"{at}/words", language="en", title="Cut", languages=["pl"], meets=meets)
    assert heard(app)[before:] == [("moderator:1", "offer:1")]
    studio.go("/my/location", address="ul. Nowa 1", city="warsaw")
    clock.turn(hours=2)
    studio.go("/my/location", address="ul. Nowa 2", city="warsaw")
    assert heard(app)[before + 1 :] == [("moderator:1", "offer:1")]


def test_a_push_service_that_refuses_us_is_told_to_moderators_on_duty(app, desk) -> None:
    desk("Olga")
    with app.app_context():
        assert [who.key for who in app.extensions["watchers"]()] == ["moderator:1"]


def test_a_card_says_which_of_how_many_it_is(app, studio, olga) -> None:
    at = drafted(studio)
    studio.go(f"{at}/submission")
    assert "1 of 2" in olga.get("/queue/offer:1").text
    assert "2 of 2" in olga.get("/queue/provider:1").text


def test_a_card_has_back_on_a_phone_and_the_tabs_on_a_wide_screen(app, studio, olga) -> None:
    page = olga.get("/queue/provider:1").text
    assert '<nav class="tabs only-wide"' in page
    assert 'class="tool back only-narrow"' in page
    assert 'class="has-tabs"' not in page, "no room is kept at the foot"


def test_a_moderator_is_shown_where_the_address_may_be(app, studio, olga) -> None:
    studio.go(f"{drafted(studio)}/submission")
    with speaking(NOMINATIM) as (domain, asked):
        object.__setattr__(app.extensions["settings"], "geocoder", f"nominatim:{domain}")
        page = olga.get("/queue/offer:1/pin").text
    assert asked[0]["q"] == ["ul. Lipowa 7, Warszawa"]
    assert 'value="52.2401, 21.0205"' in page
    assert olga.post("/queue/offer:1/pin", {"point": "52.2401, 21.0205"}).status_code == 303
    silent = olga.get("/queue/offer:1/pin")
    assert "does not answer" in silent.text
    with app.app_context():
        offer = db.session.get_one(Offer, 1)
        assert offer.location
        assert (offer.location.lat, offer.location.lon) == (52.2401, 21.0205)


def test_imported_businesses_wait_as_they_did(app, clock, olga) -> None:
    clock.set(NOW)
    with app.app_context():
        new_business("Klon", state=State.PENDING)
    assert "Klon" in olga.get("/queue").text
    approve(app)
