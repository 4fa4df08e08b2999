"""From hours to times: 28 days ahead, never twice, never over somebody's visit."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db, writing
from app.offers import schedule_rules as hours
from app.offers.models import Kind, Offer, Slot, State
from app.offers.schedule_rules import Window
from app.offers.slot_rules import keep_all_slots, keep_slots
from tests.offers.stage import MONDAY, a_business, an_offer

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # ten o'clock in Warsaw


def slots(offer: Offer, *, closed: bool = False) -> list[Slot]:
    wish = sa.select(Slot).where(Slot.offer_id == offer.id, Slot.closed.is_(closed))
    return list(db.session.scalars(wish.order_by(Slot.starts_at)))


def walls(offer: Offer, zone: str, day: date) -> list[str]:
    local = [s.starts_at.astimezone(ZoneInfo(zone)) for s in slots(offer)]
    return [f"{moment:%H:%M}" for moment in local if moment.date() == day]


def test_times_are_written_28_days_ahead(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        keep_slots(offer, NOW)
        assert walls(offer, "Europe/Warsaw", date(2026, 11, 24)) == [
            "10:00", "10:45", "11:30", "12:15", "13:00"
        ]  # fmt: skip
        assert slots(offer)[-1].starts_at.date() == date(2026, 12, 21)


def test_nothing_is_offered_that_has_already_begun(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        keep_slots(offer, NOW)
        assert walls(offer, "Europe/Warsaw", MONDAY) == ["10:45", "11:30", "12:15", "13:00"]


def test_a_gap_between_visits_is_kept(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business(), gap_minutes=15)
        keep_slots(offer, NOW)
        assert walls(offer, "Europe/Warsaw", date(2026, 11, 24)) == [
            "10:00",
            "11:00",
            "12:00",
            "13:00",
        ]


def test_doing_it_twice_changes_nothing(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        keep_slots(offer, NOW)
        before = [(s.id, s.starts_at, s.ends_at, s.seats) for s in slots(offer)]
        assert keep_slots(offer, NOW) == []
        assert [(s.id, s.starts_at, s.ends_at, s.seats) for s in slots(offer)] == before


def test_the_next_day_adds_the_next_day(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        keep_slots(offer, NOW)
        keep_slots(offer, NOW + timedelta(days=1))
        assert slots(offer)[-1].starts_at.date() == date(2026, 12, 22)


def test_changed_hours_close_free_times_and_keep_booked_ones(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        keep_slots(offer, NOW)
        booked = slots(offer)[4]
        booked.seats_taken = 1
        hours.set_week(offer, [Window(4, 600, 840)], today=MONDAY)
        assert keep_slots(offer, NOW) == [booked]
        assert booked.seats_taken == 1
        assert booked in slots(offer, closed=True)
        assert {s.starts_at.weekday() for s in slots(offer)} == {4}


def test_hours_that_come_back_open_the_same_times_again(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        keep_slots(offer, NOW)
        before = [s.id for s in slots(offer)]
        hours.set_week(offer, [Window(4, 600, 840)], today=MONDAY)
        keep_slots(offer, NOW)
        hours.set_week(offer, [Window(d, 600, 840) for d in range(5)], today=MONDAY)
        keep_slots(offer, NOW)
        assert [s.id for s in slots(offer)] == before


def test_a_longer_visit_never_lies_over_one_that_is_booked(context: Flask) -> None:
    tuesday = date(2026, 11, 24)
    with writing():
        offer = an_offer(a_business())
        keep_slots(offer, NOW)
        booked = slots(offer)[5]  # Tuesday, 10:45 to 11:30
        booked.seats_taken = 1
        offer.minutes = 60
        assert keep_slots(offer, NOW) == []  # still within the hours: no conflict
        assert walls(offer, "Europe/Warsaw", tuesday) == ["12:00", "13:00"]
        assert booked.ends_at - booked.starts_at == timedelta(minutes=45)


def test_a_closed_day_lists_what_is_booked_on_it(context: Flask) -> None:
    tuesday = date(2026, 11, 24)
    with writing():
        business = a_business()
        offer = an_offer(business)
        keep_slots(offer, NOW)
        booked = slots(offer)[4]
        booked.seats_taken = 1
        hours.close_day(business.id, tuesday)
        assert keep_slots(offer, NOW) == [booked]
        assert walls(offer, "Europe/Warsaw", tuesday) == []


@pytest.mark.parametrize("zone", ["Europe/Warsaw", "Europe/Vilnius"])
@pytest.mark.parametrize("sunday", [date(2027, 3, 28), date(2027, 10, 31)])
def test_the_clock_change_keeps_wall_clock_hours(context: Flask, zone: str, sunday: date) -> None:
    now = datetime(sunday.year, sunday.month, sunday.day, tzinfo=UTC) - timedelta(days=3)
    with writing():
        offer = an_offer(a_business(zone), [Window(d, 600, 720) for d in range(7)], minutes=60)
        keep_slots(offer, now)
        for day in (sunday - timedelta(days=1), sunday, sunday + timedelta(days=1)):
            assert walls(offer, zone, day) == ["10:00", "11:00"]


@pytest.mark.parametrize("zone", ["Europe/Warsaw", "Europe/Vilnius"])
@pytest.mark.parametrize("sunday", [date(2027, 3, 28), date(2027, 10, 31)])
@pytest.mark.parametrize("minutes", [30, 45, 60])
def test_a_night_of_the_clock_change_makes_no_time_twice_and_none_over_another(
    context: Flask, zone: str, sunday: date, minutes: int
) -> None:
    now = datetime(sunday.year, sunday.month, sunday.day, tzinfo=UTC) - timedelta(days=3)
    with writing():
        offer = an_offer(a_business(zone), [Window(6, 0, 420)], minutes=minutes)
        keep_slots(offer, now)
        night = [s for s in slots(offer) if abs(s.starts_at - now) < timedelta(days=4)]
        assert len({s.starts_at for s in night}) == len(night) > 4
        for one, following in pairwise(night):
            assert one.ends_at <= following.starts_at
        seen = walls(offer, zone, sunday)
        assert len(set(seen)) == len(seen)


def test_a_time_the_clock_skips_is_not_offered(context: Flask) -> None:
    now = datetime(2027, 3, 25, tzinfo=UTC)
    with writing():
        offer = an_offer(a_business(), [Window(6, 60, 300)], minutes=60)
        keep_slots(offer, now)
        assert walls(offer, "Europe/Warsaw", date(2027, 3, 28)) == ["01:00", "03:00", "04:00"]
        assert walls(offer, "Europe/Warsaw", date(2027, 4, 4)) == [
            "01:00",
            "02:00",
            "03:00",
            "04:00",
        ]


def test_a_session_has_all_its_seats_and_never_fewer_than_are_taken(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business(), kind=Kind.SESSION, seats=8)
        keep_slots(offer, NOW)
        slots(offer)[0].seats_taken = 5
        offer.seats = 3
        keep_slots(offer, NOW)
        assert [s.seats for s in slots(offer)][:2] == [5, 3]


def test_a_gift_is_one_long_time_a_day_and_all_days_hold_the_quantity(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business(), kind=Kind.GIFT, seats=7)
        keep_slots(offer, NOW)
        assert [s.seats for s in slots(offer)] == [3, 2, 2]
        first = slots(offer)[0]
        assert first.ends_at - first.starts_at == timedelta(hours=4)


def test_what_was_picked_up_leaves_the_quantity_once(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business(), kind=Kind.GIFT, seats=7)
        keep_slots(offer, NOW)
        slots(offer)[0].seats_taken = 2
        for _ in range(2):
            keep_slots(offer, NOW + timedelta(days=2))
        assert offer.seats == 5
        assert sum(s.seats for s in slots(offer)) == 5


def test_the_worker_keeps_every_offer_once_a_day(context: Flask) -> None:
    with writing():
        business = a_business()
        kept = [an_offer(business), an_offer(business, state=State.PAUSED)]
        left = [an_offer(business, state=State.DRAFT), an_offer(business, information_only=True)]
    with writing():
        assert keep_all_slots(NOW) == 2
    with writing():
        assert keep_all_slots(NOW) == 0
        assert keep_all_slots(NOW + timedelta(days=1)) == 2
        assert all(slots(offer) for offer in kept)
        assert not any(slots(offer) for offer in left)


def test_leap_day_and_the_turn_of_the_year_are_ordinary_days(context: Flask) -> None:
    daily = [Window(d, 600, 660) for d in range(7)]
    with writing():
        offer = an_offer(a_business(), daily, minutes=60)
        keep_slots(offer, datetime(2028, 2, 20, tzinfo=UTC))
        assert walls(offer, "Europe/Warsaw", date(2028, 2, 29)) == ["10:00"]
        keep_slots(offer, datetime(2028, 12, 20, tzinfo=UTC))
        assert walls(offer, "Europe/Warsaw", date(2029, 1, 1)) == ["10:00"]
