"""How offers, times and bookings are said on a page: words in the reader's language, times in the place's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.accounts.aliases import say_alias
from app.bookings import times
from app.bookings.models import Booking
from app.bookings.times import Day
from app.i18n import (
    _,
    clock_time,
    day_and_time,
    day_word,
    language,
    long_date,
    money,
    ngettext,
    short_date,
)
from app.offers.looks import Look, facts_said, languages_said, look_of
from app.offers.models import Fact, Kind, Offer, Slot
from app.offers.texts import Text, text_for


@dataclass(frozen=True)
class Shown:
    """An offer as a reader sees it."""

    offer: Offer
    text: Text
    look: Look
    zone: str

    @property
    def price(self) -> str:
        """'Free', '5 zł'."""
        return money(self.offer.price_minor, self.offer.currency)

    @property
    def lasts(self) -> str:
        """'45 minutes'; nothing for a thing to pick up."""
        if self.offer.kind is Kind.GIFT:
            return ""
        return ngettext("%(num)d minute", "%(num)d minutes", self.offer.minutes)

    @property
    def languages(self) -> str:
        """'In Belarusian, in Polish'."""
        return languages_said(self.offer.languages)

    @property
    def comforts(self) -> str:
        """What else is good to know: a step at the door, documents, who receives."""
        return ". ".join(facts_said(self.offer.facts, but=Fact.BRING_SOMEONE))

    @property
    def may_bring_someone(self) -> bool:
        """True where one need not come alone."""
        return bool(self.offer.facts & Fact.BRING_SOMEONE)


def shown(offer: Offer) -> Shown:
    """The offer in the language now being spoken."""
    return Shown(offer, text_for(offer, language()), look_of(offer.category), times.zone_of(offer))


@dataclass(frozen=True)
class ShownDay:
    """A day of a form: 'Tomorrow', 'Monday, 23 November', and its times as (value, '16:30')."""

    word: str
    note: str
    times: list[tuple[str, str]]


def shown_day(day: Day, zone: str, now: datetime, gone: Slot | None = None) -> ShownDay:
    """A day's times; `gone` is one that has just been taken, shown where it was."""
    slots = sorted(
        {s.id: s for s in (*day.slots, *([gone] if gone else []))}.values(), key=_by_time
    )
    starts = slots[0].starts_at
    gone_id = gone.id if gone else None
    told = [("" if s.id == gone_id else str(s.id), span(s, zone)) for s in slots]
    return ShownDay(*_day_said(starts, zone, now), told)


def _day_said(moment: datetime, zone: str, now: datetime) -> tuple[str, str]:
    """'Tomorrow' and 'Monday, 23 November'; 'Tuesday' and '24 November', however far."""
    word, date = day_word(moment, zone, now), short_date(times.day_in(moment, zone))
    whole = long_date(moment, zone)
    if word in {_("Today"), _("Tomorrow")}:
        return word, whole
    return whole[:1].upper() + whole[1:].partition(",")[0], date


@dataclass(frozen=True)
class DayLink:
    """A day of a business: 'Tuesday', '24 November', 'Tuesday, 24 November', '2026-11-24'."""

    word: str
    note: str
    date: str
    iso: str


def day_link(day: date, zone: str, now: datetime) -> DayLink:
    """How this day is called in the zone of the place."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    return DayLink(*_day_said(noon, zone, now), long_date(noon, zone), day.isoformat())


def _by_time(slot: Slot) -> datetime:
    return slot.starts_at


def span(slot: Slot | Booking, zone: str) -> str:
    """16:30; for a thing to pick up 10:00–18:00."""
    kind = slot.kind if isinstance(slot, Booking) else slot.offer.kind
    begins = clock_time(slot.starts_at, zone)
    return f"{begins}–{clock_time(slot.ends_at, zone)}" if kind is Kind.GIFT else begins


def shown_days(
    slots: list[Slot], zone: str, now: datetime, most: int, gone: Slot | None = None
) -> tuple[list[ShownDay], bool]:
    """The first `most` days, and whether others follow. The day of `gone` stays among them."""
    days = times.by_day(slots, zone)
    gone_on = times.day_in(gone.starts_at, zone) if gone else None
    if gone is not None and gone_on is not None and gone_on not in {d.day for d in days}:
        days = sorted([*days, Day(gone_on, (gone,))], key=lambda d: d.day)
    told = [shown_day(d, zone, now, gone if d.day == gone_on else None) for d in days[:most]]
    return told, len(days) > most


@dataclass(frozen=True)
class Visit:
    """A booking as its member sees it."""

    booking: Booking
    offer: Shown
    now: datetime

    @property
    def when(self) -> str:
        """'Tomorrow, 16:30'."""
        zone = self.offer.zone
        day = day_word(self.booking.starts_at, zone, self.now)
        return f"{day}, {span(self.booking, zone)}"

    @property
    def on(self) -> str:
        """'Monday, 23 November'."""
        return long_date(self.booking.starts_at, self.offer.zone)

    @property
    def code(self) -> Markup:
        """482 915, never broken over two lines."""
        return Markup("{}\u00a0{}").format(self.booking.code[:3], self.booking.code[3:])

    @property
    def kept_until(self) -> str:
        """'16:40', while a cancellation can be taken back; else nothing."""
        until = self.booking.release_at
        if until is None or until <= self.now:
            return ""
        return clock_time(until, self.offer.zone)

    @property
    def answer_by(self) -> str:
        """'Tomorrow, 15:30': the last moment for a yes or no."""
        return day_and_time(times.answer_by(self.booking), self.offer.zone, self.now)

    @property
    def alias(self) -> str:
        """'Ліпа Рэчка', as the reader's language writes it."""
        return say_alias(self.booking.alias, language())

    @property
    def at(self) -> str:
        """'16:30'."""
        return span(self.booking, self.offer.zone)

    @property
    def over(self) -> bool:
        """The time of the visit is past."""
        return self.booking.ends_at <= self.now


def visit(booking: Booking, now: datetime) -> Visit:
    """The booking in the language now being spoken."""
    return Visit(booking, shown(booking.offer), now)


@dataclass(frozen=True)
class Choice:
    """Another time to go to: 'Tuesday, 9:15', '24 November, Studio Lipa'."""

    slot: Slot
    when: str
    where: str


def choices(slots: list[Slot], now: datetime) -> list[Choice]:
    """Times of any offers, each with its place."""
    told = []
    for slot in slots:
        zone = times.zone_of(slot.offer)
        date = short_date(times.day_in(slot.starts_at, zone))
        told.append(
            Choice(
                slot, day_and_time(slot.starts_at, zone, now), f"{date}, {slot.offer.provider.name}"
            )
        )
    return told


def keep_until(booking: Booking) -> datetime:
    """Readable on the phone without a connection until a day after the visit (safety.md T7)."""
    return booking.ends_at + timedelta(hours=24)
