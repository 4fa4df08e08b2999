"""Is it still true? What businesses have answered, as moderators see it; and finding a business by its name."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from app.db import db
from app.i18n import _, language, ngettext, short_date
from app.offers.models import Offer, Provider, State
from app.offers.texts import text_for
from app.offers.truth import true_since

SHOWN = 30


class Truth(NamedTuple):
    """An offer, and since when somebody stands by it."""

    title: str
    said: str
    picture: str
    business: int
    name: str


def of_business(business: Provider) -> list[Truth]:
    """All that it gives or gave: published, paused, hidden."""
    states = (State.APPROVED, State.PAUSED, State.HIDDEN)
    wish = sa.select(Offer).where(Offer.provider_id == business.id, Offer.state.in_(states))
    return [_truth(offer) for offer in db.session.scalars(wish.order_by(Offer.id))]


def unanswered() -> list[Truth]:
    """Offers whose business has been asked and has not answered yet, the longest silence first."""
    wish = sa.select(Offer).where(Offer.asked > 0, Offer.state.in_((State.APPROVED, State.PAUSED)))
    wish = wish.order_by(Offer.asked.desc(), Offer.asked_on).limit(SHOWN)
    return [_truth(offer) for offer in db.session.scalars(wish)]


def _truth(offer: Offer) -> Truth:
    since = true_since(offer)
    said = _("confirmed on %(date)s", date=short_date(since)) if since else ""
    if offer.asked:
        asked = ngettext(
            "asked %(num)d time, no answer", "asked %(num)d times, no answer", min(offer.asked, 2)
        )
        said = f"{said} · {asked}" if said else asked
    if offer.state is State.PAUSED:
        said = " · ".join([said, _("paused")])
    picture = "badge-check" if not offer.asked else "hourglass"
    title = text_for(offer, language()).title
    return Truth(title, said, picture, offer.provider_id, offer.provider.name)


def found(name: str) -> list[Provider]:
    """Businesses whose name has this in it; without a name those that are suspended."""
    wish = sa.select(Provider).where(Provider.state.in_((State.APPROVED, State.SUSPENDED)))
    if name:
        wish = wish.where(Provider.name.icontains(name, autoescape=True))
    else:
        wish = wish.where(Provider.state == State.SUSPENDED)
    return list(db.session.scalars(wish.order_by(Provider.name, Provider.id).limit(SHOWN)))
