"""Who gives, and where: a business, its words, its place and pin."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import sqlalchemy as sa

from app.accounts.models import ProviderAccount
from app.db import db
from app.errors import Refusal
from app.i18n import _l
from app.offers.models import Fact, Location, Offer, OfferChange, Provider, State
from app.offers.offer_rules import LIVE, as_wished, offers_at, relocate
from app.offers.places import City


class AlreadyChecked(Refusal):
    """The words of an approved business were read by people; they do not change behind their back."""

    type = "already-checked"
    sentence = _l("The name has been checked and is published.")
    kept = _l("Nothing was changed.")
    what_now = _l("Write to us if it has to change.")


class Place(TypedDict):
    """Where, as written on the form."""

    address: str
    city: str
    postal_code: str
    country: str
    timezone: str
    entrance: str
    step_free: bool


def business_of(account: ProviderAccount) -> Provider | None:
    """The business this account speaks for."""
    return db.session.scalar(sa.select(Provider).where(Provider.account_id == account.id))


def introduce(account: ProviderAccount, name: str, about: str, *, now: datetime) -> Provider:
    """Say who gives; the first time it goes to the reviewers, and after a request to fix again.

    Other words than before wait anew: a yes to the old ones counts no more.
    Refused: `AlreadyChecked` once approved, suspended too.
    """
    business = business_of(account) or Provider(account_id=account.id, created_at=now)
    if business.state in (State.APPROVED, State.SUSPENDED):
        raise AlreadyChecked()
    said = (business.name, business.about)
    business.name, business.about = name, about
    if business.state is not State.DENIED:
        if business.state is not State.PENDING or said != (name, about):
            business.submitted_at, business.review_note = now, ""
        business.state = State.PENDING
    db.session.add(business)
    db.session.flush()
    return business


def settle(business: Provider, place: Place, *, now: datetime) -> Location:
    """Write down the place. Moving while offers are visible makes a new place that waits for review with them."""
    location = business.locations[-1] if business.locations else None
    if location is None:
        location = Location(provider=business)
    elif _has_moved(location, place) and _live_offers(location):
        location = _new_place(business, place, _live_offers(location), now)
    if business.state is State.PENDING and (location.id is None or _has_moved(location, place)):
        business.submitted_at = now  # whoever has looked has not seen this
    _write(location, place)
    db.session.add(location)
    db.session.flush()
    for offer in offers_at(location.id):
        offer.facts = offer.facts & ~Fact.STEP_FREE | (Fact.STEP_FREE if place["step_free"] else 0)
    for draft in _drafts_without_place(business):
        draft.location = location
    return location


def _has_moved(location: Location, place: Place) -> bool:
    return (location.address, location.city) != (place["address"], place["city"])


def _write(location: Location, place: Place) -> None:
    if location.id is not None and _has_moved(location, place):
        location.lat = location.lon = None  # the old pin points elsewhere
        relocate(offers_at(location.id))
    for name, value in place.items():
        setattr(location, name, value)


def _live_offers(location: Location) -> list[Offer]:
    return [offer for offer in offers_at(location.id) if offer.state in LIVE]


def _new_place(business: Provider, place: Place, live: list[Offer], now: datetime) -> Location:
    location = Location(provider=business)
    _write(location, place)
    db.session.add(location)
    db.session.flush()
    for offer in live:
        wanted = {**as_wished(offer), "location": location.id}
        offer.change = offer.change or OfferChange()
        offer.change.wanted, offer.change.submitted_at, offer.change.note = wanted, now, ""
    return location


def _drafts_without_place(business: Provider) -> list[Offer]:
    wish = sa.select(Offer).where(Offer.provider_id == business.id, Offer.location_id.is_(None))
    return list(db.session.scalars(wish))


def pin(location: Location, lat: float, lon: float) -> None:
    """Set the point (degrees, WGS84); every offer there moves with it."""
    location.lat, location.lon = lat, lon
    relocate(offers_at(location.id))


def pin_at_district(location: Location, city: City, district_id: str) -> None:
    """The middle of a district, good to a kilometre, until somebody knows better. Refused: `NoSuchPlace`."""
    middle = city.district(district_id).place
    pin(location, middle.lat, middle.lon)


def ask_to_fix(business: Provider, words: str) -> None:
    """Give the entry back with a request, kept beside it until it is sent again."""
    business.state, business.review_note = State.DRAFT, words


def decline(business: Provider, reason: str) -> None:
    """Say no; the business reads why."""
    business.state, business.review_note = State.DENIED, reason


def approve(business: Provider) -> None:
    """Its offers may be seen from now on."""
    business.state, business.review_note = State.APPROVED, ""


def show_to_everybody(business: Provider, public: bool) -> None:
    """Members only, or anybody who opens the page (the business's own choice)."""
    business.public = public
