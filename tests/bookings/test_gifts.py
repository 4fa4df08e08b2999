"""Gifts: a quantity, picked up at the place or waiting at a hotel desk; sessions: so many seats and no more."""

import pytest

from app.bookings import rules
from app.db import db, writing
from app.offers.models import Category, Kind, Offer
from tests.bookings.cast import DAY, NOW, new_member, new_offer, new_slot, taken


@pytest.fixture
def soap(studio):
    return new_offer(studio, "Soap", Category.THINGS, kind=Kind.GIFT, at_desk=True, seats=2)


def test_of_two_pieces_two_people_get_one_each_and_the_third_hears_so(book, soap):
    day = new_slot(soap, NOW + DAY, minutes=480, seats=2)
    book(new_member(), day)
    book(new_member(), day)

    with pytest.raises(rules.SlotTaken):
        book(new_member(), day)
    assert taken(day) == 2


def test_a_session_takes_as_many_as_it_has_seats(book, studio):
    yoga = new_offer(studio, "Yoga", Category.MOVEMENT, kind=Kind.SESSION, seats=5)
    hour = new_slot(yoga, NOW + DAY, seats=5)
    for _ in range(5):
        book(new_member(), hour)

    with pytest.raises(rules.SlotTaken):
        book(new_member(), hour)


def test_what_waits_at_the_hotel_desk_says_so_and_leads_nowhere_else(app, online, stage):
    with app.app_context(), writing():
        offer = db.session.get_one(Offer, stage.offer)
        offer.kind, offer.at_desk = Kind.GIFT, True
    nina = online("nina")

    page = nina.get(f"/offers/{stage.offer}").text
    assert "At the hotel desk" in page
    assert "Lipowa" not in page
    ticket = nina.post(f"/slots/{stage.slots[0]}/booking").location
    page = nina.get(ticket).text
    assert "At the hotel desk" in page
    assert "geo:" not in page
