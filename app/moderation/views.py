"""What the moderator's pages show, put into words: the list on the left, the card beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts.models import Moderator
from app.db import db
from app.i18n import _, clock_time, day_and_time, language, money, ngettext
from app.moderation import queue
from app.moderation.cards import Asked, Card
from app.moderation.checks import Check, checks
from app.moderation.differences import Difference, differences
from app.moderation.models import Decision, QueueClaim
from app.moderation.news import UNDO_LASTS
from app.moderation.reversal_rules import can_take_back
from app.offers.looks import CATEGORIES
from app.offers.models import Category, Offer
from app.offers.offer_rules import as_published, as_wished
from app.offers.places import cities
from app.offers.slot_rules import wanted_times
from app.offers.texts import Wanted


@dataclass(frozen=True)
class Line:
    """A card in the list."""

    card: Card
    picture: str
    tone: str
    what: str
    wait: str
    mine: bool
    current: bool


@dataclass(frozen=True)
class Queue:
    """The list, how many there are, and how long people usually wait ("" where nobody has yet)."""

    lines: list[Line]
    count: int
    median: str


@dataclass(frozen=True)
class Seen:
    """An offer as members will see it; `language` is that of its title."""

    title: str
    description: str
    language: str
    lines: list[str]
    picture: str
    tone: str
    when: str
    price: str


@dataclass(frozen=True)
class Shown:
    """One card with everything a moderator reads before deciding."""

    card: Card
    heading: str
    sub: str
    seen: Seen
    differences: list[Difference]
    checks: list[Check]
    mine: bool
    said_yes: bool
    place: str = ""


def house_zone() -> str:
    """Volunteers have no place of their own in the database: their clock is that of the first city."""
    return cities()[0].timezone


def queue_view(cards: list[Card], me: Moderator, *, now: datetime, chosen: str = "") -> Queue:
    """The list for this moderator; `chosen` is the subject of the open card."""
    median = queue.median_wait(now)
    return Queue(
        [_line(card, me, now, chosen) for card in cards],
        queue.count(me),
        waiting_words(median) if median is not None else "",
    )


@dataclass(frozen=True)
class Undo:
    """A yes of a moment ago, and until when (a time of day) it can be taken back."""

    decision: Decision
    until: str


def undo_view(me: Moderator, decision_id: int | None, *, now: datetime) -> Undo | None:
    """What this moderator may still take back."""
    decision = db.session.get(Decision, decision_id) if decision_id else None
    if decision is None or not can_take_back(decision, me, now=now):
        return None
    until = decision.at + UNDO_LASTS
    return Undo(decision, f"{clock_time(until, house_zone())}:{until:%S}")


def _line(card: Card, me: Moderator, now: datetime, chosen: str) -> Line:
    picture, tone = _drawing(card.offer)
    words = [waiting_words(now - card.since), _hands(card, me)]
    return Line(
        card=card,
        picture=picture,
        tone=tone,
        what=" · ".join(part for part in _what(card) if part),
        wait=", ".join(word for word in words if word),
        mine=card.claim is not None and card.claim.moderator_id == me.id,
        current=card.subject == chosen,
    )


def _drawing(offer: Offer | None) -> tuple[str, str]:
    if offer is None:
        return "store", "rye"
    look = CATEGORIES[Category(offer.category)]
    return look.picture, look.tone


def _what(card: Card) -> list[str]:
    if card.offer is None:
        return [_("new business, needs two")]
    news = {Asked.OFFER: _("new"), Asked.CHANGE: _("changed")}[card.asked]
    return [card.provider.name, _("%(news)s, needs two", news=news) if card.needs_two else news]


def _hands(card: Card, me: Moderator) -> str:
    """In whose hands the card is, or who has said the first yes."""
    if card.claim is not None:
        return hands(card.claim, me)
    if card.first_yes is not None:
        return _("%(name)s said yes", name=card.first_yes.moderator.name)
    return _("pin is missing") if card.needs_pin else ""


def hands(claim: QueueClaim, me: Moderator) -> str:
    """Mine until when, or whose."""
    if claim.moderator_id == me.id:
        return _("yours until %(time)s", time=clock_time(claim.until, house_zone()))
    return _("%(name)s is looking", name=claim.moderator.name)


def waiting_words(wait: timedelta) -> str:
    """50 min, 2 h, 1 h 20 min, 3 days."""
    minutes = max(0, int(wait.total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return ngettext("%(num)d day", "%(num)d days", hours // 24)
    if hours and rest:
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)
    return _("%(hours)s h", hours=hours) if hours else _("%(minutes)s min", minutes=minutes)


def card_view(card: Card, me: Moderator, *, now: datetime, among: Sequence[Card] = ()) -> Shown:
    """The card for this moderator, in the language now being spoken; `among` is the list it stands in."""
    wanted = as_wished(card.offer) if card.offer else None
    return Shown(
        card=card,
        heading=_heading(card),
        sub=_sub(card, me, now),
        seen=_seen_offer(card.offer, wanted, now)
        if card.offer and wanted
        else _seen_business(card),
        differences=differences(as_published(card.offer), wanted) if card.offer and wanted else [],
        checks=checks(card, wanted),
        mine=card.claim is not None and card.claim.moderator_id == me.id,
        said_yes=card.first_yes is not None and card.first_yes.moderator_id == me.id,
        place=_place_among(card, among),
    )


def _place_among(card: Card, cards: Sequence[Card]) -> str:
    """'1 of 4'; nothing beyond the list that is shown."""
    subjects = [one.subject for one in cards]
    if card.subject not in subjects:
        return ""
    return _("%(number)s of %(all)s", number=subjects.index(card.subject) + 1, all=len(subjects))


def _heading(card: Card) -> str:
    return {
        Asked.BUSINESS: _("New business"),
        Asked.OFFER: _("New offer"),
        Asked.CHANGE: _("Changed offer"),
    }[card.asked]


def _sub(card: Card, me: Moderator, now: datetime) -> str:
    waits = _("waiting %(time)s", time=waiting_words(now - card.since))
    return " · ".join(part for part in (waits, _hands(card, me)) if part)


def _seen_business(card: Card) -> Seen:
    places = card.provider.locations
    lines = [f"{place.address}, {place.city}" for place in places if place.address]
    return Seen(
        title=card.provider.name,
        description=card.provider.about,
        language=card.provider.account.language if card.provider.account else "",
        lines=lines or [_("No address yet")],
        picture="store",
        tone="rye",
        when="",
        price="",
    )


def _seen_offer(offer: Offer, wanted: Wanted, now: datetime) -> Seen:
    texts = sorted(wanted["texts"], key=lambda words: words["language"] != language())
    words = texts[0] if texts else None
    look = CATEGORIES[Category[wanted["category"].upper()]]
    place = offer.location
    return Seen(
        title=words["title"] if words else "",
        description=words["description"] if words else "",
        language=words["language"] if words else "",
        lines=[offer.provider.name, *([f"{place.address}, {place.city}"] if place else [])],
        picture=look.picture,
        tone=look.tone,
        when=_first_free(offer, now),
        price=money(wanted["price_minor"], wanted["currency"]),
    )


def _first_free(offer: Offer, now: datetime) -> str:
    if offer.information_only or offer.location is None:
        return _("Information only") if offer.information_only else ""
    times = wanted_times(offer, now + timedelta(minutes=offer.lead_minutes))
    return day_and_time(times[0][0], offer.location.timezone, now) if times else ""
