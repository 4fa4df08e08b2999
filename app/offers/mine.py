"""What belongs to whoever is signed in: their business, their offers. Others' things answer as nothing does."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import db
from app.errors import NotFound
from app.i18n import _, _l, language, money, short_date
from app.offers.looks import Look, look_of
from app.offers.models import Kind, Location, Offer, Provider, State
from app.offers.offer_rules import Standing, note_of, standing, what_is_missing
from app.offers.provider_rules import business_of
from app.offers.shown import length_said
from app.offers.texts import text_for
from app.offers.week import days_said

STANDINGS: dict[Standing, Look] = {
    Standing.VISIBLE: Look(_l("Visible"), "eye", "moss"),
    Standing.TO_FIX: Look(_l("To fix"), "pencil", "rye"),
    Standing.CHECKING: Look(_l("Being checked"), "hourglass", "mist"),
    Standing.PAUSED: Look(_l("Paused"), "pause", "well"),
    Standing.DRAFT: Look(_l("Draft"), "pencil", "well"),
    Standing.DECLINED: Look(_l("Not published"), "circle-minus", "clay"),
    Standing.HIDDEN: Look(_l("Hidden for now"), "eye-off", "clay"),
}


def my_business() -> Provider | None:
    """The business of the signed-in account, if it has introduced itself."""
    return business_of(current_user)


def my_own_business() -> Provider:
    """The same where there must be one. Refused: `NotFound`."""
    business = my_business()
    if business is None:
        raise NotFound()
    return business


def my_offer(offer_id: int) -> Offer:
    """One of my offers. Refused: `NotFound`, for others' as for none."""
    business = my_business()
    offer = db.session.get(Offer, offer_id) if business and offer_id < 2**62 else None
    if offer is None or business is None or offer.provider_id != business.id:
        raise NotFound()
    return offer


def my_offers(business: Provider) -> list[Offer]:
    """All of them, oldest first."""
    wish = sa.select(Offer).where(Offer.provider_id == business.id).order_by(Offer.id)
    return list(db.session.scalars(wish))


def my_location() -> Location | None:
    """Where my business is."""
    business = my_business()
    return business.locations[-1] if business and business.locations else None


def first_steps() -> Response:
    """Where a new business goes first: who are you, then where."""
    return to("my_business.business" if my_business() is None else "my_location.location")


def to(endpoint: str, **values: Any) -> Response:
    """Redirect after a POST."""
    return redirect(url_for(endpoint, **values), 303)


def title_of(offer: Offer) -> str:
    """Its title in the language now being spoken; a draft without one is called by its category."""
    return text_for(offer, language()).title or str(look_of(offer.category).word)


def days_of(offer: Offer) -> str:
    """Mon–Fri, Sun."""
    return days_said(row.byday for row in offer.schedule)


def meta_of(offer: Offer) -> str:
    """The line under the title: 'free · Mon–Fri', 'gift · 6 pieces', 'draft of 20 November'."""
    if offer.state is State.DRAFT:
        return _("draft of %(date)s", date=short_date(offer.created_at.date()))
    how = length_said(offer) if offer.kind is Kind.GIFT else days_of(offer)
    return " · ".join(filter(None, [money(offer.price_minor, offer.currency), how]))


STEPS = {
    "location": "my_location.location",
    "words": "my_words.words",
    "hours": "my_hours.hours",
}


def next_step(offer: Offer) -> str:
    """Where a draft is taken up again."""
    missing = what_is_missing(offer)
    if missing == ["location"]:
        return url_for(STEPS["location"])
    steps = [step for step in missing if step != "location"]
    return url_for(STEPS[steps[0]] if steps else "my_offers.offer", offer_id=offer.id)


def blueprint(name: str, prefix: str) -> Blueprint:
    """Pages of a business; its templates can ask all of the above."""
    made = Blueprint(name, __name__, url_prefix=prefix)
    made.context_processor(lambda: SAYING)
    return made


SAYING = {
    "Standing": Standing,
    "STANDINGS": STANDINGS,
    "standing": standing,
    "note_of": note_of,
    "title_of": title_of,
    "days_of": days_of,
    "meta_of": meta_of,
    "length_said": length_said,
    "look_of": look_of,
    "next_step": next_step,
}
