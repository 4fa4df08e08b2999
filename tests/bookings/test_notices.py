"""Who is told what, in the deed's own transaction."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.bookings import change_rules, day_rules, rules
from app.bookings.models import Side
from app.db import db, writing
from app.notifications.models import Notice, Planned, PlannedState
from app.offers.models import Category
from tests.bookings.cast import DAY, HOUR, NOW, new_offer, new_slot

MINUTE = timedelta(minutes=1)


@pytest.fixture
def told(context):
    """`told(nina)`: what was written for somebody and still stands, with the moment it is due."""

    def of(who):
        stands = Planned.state != PlannedState.CALLED_OFF
        wish = sa.select(Notice.kind, Planned.due_at).join(Notice.planned).where(stands)
        rows = db.session.execute(wish.where(Notice.recipient == who.recipient))
        return {kind: due_at - NOW for kind, due_at in rows}

    return of


@pytest.fixture
def do(now):
    def deed(rule, *what, at=None):
        with writing():
            return rule(*what, at or now)

    return deed


@pytest.fixture
def visit(book, nina, haircut):
    """Thursday at noon in Warsaw."""
    return book(nina, new_slot(haircut, NOW + 3 * DAY + 2 * HOUR))


def test_both_sides_hear_of_a_booking_and_reminders_are_planned(visit, told, nina, studio):
    assert told(nina) == {
        "booking_confirmed": 0 * DAY,
        "reminder_day": 2 * DAY + 2 * HOUR,
        "reminder_soon": 3 * DAY,
    }
    assert told(studio.account) == {"booking_new": 0 * DAY}


def test_a_business_that_wants_to_be_asked_is_asked(book, do, told, nina, studio):
    talk = new_offer(studio, "Talk", Category.PSYCHOLOGIST, ask_first=True)
    booking = book(nina, new_slot(talk, NOW + 3 * DAY))

    assert set(told(studio.account)) == {"booking_pending", "booking_waits"}
    assert told(nina) == {}

    do(day_rules.confirm, booking)
    assert set(told(nina)) == {"booking_confirmed", "reminder_day", "reminder_soon"}


def test_a_no_reaches_the_member(book, do, told, nina, studio):
    talk = new_offer(studio, "Talk", Category.PSYCHOLOGIST, ask_first=True)
    booking = book(nina, new_slot(talk, NOW + 3 * DAY))

    do(day_rules.decline, booking, at=NOW + HOUR)

    assert told(nina) == {"booking_declined": HOUR}


def test_the_business_hears_of_a_cancellation_once_the_undo_is_over(visit, do, told, nina, studio):
    do(change_rules.cancel, visit, Side.MEMBER)

    assert set(told(nina)) == {"booking_confirmed"}
    assert told(studio.account)["booking_cancelled"] == 10 * MINUTE


def test_an_undo_tells_the_business_nothing_and_reminds_again(visit, do, told, nina, studio):
    do(change_rules.cancel, visit, Side.MEMBER)
    do(change_rules.undo, visit, at=NOW + MINUTE)

    assert set(told(studio.account)) == {"booking_new"}
    assert told(nina)["reminder_soon"] == 3 * DAY


def test_a_move_plans_new_reminders_and_tells_the_business(visit, do, told, nina, studio, haircut):
    later = new_slot(haircut, visit.starts_at + DAY)

    with writing():
        change_rules.move(visit, later.id, NOW)

    assert told(nina)["reminder_soon"] == 4 * DAY
    assert set(told(studio.account)) == {"booking_new", "booking_changed"}


def test_closing_a_day_reaches_everybody_who_was_coming(visit, do, told, nina, studio):
    do(day_rules.close_day, studio, date(2026, 11, 26))

    assert set(told(nina)) == {"booking_confirmed", "slot_cancelled"}


def test_a_refused_booking_tells_nobody(visit, book, told, lev):
    with pytest.raises(rules.SlotTaken):
        book(lev, visit.slot)

    assert told(lev) == {}


def test_texts_are_in_the_language_of_whoever_reads(visit, nina, studio):
    kept = {
        n.recipient: n
        for n in db.session.query(Notice).filter_by(subject=f"booking:{visit.public_id}")
    }

    assert kept[studio.account.recipient].language == "pl"
    assert kept[studio.account.recipient].values["alias"] == visit.alias
    assert "alias" not in kept[nina.recipient].values
    assert kept[nina.recipient].values["code"] == visit.code
