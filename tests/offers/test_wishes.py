"""A wish: a kind and a district, one push for each new offer there, at most one a day, for 30 days."""

import re

import pytest
import sqlalchemy as sa

from app.db import db, writing
from app.life import purge
from app.notifications.models import Notice, Preference
from app.offers import wish_rules
from app.offers.models import Category, State
from app.offers.nearby import locate
from app.offers.wish_models import Wish
from tests.cast import a_member, send
from tests.offers.stage import a_business, an_offer

WOLA, CENTRE, PRAGA = (52.2341, 20.9712), (52.2297, 21.0122), (52.2480, 21.0700)


@pytest.fixture
def nina(app, clock):
    return a_member(app)


@pytest.fixture
def massage(app, clock, nina):
    send(nina, "/wishes", "/wishes", kind="massage", district="warsaw.wola")
    clock.turn(hours=2)


def publish(app, clock, at=WOLA, category=Category.MASSAGE, **more):
    with app.app_context(), writing():
        business = a_business()
        business.locations[0].lat, business.locations[0].lon = at
        offer = an_offer(business, category=int(category), published_at=clock.now, **more)
        locate(offer, offer.location)
        return offer.id


def tell(app, clock):
    with app.app_context(), writing():
        return wish_rules.tell_of_new(clock.now, "")


def told(app):
    with app.app_context():
        return list(db.session.scalars(sa.select(Notice.link).order_by(Notice.id)))


def test_an_empty_list_leads_to_the_wish_for_what_was_looked_for(nina):
    send(nina, "/place", "/place", district="warsaw.wola")
    page = nina.get("/nearby?kind=massage").text
    link = re.search(r'href="(/wishes\?kind=massage)"', page)[1]
    form = nina.get(link).text
    assert '<option value="massage" selected' in form
    assert '<option value="warsaw.wola" selected' in form


def test_a_point_becomes_the_district_it_lies_in_before_anything_is_kept(app, nina):
    send(nina, "/place", "/place", near="52.23,20.98")
    assert '<option value="warsaw.wola" selected' in nina.get("/wishes").text
    columns = set(Wish.__table__.columns.keys())
    assert not columns & {"lat", "lon", "near", "place"}


def test_something_new_in_the_district_is_told_once(app, clock, massage):
    offer = publish(app, clock)
    clock.turn(minutes=1)
    assert [tell(app, clock), tell(app, clock)] == [1, 0]
    assert told(app) == [f"/offers/{offer}"]


@pytest.mark.parametrize(
    ("at", "category", "heard"),
    [
        (WOLA, Category.MASSAGE, 1),
        (CENTRE, Category.MASSAGE, 1),
        (PRAGA, Category.MASSAGE, 0),
        ((54.6872, 25.2797), Category.MASSAGE, 0),
        (WOLA, Category.HAIR, 0),
    ],
    ids=["in it", "next to it", "across the city", "another city", "another kind"],
)
def test_only_what_was_wished_in_the_district_or_next_to_it(
    app, clock, massage, at, category, heard
):
    publish(app, clock, at, category)
    clock.turn(minutes=1)
    assert tell(app, clock) == heard


def test_what_was_there_before_is_no_news(app, clock, nina):
    publish(app, clock)
    clock.turn(hours=2)
    send(nina, "/wishes", "/wishes", kind="massage", district="warsaw.wola")
    assert tell(app, clock) == 0


def test_two_new_ones_are_told_on_two_days(app, clock, massage):
    offers = [publish(app, clock), publish(app, clock)]
    clock.turn(minutes=1)
    assert [tell(app, clock), tell(app, clock)] == [1, 0]
    clock.turn(days=1)
    publish(app, clock, state=State.PENDING)
    assert tell(app, clock) == 1
    assert told(app)[0] == f"/offers/{offers[0]}"


def test_after_thirty_days_a_wish_is_over_whether_or_not_anybody_purged(app, clock, nina, massage):
    clock.turn(days=30)
    publish(app, clock)
    clock.turn(minutes=1)
    assert tell(app, clock) == 0
    assert "/withdrawal" not in nina.get("/wishes").text
    with app.app_context():
        with writing():
            purge(clock.now)
        assert db.session.scalar(sa.select(sa.func.count(Wish.id))) == 0


def test_a_wish_can_be_taken_back_by_its_own_member_alone(app, clock, nina, massage):
    action = re.search(r'action="(/wishes/[^"]+/withdrawal)"', nina.get("/wishes").text)[1]
    assert send(a_member(app), action).status_code == 404
    assert send(nina, action).status_code == 303
    publish(app, clock)
    clock.turn(minutes=1)
    assert tell(app, clock) == 0


def test_who_wishes_hears_of_it_on_the_phone(app, massage):
    with app.app_context():
        made = db.session.scalars(sa.select(Preference)).one()
        assert (made.kind, made.channel, made.on) == ("offer_nearby", "push", True)


def test_the_eleventh_wish_and_a_place_nobody_listed_are_refused(app, nina):
    kinds = [one.name.lower() for one in Category][:11]
    answers = [send(nina, "/wishes", "/wishes", kind=k, district="warsaw") for k in kinds]
    assert [a.status_code for a in answers] == [303] * 10 + [409]
    assert send(nina, "/wishes", "/wishes", kind="hair", district="atlantis").status_code == 400
    wrong = send(nina, "/wishes", "/wishes", kind="", district="warsaw")
    assert (wrong.status_code, "data-focus" in wrong.text) == (422, True)
