"""An offer's life: draft, sent, published, changed, paused. Times follow the hours (`slot_rules`)."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from app.db import db
from app.errors import Refusal
from app.i18n import _l
from app.offers.models import Category, Kind, Offer, OfferChange, Provider, State
from app.offers.nearby import locate
from app.offers.search import remember
from app.offers.slot_rules import keep_slots
from app.offers.texts import Wanted, as_wanted, fill

LIVE = (State.APPROVED, State.PAUSED, State.HIDDEN)
UNSENT = (State.DRAFT, State.DENIED)


class NotNow(Refusal):
    """A step that the offer's state does not have."""

    type = "not-now"
    sentence = _l("This is not possible with this offer now.")
    kept = _l("Nothing was changed.")


class Unfinished(Refusal):
    """Sent before everything was said; `more["missing"]` names the steps."""

    status = 422
    type = "unfinished"
    sentence = _l("Something is still missing in this offer.")
    kept = _l("Your draft is kept.")


class BusinessUnknown(Refusal):
    """Published while the business behind it is not approved."""

    type = "business-first"
    sentence = _l("The business behind this offer is not approved yet.")
    kept = _l("Nothing was changed.")


class Standing(enum.StrEnum):
    """What the business is told about its offer."""

    VISIBLE = "visible"
    CHECKING = "checking"
    TO_FIX = "to_fix"
    PAUSED = "paused"
    DRAFT = "draft"
    DECLINED = "declined"
    HIDDEN = "hidden"


def standing(offer: Offer) -> Standing:
    """Derived: state, and whether a reviewer's words wait for an answer."""
    if (offer.state is State.DRAFT and offer.review_note) or (offer.change and offer.change.note):
        return Standing.TO_FIX
    return {
        State.DRAFT: Standing.DRAFT,
        State.PENDING: Standing.CHECKING,
        State.APPROVED: Standing.VISIBLE,
        State.DENIED: Standing.DECLINED,
        State.PAUSED: Standing.PAUSED,
        State.HIDDEN: Standing.HIDDEN,
    }[offer.state]


def note_of(offer: Offer) -> str:
    """The reviewer's words that the business should read now."""
    return (offer.change.note if offer.change else "") or offer.review_note


def start(provider: Provider, wanted: Wanted, *, now: datetime) -> Offer:
    """A draft at the first place of the business; things are gifts, everything else begins as a visit."""
    gift = wanted["category"] == Category.THINGS.name.lower()
    offer = Offer(
        provider=provider,
        location=provider.locations[0] if provider.locations else None,
        kind=Kind.GIFT if gift else Kind.APPOINTMENT,
        state=State.DRAFT,
        created_at=now,
    )
    fill(offer, wanted)
    db.session.add(offer)
    db.session.flush()
    return offer


def as_published(offer: Offer) -> Wanted:
    """What the offer says to members now."""
    return as_wanted(offer)


def as_wished(offer: Offer) -> Wanted:
    """What the business wants it to say: the change that waits, else what it says now."""
    return offer.change.wanted if offer.change else as_wanted(offer)  # type: ignore[return-value]


def want(offer: Offer, wanted: Wanted, *, now: datetime) -> None:
    """Words of a draft change at once; those of a published offer wait for a reviewer, the old ones stay up.

    Refused: `NotNow` for one that was declined.
    """
    if offer.state is State.DENIED:
        raise NotNow()
    if offer.state not in LIVE:
        fill(offer, wanted)
        offer.version += 1
        if offer.state is State.PENDING:
            offer.submitted_at = now  # whoever has looked has not seen this
        return
    if wanted == as_wanted(offer):
        offer.change = None
        return
    change = offer.change or OfferChange()
    change.wanted, change.submitted_at, change.note = dict(wanted), now, ""
    offer.change, offer.review_note = change, ""


def set_visit(
    offer: Offer,
    *,
    kind: str,
    minutes: int,
    seats: int,
    gap_minutes: int,
    lead_minutes: int,
    now: datetime,
) -> None:
    """Length and seats apply at once: they are times, not words. The kind stays once members have seen it."""
    if kind and offer.published_at is None:
        offer.kind = Kind(kind)
    offer.seats = 1 if offer.kind is Kind.APPOINTMENT else seats
    offer.minutes, offer.gap_minutes, offer.lead_minutes = minutes, gap_minutes, lead_minutes
    keep_times(offer, now)


def keep_times(offer: Offer, now: datetime) -> None:
    """Times follow the hours where members can see them."""
    if offer.state in LIVE:
        keep_slots(offer, now)


def submit(offer: Offer, *, now: datetime) -> None:
    """Send a draft to the reviewers. Refused: `Unfinished`, `NotNow`."""
    if offer.state is not State.DRAFT:
        raise NotNow()
    if missing := what_is_missing(offer):
        raise Unfinished(missing=missing)
    offer.state, offer.submitted_at, offer.review_note = State.PENDING, now, ""


def what_is_missing(offer: Offer) -> list[str]:
    """The steps not done yet: `location`, `words`, `hours`."""
    told = bool(offer.texts and offer.texts[0].title and offer.languages)
    timed = bool(offer.schedule) or offer.information_only
    steps = {"location": offer.location is not None, "words": told, "hours": timed}
    return [step for step, done in steps.items() if not done]


def publish(offer: Offer, *, now: datetime) -> None:
    """Members see it from now on, with its times. Refused: `NotNow`, `BusinessUnknown`."""
    if offer.state is not State.PENDING:
        raise NotNow()
    if offer.provider.state is not State.APPROVED:
        raise BusinessUnknown()
    offer.state, offer.published_at, offer.review_note = State.APPROVED, now, ""
    _show(offer, now)


def take_back(offer: Offer, *, now: datetime) -> None:
    """A publication undone: it waits again as before."""
    if offer.state is not State.APPROVED:
        raise NotNow()
    offer.state, offer.published_at = State.PENDING, None


def apply_change(offer: Offer, *, now: datetime) -> None:
    """The wanted words become the published ones. Refused: `NotNow` without a change."""
    if offer.change is None:
        raise NotNow()
    fill(offer, offer.change.wanted)  # type: ignore[arg-type]
    offer.change = None
    offer.version += 1
    _show(offer, now)


def ask_to_fix(offer: Offer, words: str, *, now: datetime) -> None:
    """Give it back with a request. A published version stays up; its change waits for better words."""
    if offer.change is not None and offer.state in LIVE:
        offer.change.note = words
    elif offer.state is State.PENDING:
        offer.state, offer.review_note = State.DRAFT, words
    else:
        raise NotNow()


def decline(offer: Offer, reason: str, *, now: datetime) -> None:
    """Say no. A declined change leaves the published version up."""
    if offer.change is not None and offer.state in LIVE:
        offer.change = None
    elif offer.state is State.PENDING:
        offer.state = State.DENIED
    else:
        raise NotNow()
    offer.review_note = reason


def pin(offer: Offer, lat: float, lon: float, *, now: datetime) -> None:
    """Give the offer's place its point (degrees, WGS84); every offer there moves with it."""
    if offer.location is None:
        raise NotNow()
    offer.location.lat, offer.location.lon = lat, lon
    relocate(offers_at(offer.location_id))


def relocate(offers: Iterable[Offer]) -> None:
    """Put offers where the pin of their place is."""
    for offer in offers:
        locate(offer, offer.location)


def offers_at(location_id: int | None) -> list[Offer]:
    """Every offer of one place."""
    return list(db.session.scalars(sa.select(Offer).where(Offer.location_id == location_id)))


def remove(offer: Offer) -> None:
    """Throw away what no member has ever seen. Refused: `NotNow`."""
    if offer.state not in UNSENT or offer.published_at is not None:
        raise NotNow()
    db.session.delete(offer)


def _show(offer: Offer, now: datetime) -> None:
    locate(offer, offer.location)
    remember(offer)
    keep_slots(offer, now)
