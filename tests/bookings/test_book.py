"""Booking a time: one seat, one winner, one person in one place at once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from app.bookings import rules
from app.bookings.models import Booking, BookingState
from app.db import db, writing
from app.errors import NotFound
from app.offers.models import Category, Kind, State
from tests.bookings.cast import (
    DAY,
    HOUR,
    NOW,
    new_member,
    new_offer,
    new_provider,
    new_slot,
    seats_held,
    taken,
)


def count_of_bookings():
    return db.session.query(Booking).count()


def test_a_booking_is_confirmed_at_once_and_holds_the_seat(book, nina, tomorrow):
    booking = book(nina, tomorrow)

    assert booking.state is BookingState.CONFIRMED
    assert re.fullmatch(r"\d{6}", booking.code)
    assert (taken(tomorrow), seats_held(tomorrow)) == (1, 1)


def test_the_last_seat_goes_to_whoever_books_first(book, nina, lev, haircut, tomorrow):
    later = new_slot(haircut, tomorrow.starts_at + HOUR)
    book(nina, tomorrow)

    with pytest.raises(rules.SlotTaken) as refused:
        book(lev, tomorrow)

    assert [free["id"] for free in refused.value.more["next_free"]] == [str(later.id)]
    assert taken(tomorrow) == 1


def test_a_session_takes_as_many_as_it_has_seats(book, studio):
    yoga = new_offer(studio, "Yoga", Category.MOVEMENT, kind=Kind.SESSION)
    slot = new_slot(yoga, NOW + DAY, seats=3)

    for _ in range(3):
        book(new_member(), slot)
    with pytest.raises(rules.SlotTaken):
        book(new_member(), slot)

    assert (taken(slot), seats_held(slot)) == (3, 3)


def test_where_the_business_is_asked_first_the_booking_waits(book, nina, studio):
    slot = new_slot(new_offer(studio, "Talk", Category.PSYCHOLOGIST, ask_first=True), NOW + DAY)

    assert book(nina, slot).state is BookingState.PENDING
    assert taken(slot) == 1


def test_a_retry_is_the_same_booking_with_the_same_code(book, nina, tomorrow):
    first = book(nina, tomorrow, once="key")
    again = book(nina, tomorrow, once="key")

    assert (again.id, again.code) == (first.id, first.code)
    assert (count_of_bookings(), taken(tomorrow)) == (1, 1)


def test_the_database_itself_knows_a_retry(book, nina, lev, tomorrow, studio):
    first, other = book(nina, tomorrow), book(lev, new_slot(new_offer(studio), NOW + 3 * DAY))
    with pytest.raises(IntegrityError), writing():
        db.session.get(Booking, other.id).once = first.once


def test_one_key_in_two_hands_is_two_wishes(book, nina, lev, studio):
    slot = new_slot(new_offer(studio, kind=Kind.SESSION), NOW + DAY, seats=2)

    assert book(nina, slot, once="key").id != book(lev, slot, once="key").id


def test_nobody_is_expected_in_two_places_at_once(book, nina, tomorrow):
    elsewhere = new_offer(new_provider("Gabinet Klon"), "Teeth", Category.TEETH)
    same_time = new_slot(elsewhere, tomorrow.starts_at + timedelta(minutes=44))
    after_it = new_slot(elsewhere, tomorrow.ends_at + timedelta(minutes=44))
    book(nina, tomorrow)

    with pytest.raises(rules.Overlap) as refused:
        book(nina, same_time)

    assert taken(same_time) == 0
    assert [free["id"] for free in refused.value.more["next_free"]] == [str(after_it.id)]


def test_one_visit_may_begin_when_another_ends(book, nina, tomorrow):
    next_door = new_offer(new_provider("Gabinet Klon"), "Teeth", Category.TEETH)

    assert book(nina, new_slot(next_door, tomorrow.ends_at)).is_open


def test_a_thing_to_pick_up_all_day_blocks_nothing(book, nina, tomorrow, studio):
    soap = new_offer(studio, "Soap", Category.THINGS, kind=Kind.GIFT)
    whole_day = new_slot(soap, tomorrow.starts_at - 6 * HOUR, minutes=600, seats=20)
    more_soap = new_offer(new_provider("Manufaktura"), "Cream", Category.THINGS, kind=Kind.GIFT)

    assert book(nina, whole_day).is_open
    assert book(nina, tomorrow).is_open
    assert book(nina, new_slot(more_soap, whole_day.starts_at, minutes=600)).is_open


def test_a_thing_can_be_asked_for_while_it_is_handed_out(book, nina, studio):
    soap = new_offer(studio, "Soap", Category.THINGS, kind=Kind.GIFT)

    assert book(nina, new_slot(soap, NOW - HOUR, minutes=300, seats=5)).is_open


def test_two_visits_of_one_kind_may_lie_ahead_and_no_third(book, nina):
    slots = [
        new_slot(new_offer(new_provider(f"Barber {n}")), NOW + (n + 1) * DAY) for n in range(3)
    ]
    book(nina, slots[0])
    book(nina, slots[1])

    with pytest.raises(rules.FairShare):
        book(nina, slots[2])

    assert rules.left_of_kind(slots[2].offer, nina.id, NOW) == 0
    assert taken(slots[2]) == 0


def test_another_kind_of_help_has_its_own_two(book, nina):
    for n in range(2):
        book(nina, new_slot(new_offer(new_provider(f"Barber {n}")), NOW + (n + 1) * DAY))
    doctor = new_offer(new_provider("Klinika"), "Doctor", Category.DOCTOR)

    assert rules.left_of_kind(doctor, nina.id, NOW) == 2
    assert book(nina, new_slot(doctor, NOW + 3 * DAY)).is_open


def test_a_visit_that_has_been_makes_room_for_the_next(book, nina, clock):
    for n in range(2):
        book(nina, new_slot(new_offer(new_provider(f"Barber {n}")), NOW + (n + 1) * DAY))
    later = clock.set(NOW + 2 * DAY + HOUR)

    third = new_slot(new_offer(new_provider("Barber 3")), NOW + 4 * DAY)
    assert book(nina, third, at=later).is_open


@pytest.mark.parametrize(("days", "refused"), [(1, True), (6, True), (7, False), (8, False)])
def test_one_visit_a_week_at_the_same_place(book, nina, haircut, tomorrow, days, refused):
    book(nina, tomorrow)
    another = new_slot(haircut, tomorrow.starts_at + days * DAY)

    if refused:
        with pytest.raises(rules.FairShare):
            book(nina, another)
    else:
        assert book(nina, another).is_open


def test_a_missed_visit_costs_nothing(book, nina, haircut, tomorrow, clock):
    missed = book(nina, tomorrow)
    with writing():
        missed.state = BookingState.NO_SHOW
    later = clock.set(tomorrow.ends_at + HOUR)

    assert book(nina, new_slot(haircut, tomorrow.starts_at + DAY), at=later).is_open


def test_the_notice_a_business_asks_for_is_kept(book, nina, lev, haircut):
    just_right = new_slot(haircut, NOW + 2 * HOUR)
    too_near = new_slot(haircut, NOW + 2 * HOUR - timedelta(minutes=1))

    with pytest.raises(rules.TooLate) as refused:
        book(nina, too_near)

    assert [free["id"] for free in refused.value.more["next_free"]] == [str(just_right.id)]
    assert book(lev, just_right).is_open


def test_a_closed_time_is_taken(book, nina, tomorrow):
    with writing():
        tomorrow.closed = True

    with pytest.raises(rules.SlotTaken):
        book(nina, tomorrow)


@pytest.mark.parametrize("state", [State.DRAFT, State.PENDING, State.DENIED, State.PAUSED])
def test_what_is_not_published_is_not_there(book, nina, haircut, tomorrow, state):
    with writing():
        haircut.state = state

    with pytest.raises(NotFound):
        book(nina, tomorrow)


def test_information_is_not_booked(book, nina, haircut, tomorrow):
    with writing():
        haircut.information_only = True

    with pytest.raises(NotFound):
        book(nina, tomorrow)


def test_an_unknown_time_is_not_there(book, nina, tomorrow):
    with writing(), pytest.raises(NotFound):
        rules.book(tomorrow.id + 1000, nina, once="x", now=NOW)


def test_two_businesses_cannot_tell_one_person_by_alias_or_code(book, context):
    """Shared values between two businesses stay within chance (T3)."""
    yoga, dance = (
        new_slot(
            new_offer(new_provider(name), name, category, kind=Kind.SESSION),
            NOW + day * DAY,
            seats=60,
        )
        for name, category, day in (
            ("Joga", Category.MOVEMENT, 1),
            ("Taniec", Category.LEARNING, 2),
        )
    )
    same_alias = same_code = 0
    for _ in range(60):
        member = new_member()
        here, there = book(member, yoga), book(member, dance)
        same_alias += here.alias == there.alias
        same_code += here.code == there.code

    assert same_alias <= 2
    assert same_code <= 1


def test_a_business_holds_a_code_only_once(book, monkeypatch, nina, lev, haircut, tomorrow):
    drawn = iter([111111, 111111, 222222])
    monkeypatch.setattr(rules.secrets, "randbelow", lambda below: next(drawn))

    first, second = book(nina, tomorrow), book(lev, new_slot(haircut, tomorrow.ends_at))

    assert (first.code, second.code) == ("111111", "222222")
