"""A business's day: yes and no, came and did not come, closing."""

from datetime import date, timedelta

import pytest

from app.bookings import change_rules, day_rules, rules, times
from app.bookings.models import BookingState, Side
from app.db import db, writing
from app.errors import NotFound
from app.offers.models import Category, ClosedDay, Kind
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


@pytest.fixture
def do(now):
    def deed(rule, *what, at=None):
        with writing():
            return rule(*what, at or now)

    return deed


@pytest.fixture
def asked(book, nina, studio):
    """A visit that waits for the business's answer."""
    return book(
        nina, new_slot(new_offer(studio, "Talk", Category.DOCTOR, ask_first=True), NOW + DAY)
    )


def test_a_yes_makes_it_a_visit(do, asked):
    assert do(day_rules.confirm, asked).state is BookingState.CONFIRMED
    assert do(day_rules.confirm, asked).state is BookingState.CONFIRMED


def test_a_no_gives_the_seat_back_once(do, asked):
    do(day_rules.decline, asked)
    do(day_rules.decline, asked)

    assert asked.state is BookingState.DECLINED
    assert (taken(asked.slot), seats_held(asked.slot)) == (0, 0)


def test_an_agreed_visit_is_not_declined_behind_its_back(do, asked):
    do(day_rules.confirm, asked)

    with pytest.raises(change_rules.Over):
        do(day_rules.decline, asked)


def test_silence_becomes_a_no_an_hour_before(do, asked):
    assert do(day_rules.decline_unanswered, at=asked.starts_at - HOUR - timedelta(seconds=1)) == 0
    assert do(day_rules.decline_unanswered, at=asked.starts_at - HOUR) == 1
    assert (asked.state, taken(asked.slot)) == (BookingState.DECLINED, 0)


def test_at_short_notice_the_answer_may_come_later(book, nina, studio):
    quick = new_offer(studio, ask_first=True, lead_minutes=30)
    booking = book(nina, new_slot(quick, NOW + HOUR))

    assert day_rules.answer_by(booking) == NOW + timedelta(minutes=45)


def test_came_or_did_not_come_and_a_slip_is_put_right(do, book, nina, tomorrow):
    booking, then = book(nina, tomorrow), tomorrow.starts_at

    assert do(day_rules.no_show, booking, at=then).state is BookingState.NO_SHOW
    assert do(day_rules.attended, booking, at=then + HOUR).state is BookingState.ATTENDED


def test_a_visit_far_ahead_has_not_been_yet(do, book, nina, tomorrow):
    booking = book(nina, tomorrow)

    with pytest.raises(change_rules.Over):
        do(day_rules.attended, booking)


def test_a_cancelled_visit_is_not_marked(do, book, nina, tomorrow):
    booking = book(nina, tomorrow)
    do(change_rules.cancel, booking, Side.MEMBER)

    with pytest.raises(change_rules.Over):
        do(day_rules.attended, booking, at=tomorrow.starts_at)


def test_a_business_sees_a_visit_until_72_hours_after(book, nina, studio, tomorrow):
    booking = book(nina, tomorrow)
    end = tomorrow.ends_at

    assert day_rules.of_provider(booking.public_id, studio, end + 71 * HOUR).id == booking.id
    with pytest.raises(NotFound):
        day_rules.of_provider(booking.public_id, studio, end + 72 * HOUR)
    with pytest.raises(NotFound):
        day_rules.of_provider(booking.public_id, new_provider("Klon"), NOW)


def test_closing_a_day_calls_its_visits_off_and_takes_no_more(do, book, nina, lev, haircut):
    today = [new_slot(haircut, NOW + h * HOUR) for h in (3, 5)]
    other_day = new_slot(haircut, NOW + DAY)
    booking = book(nina, today[0])

    called_off = do(day_rules.close_day, haircut.provider, date(2026, 11, 23))

    assert [b.id for b in called_off] == [booking.id]
    assert (booking.state, booking.cancelled_by) == (BookingState.CANCELLED, Side.PROVIDER)
    assert [taken(slot) for slot in today] == [0, 0]
    with pytest.raises(rules.SlotTaken):
        book(lev, today[1])
    assert book(lev, other_day).is_open
    assert db.session.get(ClosedDay, (haircut.provider_id, date(2026, 11, 23)))
    assert do(day_rules.close_day, haircut.provider, date(2026, 11, 23)) == []


def test_the_day_is_the_one_of_the_place(do, haircut):
    late = new_slot(haircut, NOW.replace(hour=22, minute=30))  # 23:30 in Warsaw
    next_day = new_slot(haircut, NOW.replace(hour=23, minute=30))  # 0:30 of the next day

    do(day_rules.close_day, haircut.provider, date(2026, 11, 23))

    assert (late.closed, next_day.closed) == (True, False)


def test_a_visit_under_way_is_let_be(do, book, nina, haircut):
    slot = new_slot(haircut, NOW + 2 * HOUR)
    booking = book(nina, slot)

    assert do(day_rules.close_day, haircut.provider, date(2026, 11, 23), at=slot.starts_at) == []
    assert booking.is_open


def test_a_closed_day_is_not_undone_by_its_member(do, book, nina, haircut, tomorrow):
    booking = book(nina, tomorrow)
    do(change_rules.cancel, booking, Side.MEMBER)
    do(day_rules.close_day, haircut.provider, date(2026, 11, 24))

    with pytest.raises(change_rules.NoLongerKept):
        do(change_rules.undo, booking)


def test_the_nearest_times_of_the_same_kind_are_offered_instead(haircut, now):
    barber = new_offer(new_provider("Barber"))
    dentist = new_offer(new_provider("Klinika"), "Teeth", Category.TEETH)
    new_slot(haircut, NOW + 3 * HOUR)
    new_slot(dentist, NOW + 3 * HOUR)
    there = new_slot(barber, NOW + 4 * HOUR)
    later = [new_slot(haircut, NOW + DAY), new_slot(barber, NOW + 2 * DAY)]
    new_slot(haircut, NOW + 3 * DAY)

    found = times.same_kind(haircut, now, 3, now=now, not_on=date(2026, 11, 23))

    assert [slot.id for slot in found] == [there.id, later[0].id, later[1].id]


def test_free_times_lie_under_the_days_that_have_any(haircut, now):
    for days, hour in ((1, 0), (1, 2), (4, 0), (6, 1)):
        new_slot(haircut, NOW + days * DAY + hour * HOUR)

    days = times.by_day(times.next_free(haircut, now, 9, now=now), "Europe/Warsaw")

    assert [(d.day.day, len(d.slots)) for d in days] == [(24, 2), (27, 1), (29, 1)]


def test_only_times_that_would_not_be_refused_are_offered(book, nina, haircut, tomorrow, now):
    new_slot(haircut, NOW + HOUR)  # too soon
    new_slot(haircut, NOW + 3 * DAY)  # the same week
    dentist = new_offer(new_provider("Klinika"), "Teeth", Category.TEETH)
    in_ten_days = new_slot(haircut, NOW + 10 * DAY)
    busy = new_slot(haircut, NOW + 11 * DAY)
    book(nina, tomorrow)
    book(nina, new_slot(dentist, busy.starts_at))

    assert [s.id for s in rules.possible(haircut, nina.id, now)] == [in_ten_days.id]


def test_full_times_are_not_free_and_due_ones_are(do, book, haircut, tomorrow, now):
    booking = book(new_member(), tomorrow)
    assert times.next_free(haircut, now, 9, now=now) == []

    do(change_rules.cancel, booking, Side.MEMBER)

    assert times.next_free(haircut, now, 9, now=now) == []
    later = now + timedelta(minutes=10)
    assert [s.id for s in times.next_free(haircut, later, 9, now=later)] == [tomorrow.id]


def test_a_thing_that_is_handed_out_now_is_free_now(studio, now):
    soap = new_offer(studio, "Soap", Category.THINGS, kind=Kind.GIFT)
    today = new_slot(soap, NOW - HOUR, minutes=300, seats=5)

    assert [s.id for s in times.next_free(soap, now, 9, now=now)] == [today.id]
