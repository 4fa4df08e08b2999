"""Cancelling, undoing, moving: each is one step, or nothing."""

from datetime import timedelta

import pytest

from app.bookings import change_rules, rules, seats
from app.bookings.models import BookingState, Side
from app.db import writing
from app.errors import NotFound
from app.offers.models import Category
from tests.bookings.cast import DAY, HOUR, NOW, new_offer, new_provider, new_slot, seats_held, taken

MINUTE = timedelta(minutes=1)


@pytest.fixture
def do(now):
    """`do(cancel, booking)`: one deed in a transaction of its own."""

    def deed(rule, *what, at=None, **more):
        with writing():
            return rule(*what, now=at or now, **more)

    return deed


@pytest.fixture
def cancel(do):
    return lambda booking, at=None: do(change_rules.cancel, booking, Side.MEMBER, at=at)


def test_a_cancelled_seat_is_kept_ten_minutes_for_an_undo(book, cancel, nina, tomorrow):
    booking = cancel(book(nina, tomorrow))

    assert booking.state is BookingState.CANCELLED
    assert booking.release_at == NOW + 10 * MINUTE
    assert (taken(tomorrow), seats_held(tomorrow)) == (1, 1)


def test_less_than_two_hours_before_it_goes_on_at_once(book, cancel, nina, lev, haircut):
    soon = new_slot(haircut, NOW + 3 * HOUR)
    booking = book(nina, soon)

    cancel(booking, at=soon.starts_at - 2 * HOUR + MINUTE)

    assert booking.release_at is None
    assert (taken(soon), seats_held(soon)) == (0, 0)


def test_cancelling_twice_is_cancelling_once(book, cancel, nina, tomorrow):
    booking = cancel(book(nina, tomorrow))
    again = cancel(booking, at=NOW + 5 * MINUTE)

    assert again.release_at == NOW + 10 * MINUTE
    assert taken(tomorrow) == 1


def test_an_undo_brings_everything_back(book, cancel, do, nina, tomorrow):
    booking = book(nina, tomorrow)
    code = booking.code
    cancel(booking)

    do(change_rules.undo, booking, at=NOW + 9 * MINUTE)

    assert (booking.state, booking.code) == (BookingState.CONFIRMED, code)
    assert (booking.release_at, booking.cancelled_by) == (None, None)
    assert (taken(tomorrow), seats_held(tomorrow)) == (1, 1)


def test_an_undone_question_is_still_a_question(book, cancel, do, nina, studio):
    slot = new_slot(new_offer(studio, "Talk", Category.PSYCHOLOGIST, ask_first=True), NOW + DAY)
    booking = cancel(book(nina, slot))

    assert do(change_rules.undo, booking).state is BookingState.PENDING


def test_after_ten_minutes_there_is_no_undo_even_without_a_worker(book, cancel, do, nina, tomorrow):
    booking = cancel(book(nina, tomorrow))

    with pytest.raises(change_rules.NoLongerKept) as refused:
        do(change_rules.undo, booking, at=NOW + 10 * MINUTE)

    assert [free["id"] for free in refused.value.more["next_free"]] == [str(tomorrow.id)]


def test_no_undo_into_another_visit(book, cancel, do, nina, tomorrow):
    booking = cancel(book(nina, tomorrow))
    dentist = new_offer(new_provider("Klinika"), "Teeth", Category.TEETH)
    book(nina, new_slot(dentist, tomorrow.starts_at))

    with pytest.raises(rules.Overlap):
        do(change_rules.undo, booking)


def test_an_undo_is_possible_inside_the_lead_time(book, cancel, do, nina, studio):
    """The seat never was anybody else's; the business has known of the visit long before."""
    offer = new_offer(studio, lead_minutes=24 * 60)
    slot = new_slot(offer, NOW + 25 * HOUR)
    booking = book(nina, slot)
    cancel(booking, at=NOW + 3 * HOUR)

    assert do(change_rules.undo, booking, at=NOW + 3 * HOUR + MINUTE).is_open


def test_a_kept_seat_that_is_due_can_be_booked_though_no_worker_runs(
    book, cancel, nina, lev, tomorrow
):
    cancel(book(nina, tomorrow))

    with pytest.raises(rules.SlotTaken):
        book(lev, tomorrow, at=NOW + 9 * MINUTE)
    assert book(lev, tomorrow, at=NOW + 10 * MINUTE).is_open
    assert (taken(tomorrow), seats_held(tomorrow)) == (1, 1)


def test_the_worker_gives_due_seats_back_once(book, cancel, do, nina, tomorrow):
    cancel(book(nina, tomorrow))

    assert do(seats.release_due, at=NOW + 9 * MINUTE) == 0
    assert do(seats.release_due, at=NOW + 10 * MINUTE) == 1
    assert do(seats.release_due, at=NOW + 11 * MINUTE) == 0
    assert taken(tomorrow) == 0


def test_whoever_cancelled_may_book_the_same_time_again(book, cancel, nina, tomorrow):
    cancel(book(nina, tomorrow))

    assert book(nina, tomorrow, once="another").is_open
    assert (taken(tomorrow), seats_held(tomorrow)) == (1, 1)


def test_a_visit_that_has_been_is_not_cancelled(book, cancel, nina, tomorrow):
    booking = book(nina, tomorrow)

    with pytest.raises(change_rules.Over):
        cancel(booking, at=tomorrow.ends_at)


def test_moving_frees_the_old_time_and_takes_the_new(book, do, nina, haircut, tomorrow):
    other = new_slot(haircut, tomorrow.starts_at + DAY)
    booking = book(nina, tomorrow)
    code = booking.code

    do(change_rules.move, booking, other.id)

    assert (booking.slot_id, booking.starts_at, booking.code) == (other.id, other.starts_at, code)
    assert booking.sequence == 1
    assert (taken(tomorrow), taken(other), seats_held(other)) == (0, 1, 1)


def test_a_move_that_fails_leaves_everything_as_it_was(book, do, nina, lev, haircut, tomorrow):
    other = new_slot(haircut, tomorrow.starts_at + DAY)
    booking = book(nina, tomorrow)
    book(lev, other)

    with pytest.raises(rules.SlotTaken):
        do(change_rules.move, booking, other.id)

    assert booking.slot_id == tomorrow.id
    assert (taken(tomorrow), taken(other)) == (1, 1)


def test_a_move_may_overlap_the_time_it_leaves(book, do, nina, haircut, tomorrow):
    near = new_slot(haircut, tomorrow.starts_at + 15 * MINUTE)
    booking = book(nina, tomorrow)

    assert do(change_rules.move, booking, near.id).slot_id == near.id


def test_a_move_stays_with_its_offer(book, do, nina, studio, tomorrow):
    booking = book(nina, tomorrow)
    other = new_slot(new_offer(studio, "Colour", Category.HAIR), NOW + 2 * DAY)

    with pytest.raises(NotFound):
        do(change_rules.move, booking, other.id)


def test_a_cancelled_visit_does_not_move(book, cancel, do, nina, haircut, tomorrow):
    other = new_slot(haircut, tomorrow.starts_at + DAY)
    booking = cancel(book(nina, tomorrow))

    with pytest.raises(change_rules.Over):
        do(change_rules.move, booking, other.id)


def test_somebody_elses_booking_is_not_there(book, nina, lev, tomorrow, now):
    booking = book(nina, tomorrow)

    assert change_rules.own(booking.public_id, nina, now).id == booking.id
    with pytest.raises(NotFound):
        change_rules.own(booking.public_id, lev, now)
    with pytest.raises(NotFound):
        change_rules.own("unknown", nina, now)
    with pytest.raises(NotFound):
        change_rules.own(booking.public_id, nina, booking.ends_at + 7 * DAY)


def test_before_a_member_is_erased_every_seat_goes_back(book, do, cancel, nina, studio, tomorrow):
    massage = new_slot(new_offer(studio, "Massage", Category.MASSAGE), NOW + 3 * DAY)
    book(nina, massage)
    cancel(book(nina, tomorrow))

    with writing():
        change_rules.free_all(nina.id, NOW)

    assert (taken(massage), taken(tomorrow)) == (0, 0)
