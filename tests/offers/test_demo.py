"""The demo: believable, bookable, and silent about where anybody comes from."""

import re
from datetime import timedelta

import sqlalchemy as sa

from app.db import db, writing
from app.offers import nearby, search
from app.offers.demo import demo_businesses, seed_demo
from app.offers.models import Category, Kind, Offer, Slot
from app.offers.nearby import Filters
from app.offers.places import Place
from tests.offers.world import NOW

UNSAID = re.compile(
    r"prison|prisoner|releas|politic|jail|detain|belarus|białorus|baltarus|палітыч|політич|политич|вязн|зняволен"
    r"|турм|тюрьм|освобож|вызвален|więzi|więźn|zwoln|kalin|kalėj|беларус(?!к)", re.I)  # fmt: skip


def test_twenty_two_businesses_give_sixty_things_in_two_cities():
    cities = [b.city.id for b in demo_businesses() for _ in b.offers]
    assert (cities.count("warsaw"), cities.count("vilnius")) == (33, 27)
    assert {offer.category for b in demo_businesses() for offer in b.offers} == set(Category)
    assert {offer.kind for b in demo_businesses() for offer in b.offers} == set(Kind)


def test_every_offer_speaks_belarusian_english_and_the_language_of_the_street():
    for business in demo_businesses():
        street = "pl" if business.city.country == "PL" else "lt"
        for offer in business.offers:
            assert {"be", "en", street} <= {language for language, _, _ in offer.texts}
            assert all(title and len(title) <= 80 and text for _, title, text in offer.texts)


def test_nothing_says_where_a_member_may_come_from():
    said = " ".join(
        " ".join([b.name, b.about, b.entrance, *(" ".join(t) for o in b.offers for t in o.texts)])
        for b in demo_businesses()
    )
    assert UNSAID.findall(said) == []


def test_the_demo_is_seeded_once_found_nearby_and_bookable_for_two_weeks(context):
    with writing():
        first = seed_demo(NOW)
    with writing():
        assert [p.id for p in seed_demo(NOW)] == [p.id for p in first]
    assert db.session.scalar(sa.select(sa.func.count(Offer.id))) == 60
    for place, at_least in ((Place(52.23, 21.01), 33), (Place(54.68, 25.29), 27)):
        page = nearby.nearest(place, Filters(), now=NOW, radius_m=15_000, limit=100)
        assert len(page.items) == at_least
        assert len(nearby.next_free([f.offer_id for f in page.items], NOW)) == at_least
    ahead = sa.select(sa.func.count(Slot.id)).where(Slot.starts_at > NOW + timedelta(days=12))
    assert db.session.scalar(ahead) > 500
    assert len(search.matching_offers("стрыжка")) == 4
    assert search.matching_offers("zabkowska czyszczenie")
