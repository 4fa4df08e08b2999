"""Hours of a week, breaks, and days that differ."""

from datetime import date

import pytest
from flask import Flask

from app.db import db, writing
from app.offers import schedule_rules as hours
from app.offers.schedule_rules import NoHours, Window
from tests.offers.stage import MONDAY, a_business, an_offer

TUESDAY, FRIDAY = date(2026, 11, 24), date(2026, 11, 27)


def spans(offer: object, first: date, last: date) -> list[tuple[date, tuple[int, int]]]:
    return list(hours.open_spans(offer, first, last))  # type: ignore[arg-type]


def test_windows_that_touch_are_one_window(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business(), [Window(0, 660, 720), Window(0, 600, 660)])
        assert hours.week_of(offer) == [Window(0, 600, 720)]


def test_several_windows_a_day_have_breaks_between_them(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business(), [Window(3, 600, 840), Window(3, 1020, 1140)])
        assert hours.breaks_of(offer) == [Window(3, 840, 1020)]


def test_a_break_is_cut_out_and_filled_again(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business(), [Window(0, 600, 840), Window(1, 600, 840)])
        hours.add_break(offer, (720, 750), today=MONDAY)
        assert hours.breaks_of(offer) == [Window(0, 720, 750), Window(1, 720, 750)]
        hours.fill_break(offer, Window(1, 720, 750), today=MONDAY)
        assert hours.week_of(offer) == [
            Window(0, 600, 720),
            Window(0, 750, 840),
            Window(1, 600, 840),
        ]


def test_a_break_that_leaves_nothing_is_refused(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business(), [Window(0, 600, 660)])
        with pytest.raises(NoHours):
            hours.add_break(offer, (540, 720), today=MONDAY)


def test_a_week_without_hours_is_refused(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        with pytest.raises(NoHours):
            hours.set_week(offer, [], today=MONDAY)


def test_hours_hold_from_their_first_day_to_their_last(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        hours.set_week(offer, [Window(d, 600, 660) for d in range(7)], today=TUESDAY, until=FRIDAY)
        days = [day for day, _ in spans(offer, MONDAY, date(2026, 12, 20))]
        assert (days[0], days[-1], len(days)) == (TUESDAY, FRIDAY, 4)


def test_one_day_can_have_other_hours_or_none(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        hours.differ(offer, TUESDAY, [(480, 540)])
        hours.differ(offer, FRIDAY, [])
        seen = dict(spans(offer, MONDAY, FRIDAY))
        assert seen[TUESDAY] == (480, 540)
        assert FRIDAY not in seen
        hours.as_usual(offer, FRIDAY)
        assert dict(spans(offer, FRIDAY, FRIDAY)) == {FRIDAY: (600, 840)}


def test_a_day_off_in_the_week_can_be_opened_once(context: Flask) -> None:
    saturday = date(2026, 11, 28)
    with writing():
        offer = an_offer(a_business())
        hours.differ(offer, saturday, [(600, 720)])
        assert dict(spans(offer, saturday, date(2026, 12, 5))).get(saturday) == (600, 720)
        assert len([d for d, _ in spans(offer, saturday, date(2026, 12, 5)) if d == saturday]) == 1


def test_a_closed_day_closes_every_offer_of_the_business_and_of_nobody_else(context: Flask) -> None:
    with writing():
        ours, theirs = a_business(), a_business()
        first, second, other = an_offer(ours), an_offer(ours), an_offer(theirs)
        hours.close_day(ours.id, TUESDAY)
        hours.close_day(ours.id, TUESDAY)
        assert spans(first, TUESDAY, TUESDAY) == spans(second, TUESDAY, TUESDAY) == []
        assert spans(other, TUESDAY, TUESDAY) != []
        hours.open_day(ours.id, TUESDAY)
        assert spans(first, TUESDAY, TUESDAY) != []


@pytest.mark.parametrize(
    ("country", "day"),
    [("PL", date(2026, 12, 25)), ("LT", date(2026, 12, 24)), ("DE", date(2026, 12, 26))],
)
def test_public_holidays_of_the_country_are_suggested(country: str, day: date) -> None:
    assert day in dict(hours.public_holidays(country, MONDAY, 45, "en"))


def test_a_country_nobody_has_heard_of_has_no_holidays() -> None:
    assert hours.public_holidays("ZZ", MONDAY, 45, "en") == []


def test_schedules_are_written_as_rows(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        number = offer.id
    db.session.remove()
    again = db.session.get(type(offer), number)
    assert again is not None
    assert len(again.schedule) == 5
