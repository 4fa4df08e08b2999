"""A week as a form shows it: one field an hour. Breaks inside an hour survive the form, which cannot show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from babel.dates import get_day_names
from babel.numbers import format_decimal

from app.i18n import _, _l, language, ngettext
from app.offers import schedule_rules
from app.offers.models import Kind, Offer
from app.offers.schedule_rules import Span, Window, breaks_of, week_of
from app.offers.schemas import DAYS
from app.offers.slot_rules import raster

FIRST, LAST = 9, 20  # the hours shown when nothing lies outside them
Cells = set[tuple[int, int]]


def _cells(days: Iterable[int], hours: range) -> Cells:
    return {(day, hour) for day in days for hour in hours}


PRESETS: dict[str, tuple[Any, Cells]] = {
    "weekdays": (_l("Mon–Fri 10–14"), _cells(range(5), range(10, 14))),
    "evenings": (_l("Evenings"), _cells(range(5), range(17, 20))),
    "saturday": (_l("Saturday"), _cells([5], range(10, 14))),
    "clear": (_l("Clear"), set()),
}


def cells_of(windows: Iterable[Window]) -> Cells:
    """The hours a window touches."""
    return {(w.byday, hour) for w in windows for hour in range(w.opens // 60, -(-w.closes // 60))}


def windows_of(cells: Cells, offer: Offer) -> list[Window]:
    """The ticked hours as windows. An hour that was partly open stays so: the form cannot show half hours."""
    week = week_of(offer)
    return [
        Window(day, *span)
        for day, hour in sorted(cells)
        for span in _within(week, day, hour * 60) or [(hour * 60, hour * 60 + 60)]
    ]


def _within(week: list[Window], day: int, minute: int) -> list[Span]:
    """What is open already in the hour that begins at `minute`."""
    cut = [(max(w.opens, minute), min(w.closes, minute + 60)) for w in week if w.byday == day]
    return [(opens, closes) for opens, closes in cut if opens < closes]


def with_preset(cells: Cells, preset: str) -> Cells:
    """A preset adds its hours to those ticked; "clear" takes all away."""
    added = PRESETS[preset][1] if preset in PRESETS else cells
    return cells | added if added else set()


def sketch(offer: Offer, cells: Cells, today: date) -> Offer:
    """The offer as it would be with these hours: a copy to look at, never to be stored."""
    names = ("kind", "minutes", "gap_minutes", "seats")
    copy = Offer(**{name: getattr(offer, name) for name in names})
    schedule_rules.sketch(copy, windows_of(cells, offer), today=today)
    return copy


def breaks_by_span(offer: Offer) -> dict[Span, list[int]]:
    """The breaks, each with the days that have it."""
    found: dict[Span, list[int]] = defaultdict(list)
    for gap in breaks_of(offer):
        found[gap.opens, gap.closes].append(gap.byday)
    return dict(sorted(found.items()))


def breaks_said(offer: Offer) -> str:
    """12:30–13:00, 14:00–17:00; empty without breaks."""
    return ", ".join(f"{clock(a)}–{clock(b)}" for a, b in breaks_by_span(offer))


def values(cells: Cells) -> set[str]:
    """As the form names them: mon-9."""
    return {f"{DAYS[day]}-{hour}" for day, hour in cells}


def hours_shown(cells: Cells, *, every: bool = False) -> range:
    """From nine to eight in the evening, further where something is ticked; all from six on when asked."""
    if every:
        return range(6, 24) if not any(h < 6 for _d, h in cells) else range(24)
    hours = {hour for _day, hour in cells}
    return range(min({FIRST, *hours}), max({LAST - 1, *hours}) + 1)


def day_heads() -> list[tuple[str, str, str]]:
    """Key, short and full name of the seven days."""
    short = get_day_names("short", context="stand-alone", locale=language())
    full = get_day_names("wide", context="stand-alone", locale=language())
    return [(key, short[n].rstrip("."), full[n]) for n, key in enumerate(DAYS)]


def hours_said(offer: Offer) -> str:
    """'Mon–Fri 10:00–14:00, Thu 17:00–19:00'."""
    days: dict[Span, list[int]] = defaultdict(list)
    for window in week_of(offer):
        days[window.opens, window.closes].append(window.byday)
    said = [f"{days_said(on)} {clock(a)}–{clock(b)}" for (a, b), on in days.items()]
    text = ", ".join(said)
    return text[:1].upper() + text[1:]


def days_said(days: Iterable[int]) -> str:
    """'Mon–Fri, Sun': three days or more in a row as a stretch."""
    short = get_day_names("abbreviated", context="stand-alone", locale=language())
    runs: list[list[int]] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = [
        [f"{short[run[0]]}–{short[run[-1]]}"] if len(run) > 2 else [short[day] for day in run]
        for run in runs
    ]
    return ", ".join(word for part in parts for word in part)


def clock(minute: int) -> str:
    """750 is 12:30."""
    return f"{minute // 60}:{minute % 60:02}"


def sum_said(offer: Offer) -> str:
    """'22 hours, visits of 45 minutes: 27 places a week.'"""
    week = week_of(offer)
    minutes = sum(w.closes - w.opens for w in week)
    hours = ngettext("%(num)d hour", "%(num)d hours", minutes // 60)
    if minutes % 60:
        hours = _(
            "%(hours)s hours", hours=format_decimal(round(minutes / 60, 1), locale=language())
        )
    if offer.kind is Kind.GIFT:
        days = ngettext("%(num)d day", "%(num)d days", len({w.byday for w in week}))
        return _("%(days)s a week to pick it up, %(hours)s.", days=days, hours=hours)
    number = sum(len(raster(offer, (w.opens, w.closes))) for w in week) * offer.seats
    places = ngettext("%(num)d place a week", "%(num)d places a week", number)
    length = ngettext("%(num)d minute", "%(num)d minutes", offer.minutes)
    return _(
        "%(hours)s, each visit %(length)s: %(places)s.", hours=hours, length=length, places=places
    )


def odd_days(offer: Offer, today: date) -> dict[date, list[Span]]:
    """Coming days that differ, each with its hours; no hours is closed."""
    found: dict[date, list[Span]] = {}
    for odd in sorted(offer.exceptions, key=lambda odd: (odd.day, odd.opens or -1)):
        if odd.day >= today:
            found.setdefault(odd.day, [])
            if odd.opens is not None and odd.closes is not None:
                found[odd.day].append((odd.opens, odd.closes))
    return found
