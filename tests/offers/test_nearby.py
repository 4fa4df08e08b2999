"""Nearby: every page is the judge's page, anywhere on earth, whatever is asked for."""

import random
from datetime import timedelta
from itertools import pairwise, product

import pytest
import sqlalchemy as sa

from app.db import db, writing
from app.offers import nearby
from app.offers.cursor import BadCursor
from app.offers.models import Offer, State
from app.offers.nearby import Filters, Window
from app.offers.places import Place
from tests.offers import world
from tests.offers.world import NOW, is_right, judged, settle, things, together

WARSAW = Place(52.23, 21.01)
everything = together()


@pytest.fixture
def offers(context):
    made = things(700)
    settle(made)
    return made


def wrong_pages(offers, pages, seed=5):
    """How many of so many random pages, first ones and later ones, are not the judge's."""
    dice = random.Random(seed)
    by_id = {thing.id: thing for thing in offers}
    wrong = seen = 0
    while seen < pages:
        filters, fits = together(*dice.choice(world.COMBINED))
        place, after = world.asked_from(dice), None
        truth = judged(offers, place, fits, 60)
        for number in range(3):
            page = nearby.nearest(place, filters, now=NOW, after=after)
            wrong += not is_right(page, place, truth[20 * number : 20 * number + 20], by_id)
            seen, after = seen + 1, page.next
            if after is None:
                break
    return wrong


def test_no_page_of_200_anywhere_is_another_than_the_judges(offers):
    assert wrong_pages(offers, 200) == 0


@pytest.mark.slow
def test_no_page_of_2000_anywhere_is_another_than_the_judges(context):
    made = things(6000, seed=2)
    settle(made)
    assert wrong_pages(made, 2000, seed=6) == 0


def test_every_filter_alone_and_in_pairs_lets_through_what_the_judge_does(offers):
    by_id = {thing.id: thing for thing in offers}
    for few in set(world.COMBINED):
        filters, fits = together(*few)
        for place in (WARSAW, Place(-17.0, 180.0)):
            page = nearby.nearest(place, filters, now=NOW)
            assert is_right(page, place, judged(offers, place, fits, 20), by_id), (few, place)


@pytest.mark.parametrize(
    "place", [WARSAW, Place(90.0, 0.0), Place(-17.0, -180.0), Place(0.0, 90.0)]
)
@pytest.mark.parametrize("limit", [7, 20])
def test_page_after_page_leads_through_every_offer_once_to_the_end(offers, place, limit):
    found, after = [], None
    while True:
        page = nearby.nearest(place, Filters(), now=NOW, after=after, limit=limit)
        found += page.items
        if page.next is None:
            break
        after = page.next
    published = {thing.id for thing in offers if thing.state is State.APPROVED}
    assert len(found) == len(published)
    assert {item.offer_id for item in found} == published
    apart = [item.distance_m for item in found]
    assert all(later >= earlier - 1 for earlier, later in pairwise(apart))


def test_nothing_is_shown_from_beyond_the_radius(offers):
    by_id = {thing.id: thing for thing in offers}
    places = (WARSAW, Place(52.3, 21.2), Place(-17.0, 180.0), Place(-89.9, 33.0))
    for place, radius in product(places, [1_000, 3_000, 30_000, 249_000, 260_000, 2_000_000]):
        page = nearby.nearest(place, Filters(), now=NOW, radius_m=radius)
        truth = judged(offers, place, everything[1], 20, radius)
        assert is_right(page, place, truth, by_id)


def test_without_a_place_the_newest_come_first(offers):
    first = nearby.nearest(None, Filters(), now=NOW)
    second = nearby.nearest(None, Filters(), now=NOW, after=first.next)
    published = sorted((t.id for t in offers if t.state is State.APPROVED), reverse=True)
    assert [item.offer_id for item in first.items + second.items] == published[:40]
    assert first.items[0].distance_m is None


def test_an_offer_without_a_pin_is_found_only_without_a_place(offers):
    with writing():
        newest = db.session.get(Offer, offers[-1].id)
        newest.state = State.APPROVED
        nearby.locate(newest, None)
    assert nearby.nearest(None, Filters(), now=NOW).items[0].offer_id == newest.id
    here = Place(round(offers[-1].lat, 2), round(offers[-1].lon, 2))
    assert newest.id not in {f.offer_id for f in nearby.nearest(here, Filters(), now=NOW).items}


def judged_soonest(offers, fits, window, near=lambda thing: True):
    times = [
        (thing.bookable(window)[0], thing.id)
        for thing in offers
        if thing.state is State.APPROVED and fits(thing) and near(thing) and thing.bookable(window)
    ]
    return sorted(times)


@pytest.mark.parametrize("few", [0, 10_000])
def test_soonest_sorts_by_the_first_time_one_can_still_book(offers, few, monkeypatch):
    monkeypatch.setattr(nearby.soonest, "FEW", few)
    close = {i for _, i in judged(offers, WARSAW, everything[1], 5000, 30_000)}
    for asked in ((), ("category",), ("window",), ("text",), ("languages", "window")):
        filters, fits = together(*asked)
        window = filters.window or Window(NOW, nearby.END_OF_TIME)
        for place, near in ((None, lambda t: True), (WARSAW, lambda t: t.id in close)):
            found = soon(place, filters)
            assert [(f.starts_at, f.offer_id) for f in found] == judged_soonest(
                offers, fits, window, near
            )[:60]
            assert all((f.distance_m is None) == (place is None) for f in found)


def soon(place, filters):
    """Three pages of it."""
    found, after = [], None
    for _ in range(3):
        page = nearby.nearest(place, filters, now=NOW, radius_m=30_000, sort="soonest", after=after)
        found += page.items
        after = page.next
        if after is None:
            break
    return found


def test_next_free_says_the_first_bookable_time_of_each(offers):
    window = Window(NOW, nearby.END_OF_TIME)
    truth = {t.id: t.bookable(window)[0] for t in offers if t.bookable(window)}
    assert nearby.next_free([t.id for t in offers], NOW) == truth
    assert nearby.next_free([], NOW) == {}


def test_a_taken_time_is_gone_from_the_list_though_its_half_day_stays_marked(offers):
    filters, _ = together("window")
    page = nearby.nearest(WARSAW, filters, now=NOW)
    first = page.items[0].offer_id
    db.session.execute(
        sa.text("UPDATE slot SET seats_taken = seats WHERE offer_id = :id"), {"id": first}
    )
    again = nearby.nearest(WARSAW, filters, now=NOW)
    assert first not in {item.offer_id for item in again.items}


def test_settling_forgets_half_days_without_times_and_keeps_the_rest(offers):
    thing = next(t for t in offers if t.free)
    db.session.execute(sa.update(Offer).where(Offer.id == thing.id).values(days=(1 << 62) - 1))
    nearby.settle_days(thing.id, NOW)
    db.session.expire_all()
    bits = db.session.get(Offer, thing.id).days
    hours = [t for t in thing.free + thing.full if t >= NOW]
    assert bits == nearby_bits(hours)


def nearby_bits(hours):
    bits = 0
    for hour in hours:
        bits |= 1 << int(hour.timestamp()) // 43_200 % 62
    return bits


def test_a_cursor_we_did_not_write_is_refused(context):
    for place, after in product((None, WARSAW), ["x", "AAAA", "é", "bm90IG91cnM", "=" * 30]):
        with pytest.raises(BadCursor):
            nearby.nearest(place, Filters(), now=NOW, after=after)


def test_a_cursor_of_another_order_is_refused(offers):
    newest = nearby.nearest(None, Filters(), now=NOW).next
    with pytest.raises(BadCursor):
        nearby.nearest(WARSAW, Filters(), now=NOW, after=newest)


def test_words_of_when_follow_the_local_clock_through_its_change():
    autumn = NOW.replace(month=10, day=24, hour=22, minute=30)  # already Sunday the 25th in Warsaw
    today = Window.of("today", "Europe/Warsaw", autumn)
    assert today.until - today.since == timedelta(hours=25)
    assert Window.of("tomorrow", "Europe/Warsaw", autumn).since == today.until
    assert Window.of("week", "Europe/Warsaw", autumn).since == today.since
    assert Window.of("2026-10-25", "Europe/Warsaw", autumn) == today
    with pytest.raises(ValueError, match="someday"):
        Window.of("someday", "Europe/Warsaw", autumn)
