"""What belongs to whoever is signed in: their business, their offers. Others' things answer as nothing does."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import db
from app.errors import NotFound
from app.i18n import _l
from app.offers.looks import Look
from app.offers.models import Location, Offer, Provider
from app.offers.offer_rules import Standing
from app.offers.provider_rules import business_of

STANDINGS: dict[Standing, Look] = {
    Standing.VISIBLE: Look(_l("Visible"), "eye", "moss"),
    Standing.TO_FIX: Look(_l("To fix"), "pencil", "rye"),
    Standing.CHECKING: Look(_l("Being checked"), "hourglass", "mist"),
    Standing.PAUSED: Look(_l("Paused"), "pause", "well"),
    Standing.DRAFT: Look(_l("Draft"), "pencil", "well"),
    Standing.DECLINED: Look(_l("Not published"), "circle-minus", "clay"),
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
