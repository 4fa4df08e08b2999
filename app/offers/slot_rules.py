"""From hours to bookable times: UTC rows, 28 days ahead, wall-clock hours kept through every change of the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.db import db
from app.errors import Refusal
from app.i18n import _l
from app.offers import nearby
from app.offers.models import Kind, Offer, ScheduleException, Slot, State
from app.offers.nearby import mark_days
from app.offers.schedule_rules import DAY, Span, open_spans

HORIZON_DAYS = 28
PICK_UP_DAYS = 3
BATCH = 20
TEN_O_CLOCK = 600
Time = tuple[datetime, datetime]


def zone_of(offer: Offer) -> ZoneInfo:
    """The zone of the place; an offer without a place has no times, and any zone will do."""
    return ZoneInfo(offer.location.timezone if offer.location else "UTC")


def open_times(offer: Offer, now: datetime) -> list[Time]:
    """The open stretches from today to the horizon, in UTC."""
    zone = zone_of(offer)
    today = now.astimezone(zone).date()
    spans = open_spans(offer, today, _horizon(offer, today))
    return [time for day, span in spans if (time := _in_utc(day, span, zone))]


def wanted_times(offer: Offer, now: datetime) -> list[Time]:
    """Every time the hours call for that begins after `now`: for a gift the whole stretch of a day."""
    zone = zone_of(offer)
    today = now.astimezone(zone).date()
    spans = list(open_spans(offer, today, _horizon(offer, today)))
    if offer.kind is Kind.GIFT:
        times = list(_days_long(spans, zone))
    else:
        times = [t for day, span in spans for t in _visits(offer, day, span, zone)]
    return [t for t in _one_after_another(times, offer.gap_minutes) if t[0] > now]


def _horizon(offer: Offer, today: date) -> date:
    """The last day that can be booked: 28 days ahead, or nearer where the business wishes so."""
    return today + timedelta(days=min(offer.horizon_days or HORIZON_DAYS, HORIZON_DAYS))


def raster(offer: Offer, span: Span) -> range:
    """The minutes of the day at which visits begin inside an open stretch."""
    return range(span[0], span[1] - offer.minutes + 1, offer.minutes + offer.gap_minutes)


def _visits(offer: Offer, day: date, span: Span, zone: ZoneInfo) -> Iterator[Time]:
    for minute in raster(offer, span):
        starts = _moment(day, minute, zone)
        if starts:
            yield starts, starts + timedelta(minutes=offer.minutes)


def _days_long(spans: list[tuple[date, Span]], zone: ZoneInfo) -> Iterator[Time]:
    days: dict[date, Span] = {}
    for day, (opens, closes) in spans:
        days[day] = (days.get(day, (opens, closes))[0], closes)
    for day, span in days.items():
        time = _in_utc(day, span, zone)
        if time:
            yield time


def _one_after_another(times: list[Time], gap_minutes: int) -> Iterator[Time]:
    """Times that do not overlap: on the night of the clock change the wall clock alone cannot promise it."""
    free_from: datetime | None = None
    for starts, ends in sorted(times):
        if free_from is None or starts >= free_from:
            free_from = ends + timedelta(minutes=gap_minutes)
            yield starts, ends


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime | None:
    """A wall-clock minute in UTC. None for one the clock skips in spring; the first of two in autumn."""
    wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)
    moment = wall.astimezone(UTC)
    there = moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)
    return moment if there else None


def _in_utc(day: date, span: Span, zone: ZoneInfo) -> Time | None:
    """A stretch in UTC; an end that falls into the skipped hour moves on with the clock."""
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    opens, closes = ((start + timedelta(minutes=m)).astimezone(UTC) for m in span)
    return (opens, closes) if opens < closes else None


def keep_slots(offer: Offer, now: datetime) -> list[Slot]:
    """Write the times of the coming 28 days; answers with the conflicts. Call it inside `writing()`.

    Adds what is missing and closes what the hours no longer have. A time with a booking keeps its place and
    length; where the hours no longer cover it, it is one of the conflicts. Doing it twice changes nothing.
    """
    # Two writers on one offer would both add the same time.
    db.session.execute(
        sa.select(Offer.id).where(Offer.id == offer.id).with_for_update(key_share=True)
    )
    db.session.flush()
    there = _coming(offer, now, lock=True)
    taken = [slot for slot in there if slot.seats_taken]
    wanted = {} if offer.information_only else dict(wanted_times(offer, now))
    if offer.kind is not Kind.GIFT:
        wanted = {t[0]: t[1] for t in wanted.items() if not _in_the_way(t, taken)}
    for slot in there:
        _settle(slot, wanted.pop(slot.starts_at, None), offer)
    rows = [
        {"offer_id": offer.id, "starts_at": a, "ends_at": b, "seats": offer.seats}
        for a, b in wanted.items()
    ]
    if rows:
        db.session.execute(sa.insert(Slot), rows)
        mark_days(offer.id, wanted)
    if offer.kind is Kind.GIFT:
        _deal_gifts(offer, now)
    offer.slots_kept_on = now.date()
    db.session.flush()
    nearby.settle_days(offer.id, now)
    return conflicts(offer, now)


def _coming(offer: Offer, now: datetime, *, lock: bool = False) -> list[Slot]:
    wish = sa.select(Slot).where(Slot.offer_id == offer.id, Slot.starts_at > now)
    wish = wish.order_by(Slot.starts_at)
    return list(db.session.scalars(wish.with_for_update() if lock else wish))


def _in_the_way(time: Time, taken: list[Slot]) -> bool:
    """A new time may not lie over somebody's visit; the visit's own time is no hindrance to itself."""
    return any(
        slot.starts_at != time[0] and slot.starts_at < time[1] and time[0] < slot.ends_at
        for slot in taken
    )


def _settle(slot: Slot, ends: datetime | None, offer: Offer) -> None:
    slot.closed = slot.withdrawn or ends is None
    if ends is not None and not slot.seats_taken:
        slot.ends_at = ends
    if ends is not None and offer.kind is not Kind.GIFT:
        slot.seats = max(offer.seats, slot.seats_taken)


def _deal_gifts(offer: Offer, now: datetime) -> None:
    """Lay the pieces that are left out over the next pick-up days; all open days together never hold more.

    What was picked up on days gone by leaves the quantity (`offer.seats`) once: such a day is then closed.
    """
    gone = sa.select(Slot).where(
        Slot.offer_id == offer.id, Slot.starts_at <= now, Slot.closed.is_(False)
    )
    for slot in db.session.scalars(gone.with_for_update()):
        offer.seats = max(0, offer.seats - slot.seats_taken)
        slot.closed = True
    coming = _coming(offer, now)
    left = max(0, offer.seats - sum(slot.seats_taken for slot in coming))
    days = [slot for slot in coming if not slot.closed]
    for number, slot in enumerate(days):
        share = _share(left, number, min(PICK_UP_DAYS, len(days)))
        slot.seats = slot.seats_taken + share
        slot.closed = share == 0


def _share(pieces: int, number: int, days: int) -> int:
    return (pieces + days - 1 - number) // days if number < days else 0


def conflicts(offer: Offer, now: datetime) -> list[Slot]:
    """Coming times that somebody has booked and the hours no longer cover; the business settles them."""
    hours = open_times(offer, now)
    return [
        slot
        for slot in _coming(offer, now)
        if slot.seats_taken
        and not slot.kept
        and not any(a <= slot.starts_at and slot.ends_at <= b for a, b in hours)
    ]


class DayIsFull(Refusal):
    """The places asked for would run past midnight."""

    type = "day-is-full"
    sentence = _l("So many places do not fit into this day any more.")
    kept = _l("Nothing was changed.")


def add_places(offer: Offer, day: date, number: int, *, now: datetime) -> None:
    """So many visits more on that day, after its last one. Refused: `DayIsFull`."""
    spans = [span for _day, span in open_spans(offer, day, day)]
    opens = spans[-1][1] if spans else TEN_O_CLOCK
    closes = opens + number * (offer.minutes + offer.gap_minutes)
    if closes > DAY:
        raise DayIsFull()
    offer.exceptions.append(ScheduleException(day=day, opens=opens, closes=closes))
    if offer.state in (State.APPROVED, State.PAUSED):
        keep_slots(offer, now)


def first_time(offer: Offer, now: datetime) -> datetime | None:
    """The first time the hours would give (UTC), heeding the notice the business asks for."""
    soonest = now + timedelta(minutes=offer.lead_minutes)
    return next((t[0] for t in wanted_times(offer, now) if t[0] >= soonest), None)


def keep_all_slots(now: datetime) -> int:
    """Keep the times of some offers not yet done today; how many. Call again, each in its own `writing()`, until 0."""
    wish = (
        sa.select(Offer)
        .where(
            Offer.state.in_((State.APPROVED, State.PAUSED)),
            Offer.information_only.is_(False),
            sa.or_(Offer.slots_kept_on.is_(None), Offer.slots_kept_on < now.date()),
        )
        .order_by(Offer.id)
        .limit(BATCH)
    )
    offers = list(db.session.scalars(wish.with_for_update(skip_locked=True, key_share=True)))
    for offer in offers:
        keep_slots(offer, now)
    return len(offers)
