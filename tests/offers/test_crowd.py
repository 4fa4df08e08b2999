"""A crowd of offers for load tests: published, findable, bookable, and a second one on top of the first."""

import sqlalchemy as sa

from app.db import db, writing
from app.offers import nearby, search
from app.offers.crowd import seed_many
from app.offers.models import Offer, Slot
from app.offers.nearby import Filters, Window
from app.offers.places import Place
from tests.offers.stage import a_business, an_offer
from tests.offers.world import NOW

WARSAW = Place(52.23, 21.01)


def test_a_crowd_is_found_by_place_time_and_words(context):
    heard = []
    seed_many(600, NOW, heard.append)
    assert heard == [600]
    assert db.session.scalar(sa.select(sa.func.count(Offer.id))) == 600
    page = nearby.nearest(
        WARSAW, Filters(window=Window.of("week", "Europe/Warsaw", NOW)), now=NOW, radius_m=30_000
    )
    assert len(page.items) == 20
    assert len(nearby.next_free([found.offer_id for found in page.items], NOW)) == 20
    assert search.matching_offers("strzyz")


def test_more_can_join_and_businesses_of_flesh_and_blood_too(context):
    seed_many(30, NOW)
    seed_many(30, NOW, seed=2)
    with writing():
        an_offer(a_business())
    assert db.session.scalar(sa.select(sa.func.count(Offer.id))) == 61
    assert db.session.scalar(sa.select(sa.func.count(Slot.id))) >= 120
