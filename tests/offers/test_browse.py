"""A member's way to an offer: a place, what is near it, filters, and the same as JSON."""

import re

import pytest

from app.db import clock as now
from app.db import db, writing
from app.offers.demo import seed_demo
from app.offers.models import Offer
from tests.cast import a_member, token_on

WOLA = "52.23,20.98"
CARD = r'href="/offers/(\d+)".*?<br><span data-at="[\d.,]+">(.+?)</span></p>'


@pytest.fixture
def town(app, clock):
    with app.app_context(), writing():
        seed_demo(now())


@pytest.fixture
def nina(app, town):
    return a_member(app)


def choose(client, **what):
    return client.post("/place", data={"csrf_token": token_on(client, "/place"), **what})


def titles(page):
    return re.findall(r'<a href="/offers/(\d+)"', page.text)


def test_the_street_sees_no_offers(client, town):
    for path in ("/nearby", "/place", "/filters", "/api/v1/offers", "/api/v1/offers/1"):
        assert client.get(path).status_code == 401


def test_without_a_place_one_is_asked_for_first(nina):
    assert nina.get("/nearby").location == "/place"


def test_a_district_in_one_tap_leads_to_what_is_near_it(nina):
    assert choose(nina, district="warsaw.wola").location == "/nearby"
    page = nina.get("/nearby")
    assert len(titles(page)) >= 5
    assert "Wola" in page.text or "Воля" in page.text


def test_an_invitation_that_names_a_city_skips_the_question(app, town):
    assert titles(a_member(app, "vilnius").get("/nearby"))


def test_a_place_of_two_decimals_is_taken_and_a_finer_one_refused(nina):
    assert choose(nina, near="52.23,20.98").status_code == 303
    assert choose(nina, near="52.2312,20.9812").status_code == 400
    assert nina.get("/nearby?near=52.2312,20.98").status_code == 400
    assert nina.get("/api/v1/offers?near=52.231,20.98").status_code == 400


@pytest.mark.parametrize("district", ["", "atlantis", "warsaw.atlantis"])
def test_a_district_nobody_listed_is_refused_kindly(nina, district):
    assert choose(nina, district=district).status_code == 400


def test_how_far_it_is_stands_on_the_offer_as_on_its_card(nina):
    choose(nina, near=WOLA)
    page = nina.get("/nearby").text
    number, far = re.search(CARD, page, re.DOTALL).groups()
    assert re.fullmatch(r"[\d,]+ к?м, \d+ \w+ пешшу", far)
    assert far in nina.get(f"/offers/{number}").text


def test_a_card_kept_for_all_says_to_each_how_far_it_is_from_there(app, nina):
    lev = a_member(app)
    choose(nina, near=WOLA)
    choose(lev, near="52.25,20.99")
    here, there = (
        dict(re.findall(CARD, one.get("/nearby").text, re.DOTALL)) for one in (nina, lev)
    )
    both = here.keys() & there.keys()
    assert len(both) > 5
    assert all(here[number] != there[number] for number in both)


def test_what_a_business_changes_stands_on_its_card_at_once(app, nina):
    choose(nina, near=WOLA)
    number = int(titles(nina.get("/nearby"))[0])
    with app.app_context(), writing():
        offer = db.session.get_one(Offer, number)
        offer.provider.name, offer.price_minor = "У Алы & Ко", 700
        for text in offer.texts:
            text.title = "Стрыжка <без> слоў"
    page = nina.get("/nearby").text
    card = page[page.index(f'href="/offers/{number}"') :].partition("</li>")[0]
    assert "Стрыжка &lt;без&gt; слоў" in card
    assert "У Алы &amp; Ко" in card
    assert "7\u00a0zł" in card


def test_without_a_place_an_offer_says_nothing_of_distance(nina):
    assert "пешшу" not in nina.get("/offers/1").text


def test_filters_hold_together_and_last_for_the_visit(nina):
    choose(nina, district="warsaw")
    everything = titles(nina.get("/nearby?radius_km=30"))
    massages = titles(nina.get("/nearby?radius_km=30&kind=massage"))

    assert 0 < len(massages) < len(everything)
    assert titles(nina.get("/nearby")) == massages
    assert titles(nina.get("/nearby?when=&radius_km=30")) == everything


def test_show_more_goes_on_where_the_page_ended(nina):
    choose(nina, district="warsaw")
    first = nina.get("/nearby?radius_km=30")
    more = re.search(r'href="(/nearby\?[^"]*after=[^"]*)"', first.text)[1].replace("&amp;", "&")
    second = titles(nina.get(more))

    assert second
    assert not set(second) & set(titles(first))


def test_an_empty_circle_says_how_far_the_nearest_is_and_offers_it(nina):
    page = nina.get("/nearby?near=52.4,21.0")

    assert not titles(page)
    assert "radius_km=10" in page.text


@pytest.mark.parametrize("wrong", ["kind=gold", "radius_km=-1", "day=tomorrowish", "sort=cheapest"])
def test_a_filter_that_means_nothing_is_refused_not_guessed(nina, wrong):
    choose(nina, district="warsaw")

    assert nina.get(f"/nearby?{wrong}").status_code == 422


def test_the_same_offers_as_data(nina):
    found = nina.get(f"/api/v1/offers?near={WOLA}&kind=hair").json

    assert set(found) == {"items", "next"}
    assert {offer["category"] for offer in found["items"]} == {"hair"}
    far = [offer["distance_m"] for offer in found["items"]]
    assert far == sorted(far)
    one = nina.get(f"/api/v1/offers/{found['items'][0]['id']}").json
    assert one["title"] == found["items"][0]["title"]


def test_what_has_not_changed_is_not_sent_again(nina):
    tag = nina.get(f"/api/v1/offers?near={WOLA}").headers["ETag"]
    again = nina.get(f"/api/v1/offers?near={WOLA}", headers={"If-None-Match": tag})

    assert again.status_code == 304


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999"])
def test_an_offer_that_is_not_there_answers_404(nina, number):
    assert nina.get(f"/api/v1/offers/{number}").status_code == 404


def test_the_place_is_written_into_no_row(app, nina):
    from sqlalchemy import inspect, text

    from app.db import db

    choose(nina, near="52.23,20.98")
    nina.get("/nearby?near=52.17,21.37")
    with app.app_context():
        for table in inspect(db.engine).get_table_names():
            if not table.startswith("offer_words"):
                rows = str(db.session.execute(text("SELECT * FROM " + table)).fetchall())
                assert "21.37" not in rows
