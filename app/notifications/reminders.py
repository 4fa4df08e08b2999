"""When a reminder is due: a day and two hours before, never between 21:00 and 8:00 where the visit is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_FROM = time(21)
QUIET_UNTIL = time(8)
EVENING_BEFORE = time(20, 30)
EARLY = time(9)
BEFORE = {"reminder_day": timedelta(hours=24), "reminder_soon": timedelta(hours=2)}


def due_at(kind: str, starts_at: datetime, timezone: str) -> datetime:
    """When this reminder of a visit at `starts_at` (aware) is due.

    A moment in the night moves to 8:00, or, when the visit is then too close or over (it begins
    before 9:00), to 20:30 the evening before.
    """
    zone = ZoneInfo(timezone)
    wanted = (starts_at - BEFORE[kind]).astimezone(zone)
    if not is_quiet(wanted.time()):
        return wanted
    morning = _morning_after(wanted, zone)
    visit = starts_at.astimezone(zone)
    if (morning.date() == visit.date() and visit.time() < EARLY) or morning >= starts_at:
        return _evening_before(wanted, zone)
    return morning


def is_quiet(moment: time) -> bool:
    """True from 21:00 to 8:00, local time."""
    return moment >= QUIET_FROM or moment < QUIET_UNTIL


def day_of(moment: datetime, timezone: str) -> date:
    """The day a visit falls on, where it is."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def by_daylight(moment: datetime, timezone: str) -> datetime:
    """The moment itself, or the 8:00 after it where it falls into the quiet hours."""
    local = moment.astimezone(ZoneInfo(timezone))
    return next_morning(moment, timezone) if is_quiet(local.time()) else moment


def next_morning(now: datetime, timezone: str) -> datetime:
    """The next 8:00 in this zone: when a summary of the day before is read."""
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), QUIET_UNTIL, zone)
    if local < today:
        return today
    return datetime.combine(local.date() + timedelta(days=1), QUIET_UNTIL, zone)


def _morning_after(wanted: datetime, zone: ZoneInfo) -> datetime:
    days = 1 if wanted.time() >= QUIET_FROM else 0
    return datetime.combine(wanted.date() + timedelta(days=days), QUIET_UNTIL, zone)


def _evening_before(wanted: datetime, zone: ZoneInfo) -> datetime:
    days = 0 if wanted.time() >= QUIET_FROM else 1
    return datetime.combine(wanted.date() - timedelta(days=days), EVENING_BEFORE, zone)
