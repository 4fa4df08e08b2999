"""The waiting list: strictly first come, a real seat for half an hour, one tap to leave."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.bookings import change_rules, day_rules, line, rules, times, waiting_rules
from app.bookings.models import Side
from app.db import db, writing
from app.notifications.models import Notice
from app.offers.slot_rules import keep_slots
from tests.bookings.browsing import book as book_page
from tests.bookings.cast import DAY, HOUR, NOW, new_member, new_slot, seats_held, taken

MINUTE = timedelta(minutes=1)
FREED = NOW + 10 * MINUTE  # the undo of a cancellation made now is over


@pytest.fixture
def do(now):
    def deed(rule, *what, at=None):
        with writing():
            return rule(*what, at or now)

    return deed


@pytest.fixture
def wait(now):
    def join(member, slot, at=None):
        with writing():
            return waiting_rules.join(slot.id, member, now=at or now)

    return join


@pytest.fixture
def line_of_two(book, wait, nina, lev, tomorrow):
    """Nina has the only seat; Lev waits for it, then Ada."""
    booking, ada = book(nina, tomorrow), new_member()
    wait(lev, tomorrow)
    wait(ada, tomorrow)
    return booking, lev, ada


def held(member, slot, at):
    db.session.expire_all()
    place = line.find(slot.id, member.id)
    return place is not None and place.held(at)


def test_a_freed_seat_is_held_for_the_first_in_line(do, line_of_two, tomorrow):
    booking, lev, ada = line_of_two

    do(change_rules.cancel, booking, Side.MEMBER)
    assert not held(lev, tomorrow, NOW)  # ten minutes it is kept for an undo
    do(line.keep, at=FREED)

    assert held(lev, tomorrow, FREED)
    assert not held(ada, tomorrow, FREED)
    assert (taken(tomorrow), seats_held(tomorrow)) == (1, 1)
    told = db.session.scalars(sa.select(Notice).where(Notice.kind == "place_freed")).all()
    assert [(n.recipient, n.values["until"]) for n in told] == [
        (lev.recipient, (FREED + 30 * MINUTE).isoformat())
    ]


def test_nobody_slips_in_between_even_where_no_worker_runs(do, book, line_of_two, tomorrow):
    booking, lev, _ada = line_of_two
    do(change_rules.cancel, booking, Side.MEMBER)

    with pytest.raises(rules.SlotTaken):
        book(new_member(), tomorrow, at=FREED)  # the seat is free at last, and Lev's
    assert times.next_free(tomorrow.offer, FREED, 9, now=FREED) == []
    assert book(lev, tomorrow, at=FREED).is_open
    assert (taken(tomorrow), seats_held(tomorrow)) == (1, 1)


def test_after_half_an_hour_it_goes_to_the_next_and_then_to_everybody(
    do, book, line_of_two, tomorrow
):
    booking, lev, ada = line_of_two
    do(change_rules.cancel, booking, Side.MEMBER)
    do(line.keep, at=FREED)

    with pytest.raises(rules.SlotTaken):
        book(lev, tomorrow, at=FREED + 30 * MINUTE)
    do(line.keep, at=FREED + 30 * MINUTE)
    assert held(ada, tomorrow, FREED + 30 * MINUTE)
    later = FREED + 60 * MINUTE
    assert [s.id for s in times.next_free(tomorrow.offer, later, 9, now=later)] == [tomorrow.id]
    assert book(new_member(), tomorrow, at=later).is_open
    assert (taken(tomorrow), seats_held(tomorrow)) == (1, 1)


def test_leaving_is_one_step_and_the_seat_goes_on(do, line_of_two, tomorrow):
    booking, lev, ada = line_of_two
    do(change_rules.cancel, booking, Side.MEMBER)
    do(line.keep, at=FREED)

    with writing():
        waiting_rules.leave(tomorrow.id, lev, now=FREED)
        waiting_rules.leave(tomorrow.id, lev, now=FREED)

    assert line.find(tomorrow.id, lev.id) is None
    assert held(ada, tomorrow, FREED)


def test_a_seat_freed_too_late_to_book_is_held_for_nobody(do, line_of_two, tomorrow):
    booking, lev, _ada = line_of_two

    do(change_rules.cancel, booking, Side.MEMBER, at=tomorrow.starts_at - 2 * HOUR - MINUTE)
    do(line.keep, at=tomorrow.starts_at - 2 * HOUR)

    assert not held(lev, tomorrow, tomorrow.starts_at - 2 * HOUR)  # too late to book: nobody's


def test_a_hold_never_lasts_past_the_last_moment_to_book(do, line_of_two, tomorrow):
    booking, lev, _ada = line_of_two
    last = times.latest(tomorrow)
    do(change_rules.cancel, booking, Side.MEMBER, at=last - 20 * MINUTE)
    do(line.keep, at=last - 10 * MINUTE)

    assert line.find(tomorrow.id, lev.id).hold_until == last


def test_who_has_a_visit_there_in_that_week_moves_it(do, book, wait, nina, lev, haircut, tomorrow):
    thursday = new_slot(haircut, NOW + 3 * DAY)
    hers, his = book(nina, tomorrow), book(lev, thursday)
    wait(lev, tomorrow)
    do(change_rules.cancel, hers, Side.MEMBER)
    do(line.keep, at=FREED)

    with writing():
        change_rules.move(his, tomorrow.id, FREED)

    assert (his.slot_id, taken(tomorrow), taken(thursday)) == (tomorrow.id, 1, 0)
    assert line.find(tomorrow.id, lev.id) is None


def test_closing_the_day_ends_the_line_and_says_so(do, line_of_two, tomorrow):
    _booking, lev, ada = line_of_two

    do(day_rules.close_day, tomorrow.offer.provider, tomorrow.starts_at.date())

    assert (taken(tomorrow), seats_held(tomorrow)) == (0, 0)
    told = db.session.scalars(
        sa.select(Notice.recipient).where(
            Notice.kind == "slot_cancelled", Notice.subject.startswith("waiting:")
        )
    )
    assert set(told) == {lev.recipient, ada.recipient}


def test_a_time_the_business_took_back_goes_to_nobody(do, line_of_two, tomorrow):
    booking, lev, _ada = line_of_two

    do(change_rules.cancel, booking, Side.PROVIDER)
    do(line.keep)
    with writing():
        keep_slots(tomorrow.offer, NOW)

    assert (tomorrow.closed, taken(tomorrow)) == (True, 0)
    assert line.find(tomorrow.id, lev.id) is None


def test_nobody_waits_for_what_is_free_or_what_they_could_not_take(
    book, wait, nina, lev, haircut, tomorrow
):
    with pytest.raises(waiting_rules.StillFree):
        wait(lev, tomorrow)
    book(nina, tomorrow)
    with pytest.raises(rules.NotBooked):
        wait(nina, tomorrow)
    soon = new_slot(haircut, NOW + HOUR)
    with pytest.raises(rules.TooLate):
        wait(lev, soon)


def test_waiting_twice_is_waiting_once_and_five_lines_are_enough(book, wait, lev, haircut, now):
    slots = [new_slot(haircut, NOW + (8 * n + 1) * DAY) for n in range(6)]
    for slot in slots:
        book(new_member(), slot)
    first = wait(lev, slots[0])
    assert wait(lev, slots[0]).id == first.id
    for slot in slots[1:5]:
        wait(lev, slot)

    with pytest.raises(waiting_rules.EnoughLines):
        wait(lev, slots[5])


def test_whoever_is_erased_leaves_every_line(do, line_of_two, tomorrow):
    booking, lev, ada = line_of_two
    do(change_rules.cancel, booking, Side.MEMBER)
    do(line.keep, at=FREED)

    with writing():
        change_rules.free_all(lev.id, FREED)

    assert held(ada, tomorrow, FREED)
    assert (taken(tomorrow), seats_held(tomorrow)) == (1, 1)


def test_on_the_phone_wait_be_told_the_hour_and_take_it(online, stage, clock, app):
    nina, lev = online("nina"), online("lev")
    ticket = book_page(nina, stage).location
    slot = stage.slots[0]
    refused = book_page(lev, stage)
    assert f'action="/slots/{slot}/waiting-place"' in refused.text
    assert str(slot) in lev.get(f"/offers/{stage.offer}/waiting").text

    chosen = lev.post(f"/offers/{stage.offer}/waiting", {"slot": slot})
    assert chosen.location == "/bookings#waiting"
    assert "you are in line" in lev.get("/bookings").text
    nina.post(ticket + "/cancellation")
    clock.turn(minutes=11)
    with app.app_context(), writing():
        line.keep(clock.now)

    page = lev.get("/bookings").text
    assert "A place is free for you" in page
    assert "until 10:41" in page
    assert "until 10:41" in lev.get(f"/offers/{stage.offer}").text
    assert lev.post(f"/slots/{slot}/booking").status_code == 303
    assert "you are in line" not in lev.get("/bookings").text
