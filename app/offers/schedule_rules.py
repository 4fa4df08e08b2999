"""Hours of a week: windows, the gaps between them (breaks), and days that differ. Words of RFC 5545.

A window is local: minutes of the day as a clock on the wall of the place shows them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa
from dateutil import rrule

from app.db import db
from app.errors import Refusal
from app.i18n import _l
from app.offers.models import ClosedDay, Offer, Schedule, ScheduleException

DAY = 24 * 60
Span = tuple[int, int]  # minutes of a day: from, to


class NoHours(Refusal):
    """A week without a window has no times."""

    status = 422
    type = "no-hours"
    sentence = _l("No hours are marked yet.")
    what_now = _l("Mark at least one hour in which people can come.")


@dataclass(frozen=True, order=True)
class Window:
    """One stretch of a weekday (0 is Monday), in wall-clock minutes."""

    byday: int
    opens: int
    closes: int


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap made one."""
    made: list[Span] = []
    for opens, closes in sorted(spans):
        if made and opens <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], closes))
        else:
            made.append((opens, closes))
    return made


def without(spans: Iterable[Span], gap: Span) -> list[Span]:
    """The spans with `gap` cut out."""
    cut = []
    for opens, closes in spans:
        cut += [(opens, min(closes, gap[0])), (max(opens, gap[1]), closes)]
    return [(opens, closes) for opens, closes in cut if opens < closes]


def week_of(offer: Offer) -> list[Window]:
    """The windows of a usual week, in order, joined within a day."""
    days: dict[int, list[Span]] = defaultdict(list)
    for row in offer.schedule:
        days[row.byday].append((row.opens, row.closes))
    return [Window(d, *span) for d in sorted(days) for span in joined(days[d])]


def set_week(
    offer: Offer, windows: Iterable[Window], *, today: date, until: date | None = None
) -> None:
    """Put these windows in place of the old ones, valid from `today` on (until `until`, that day included).

    Refuses an empty week with `NoHours`. Times already booked stay: see `slot_rules.keep_slots`.
    """
    windows = list(windows)
    if not windows:
        raise NoHours()
    sketch(offer, windows, today=today, until=until)


def sketch(
    offer: Offer, windows: Iterable[Window], *, today: date, until: date | None = None
) -> None:
    """The same for a draft on its way: an empty week is kept too."""
    days: dict[int, list[Span]] = defaultdict(list)
    for window in windows:
        days[window.byday].append((window.opens, window.closes))
    since, last = validity(offer, today)
    offer.schedule = [
        Schedule(byday=day, opens=opens, closes=closes, dtstart=since or today, until=until or last)
        for day, spans in sorted(days.items())
        for opens, closes in joined(spans)
    ]


def validity(offer: Offer, today: date) -> tuple[date | None, date | None]:
    """From which day to come the week holds (None: already), and until which (None: without an end)."""
    first = offer.schedule[0] if offer.schedule else None
    since = first.dtstart if first and first.dtstart > today else None
    until = first.until if first and first.until and first.until >= today else None
    return since, until


def set_validity(offer: Offer, since: date | None, until: date | None, *, today: date) -> None:
    """The whole week holds from `since` (None: from today) until `until`, that day included (None: no end)."""
    for row in offer.schedule:
        row.dtstart, row.until = max(since or today, today), until


def breaks_of(offer: Offer) -> list[Window]:
    """The gaps between the windows of one day."""
    week = week_of(offer)
    return [Window(a.byday, a.closes, b.opens) for a, b in pairwise(week) if a.byday == b.byday]


def add_break(offer: Offer, gap: Span, *, today: date) -> None:
    """Cut a break out of every day of the week. Refuses with `NoHours` when nothing would be left."""
    week = [
        Window(w.byday, *rest)
        for w in week_of(offer)
        for rest in without([(w.opens, w.closes)], gap)
    ]
    set_week(offer, week, today=today, until=_until(offer))


def fill_break(offer: Offer, gap: Window, *, today: date) -> None:
    """Open a break again; only a gap that is there is filled."""
    if gap in breaks_of(offer):
        set_week(offer, [*week_of(offer), gap], today=today, until=_until(offer))


def _until(offer: Offer) -> date | None:
    return offer.schedule[0].until if offer.schedule else None


def open_spans(offer: Offer, first: date, last: date) -> Iterator[tuple[date, Span]]:
    """The open stretches of each day from `first` to `last` (both included), local, in order."""
    days: dict[date, list[Span]] = defaultdict(list)
    closed = _closed_days(offer, first, last)
    for row in offer.schedule:
        for day in _occurrences(row, first, last):
            days[day].append((row.opens, row.closes))
    for odd in sorted(offer.exceptions, key=lambda e: e.opens is not None):
        if odd.opens is None or odd.closes is None:
            days.pop(odd.day, None)
        elif first <= odd.day <= last:
            days[odd.day].append((odd.opens, odd.closes))
    for day in sorted(days):
        if day not in closed:
            yield from ((day, span) for span in joined(days[day]))


def _occurrences(row: Schedule, first: date, last: date) -> Iterator[date]:
    """FREQ=WEEKLY;BYDAY=…;UNTIL=… as dates (RFC 5545, 3.3.10)."""
    begin, end = max(row.dtstart, first), min(row.until or last, last)
    rule = rrule.rrule(
        rrule.WEEKLY, byweekday=row.byday, dtstart=_midnight(begin), until=_midnight(end)
    )
    return (moment.date() for moment in rule)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 (a wall clock has no zone)


def _closed_days(offer: Offer, first: date, last: date) -> set[date]:
    wish = sa.select(ClosedDay.day).where(
        ClosedDay.provider_id == offer.provider_id, ClosedDay.day.between(first, last)
    )
    return set(db.session.scalars(wish))


def differ(offer: Offer, day: date, spans: Iterable[Span]) -> None:
    """On this one day other hours than in a usual week; no spans at all means closed."""
    offer.exceptions = [odd for odd in offer.exceptions if odd.day != day] + [
        ScheduleException(day=day, opens=None, closes=None),
        *(ScheduleException(day=day, opens=a, closes=b) for a, b in joined(spans)),
    ]


def as_usual(offer: Offer, day: date) -> None:
    """Forget that this day differs."""
    offer.exceptions = [odd for odd in offer.exceptions if odd.day != day]


def close_day(provider_id: int, day: date) -> None:
    """The whole business receives nobody on that day; a second time changes nothing."""
    if db.session.get(ClosedDay, (provider_id, day)) is None:
        db.session.add(ClosedDay(provider_id=provider_id, day=day))
        db.session.flush()


def open_day(provider_id: int, day: date) -> None:
    """Take a closed day back."""
    closed = db.session.get(ClosedDay, (provider_id, day))
    if closed is not None:
        db.session.delete(closed)
        db.session.flush()


def public_holidays(country: str, first: date, days: int, language: str) -> list[tuple[date, str]]:
    """Public holidays of a country (ISO 3166, two letters) in the coming days, to suggest as closed days."""
    import holidays

    try:
        known = holidays.country_holidays(country, years=(first.year, first.year + 1))
    except NotImplementedError:
        return []
    spoken = next((s for s in known.supported_languages if s.startswith(language)), None)
    if spoken:
        known = holidays.country_holidays(
            country, years=(first.year, first.year + 1), language=spoken
        )
    last = first + timedelta(days=days)
    return sorted((day, name) for day, name in known.items() if first <= day <= last)
