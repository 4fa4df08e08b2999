"""Days written out, for lists to choose from: a date field would speak the browser's language, not ours."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.i18n import language, short_date
from app.offers.models import Location, Offer


def today_at(place: Location | None, now: datetime) -> date:
    """The date at the place."""
    return now.astimezone(ZoneInfo(place.timezone if place else "UTC")).date()


def day_said(day: date) -> str:
    """Tuesday, 24 November."""
    weekday = format_date(day, "EEEE", locale=language())
    return f"{weekday[:1].upper()}{weekday[1:]}, {short_date(day)}"


def coming_days(first: date, number: int) -> list[tuple[str, str]]:
    """The days from `first` on, as an option's value and word."""
    days = (first + timedelta(days=n) for n in range(number))
    return [(day.isoformat(), day_said(day)) for day in days]


def days_in_short(days: list[date]) -> str:
    """24–26 December, 1 January: days in a row as a stretch."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + timedelta(days=1) and day.month == runs[-1][0].month:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_stretch(run) for run in runs)


def _stretch(run: list[date]) -> str:
    if len(run) == 1:
        return short_date(run[0])
    return short_date(run[-1]).replace(str(run[-1].day), f"{run[0].day}–{run[-1].day}", 1)


def zone_at(offer: Offer) -> str:
    """The zone of the offer's place, by name."""
    return offer.location.timezone if offer.location else "UTC"
