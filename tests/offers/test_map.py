"""The map tells the same story as the list; its pins are links, apart from each other, where the offers are."""

import math
import re
from types import SimpleNamespace

import pytest
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as some

from app.db import clock as now
from app.db import writing
from app.offers.demo import seed_demo
from app.offers.places import Place
from app.offers.svg_map import HEIGHT, PIN, WIDTH, View, drawn, kept_apart, rings
from tests.cast import a_member, token_on

CARD = re.compile(r'<li class="card" id="o(\d+)">.*?<span class="no">(\d+)</span>', re.DOTALL)
PIN_LINK = re.compile(r'<a class="pin" href="#o(\d+)" aria-label="(\d+)\. ([^"]+)">')


# What is found does not differ between the databases; that is proved in test_nearby.py.
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def nina(app, clock):
    with app.app_context(), writing():
        seed_demo(now())
    nina = a_member(app)
    nina.post("/place", data={"csrf_token": token_on(nina, "/place"), "district": "warsaw.wola"})
    return nina


def listed(page):
    return re.findall(r'<a href="/offers/(\d+)"', page.text)


@on_sqlite
def test_list_and_map_show_the_same_offers_in_the_same_order(nina):
    for asked in (
        "when=",
        "kind=hair&radius_km=10",
        "sort=soonest",
        "more=free&when=week",
        "q=masa",
    ):
        offers = listed(nina.get(f"/nearby?{asked}"))
        page = nina.get("/map")
        cards, pins = CARD.findall(page.text), PIN_LINK.findall(page.text)

        assert listed(page) == [number for number, _ in cards] == offers
        assert [int(number) for _, number in cards] == list(range(1, len(offers) + 1))
        assert [(card, number) for card, number, _ in pins] == cards
        assert listed(nina.get(f"/map?{asked}")) == offers


@on_sqlite
def test_one_goes_from_one_to_the_other_and_on_without_losing_anything(nina):
    first = nina.get("/nearby?radius_km=30&when=")
    over = re.search(r'<a href="(/map[^"]*)"', first.text)[1].replace("&amp;", "&")
    page = nina.get(over)
    more = re.search(r'href="(/map\?[^"]*after=[^"]*)"', page.text)[1].replace("&amp;", "&")
    second = nina.get(more)
    back = re.search(r'<a href="(/nearby\?[^"]*)"', second.text)[1].replace("&amp;", "&")

    assert 'aria-current="page"' in re.search(r'<nav class="seg".*?</nav>', page.text, re.DOTALL)[0]
    assert listed(second)
    assert not set(listed(second)) & set(listed(page))
    assert listed(nina.get(back)) == listed(second)


@on_sqlite
def test_an_empty_map_says_what_the_empty_list_says(nina):
    page = nina.get("/map?near=52.4,21.0")

    assert "data-view" not in page.text
    assert "/map?radius_km=10" in page.text.replace("&amp;", "&")


@on_sqlite
def test_the_map_needs_a_place_and_a_card(app, clock):
    assert app.test_client().get("/map").status_code == 401
    assert a_member(app).get("/map").location == "/place"


spots = some.lists(
    some.tuples(some.floats(0, WIDTH), some.floats(0, HEIGHT)), min_size=1, max_size=20
)


@settings(max_examples=40, deadline=None)
@given(spots)
def test_no_pin_covers_another_and_none_leaves_the_map(points):
    tips = kept_apart(points)

    assert len(tips) == len(points)
    for x, y in tips:
        assert 0 <= x <= WIDTH - PIN[0]
        assert PIN[1] <= y <= HEIGHT
    for number, one in enumerate(tips):
        for other in tips[number + 1 :]:
            apart = abs(one[0] - other[0]), abs(one[1] - other[1])
            assert apart[0] >= PIN[0] - 1 or apart[1] >= PIN[1] - 1


def test_offers_of_one_house_stand_side_by_side():
    assert len({(round(x), round(y)) for x, y in kept_apart([(160, 168)] * 20)}) == 20


def test_a_pin_with_room_stands_where_its_offer_is():
    assert kept_apart([(100, 100), (200, 200)]) == [(100, 100), (200, 200)]


@pytest.mark.parametrize("place", [Place(52.23, 21.01), Place(0, 0), Place(-41.29, 174.78)])
def test_rings_are_as_far_as_they_say(place):
    view = View(place, 13)
    found = rings(view)

    assert 1 <= len(found) <= 3
    for ring in found:
        east = geodesic(meters=ring.metres).destination((place.lat, place.lon), 90)
        x, _ = view.point(east.latitude, east.longitude)
        assert x - WIDTH / 2 == pytest.approx(ring.radius, rel=0.01)


def a_card(spot):
    return SimpleNamespace(face=SimpleNamespace(spot=spot))


@pytest.mark.parametrize(
    ("place", "there"),
    [
        (Place(0, 179.99), (0, -179.99)),
        (Place(52.23, 21.01), (-33.9, 151.2)),
        (Place(90, 0), (-90, 180)),
        (Place(52.23, 21.01), (52.23, 21.01)),
    ],
)
def test_everything_found_is_on_the_map_wherever_it_is(place, there):
    pin = drawn(place, [a_card(there)], None).pins[0]

    assert all(map(math.isfinite, pin.at))
    assert -1 <= pin.at[0] <= WIDTH + 1
    assert -1 <= pin.at[1] <= HEIGHT + 1


def test_what_has_no_point_is_left_to_the_list_and_keeps_its_number():
    pins = drawn(Place(52.23, 21.01), [a_card(None), a_card((52.24, 21.0))], None).pins

    assert [pin.number for pin in pins] == [2]
