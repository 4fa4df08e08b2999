"""A business's own offers for its programs: the same rules and refusals as its pages (interchange.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from app.access import may
from app.db import clock, writing
from app.offers import offer_rules, schedule_rules
from app.offers.api import tagged
from app.offers.days import today_at
from app.offers.drafts import currency_at
from app.offers.mine import my_offer, my_offers, my_own_business, title_of
from app.offers.models import Offer
from app.offers.news import tell_of_change, tell_reviewers
from app.offers.own_schemas import (
    VISIT,
    OwnOfferBody,
    OwnOfferChangeBody,
    OwnOfferListShape,
    OwnOfferShape,
    words_in,
)
from app.offers.schedule_rules import Window, week_of
from app.offers.schemas import DAYS, wanted
from app.offers.week import clock as wall_clock
from app.settings import settings

bp = Blueprint("own_offers_api", __name__, url_prefix="/api/v1", description="One's own offers")
bp.after_request(tagged)
NONE = {"description": "No such offer of one's own"}


@bp.route("/my/offers")
class OwnOffers(MethodView):
    """The offers of the signed-in business."""

    @bp.response(200, OwnOfferListShape)
    @bp.alt_response(404, description="The business has not introduced itself yet")
    @bp.doc(operationId="listMyOffers", summary="One's own offers, drafts and all")
    @may("list offers")
    def get(self) -> dict[str, Any]:
        """Oldest first."""
        return {"items": [as_data(offer) for offer in my_offers(my_own_business())], "next": None}

    @bp.arguments(OwnOfferBody)
    @bp.response(201, OwnOfferShape)
    @bp.alt_response(404, description="The business has not introduced itself yet")
    @bp.alt_response(422, description="`errors` says by field what does not fit")
    @bp.doc(operationId="makeOffer", summary="Begin an offer: a draft until it is sent")
    @may("list offers")
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Without a currency it is that of the place."""
        now = clock()
        with writing():
            business = my_own_business()
            place = business.locations[-1] if business.locations else None
            usual = {"currency": currency_at(place, settings().cities)}
            said = wanted(usual | words_in(body), place.id if place else None)
            offer = offer_rules.start(business, said, now=now)
            _set_times(offer, body, now)
        return as_data(offer)


@bp.route("/my/offers/<int:offer_id>")
class OwnOffer(MethodView):
    """One of them."""

    @bp.response(200, OwnOfferShape)
    @bp.alt_response(404, **NONE)
    @bp.doc(operationId="getMyOffer", summary="One of one's own offers")
    @may("list offers")
    def get(self, offer_id: int) -> dict[str, Any]:
        """As wished: with the change that waits for a reviewer."""
        return as_data(my_offer(offer_id))

    @bp.arguments(OwnOfferChangeBody)
    @bp.response(200, OwnOfferShape)
    @bp.alt_response(404, **NONE)
    @bp.alt_response(409, description="Declined: its words do not change any more")
    @bp.alt_response(422, description="`errors` says by field what does not fit")
    @bp.doc(operationId="changeMyOffer", summary="Change what is given, and nothing else")
    @may("list offers")
    def patch(self, body: dict[str, Any], offer_id: int) -> dict[str, Any]:
        """Words of a published offer wait for a reviewer; times follow at once, booked ones stay."""
        now = clock()
        with writing():
            offer = my_offer(offer_id)
            if said := words_in(body):
                whole: dict[str, Any] = {**offer_rules.as_wished(offer), **said}
                place = whole.pop("location")
                offer_rules.want(offer, wanted(whole, place), now=now)
                tell_of_change(offer, now=now)
            _set_times(offer, body, now)
        return as_data(offer)


@bp.post("/my/offers/<int:offer_id>/submission")
@may("list offers")
@bp.response(200, OwnOfferShape)
@bp.alt_response(404, **NONE)
@bp.alt_response(409, description="Sent already, or declined")
@bp.alt_response(422, description="`missing` names what is still to be said")
@bp.doc(operationId="sendMyOffer")
def send(offer_id: int) -> dict[str, Any]:
    """Send a draft to the reviewers."""
    now = clock()
    with writing():
        offer = my_offer(offer_id)
        offer_rules.submit(offer, now=now)
        tell_reviewers(f"offer:{offer_id}", title_of(offer), now=now)
    return as_data(offer)


def _set_times(offer: Offer, body: dict[str, Any], now: datetime) -> None:
    if given := {name: body[name] for name in VISIT if name in body}:
        kept = {name: getattr(offer, name) for name in VISIT}
        offer_rules.set_visit(offer, **(kept | given), now=now)
    if "hours" in body:
        week = [Window(DAYS.index(w["day"]), w["opens"], w["closes"]) for w in body["hours"]]
        schedule_rules.set_week(offer, week, today=today_at(offer.location, now))
        offer_rules.keep_times(offer, now)


def as_data(offer: Offer) -> dict[str, Any]:
    """As wished, in the shape of `OwnOfferBody`, with what only the server says."""
    said: dict[str, Any] = dict(offer_rules.as_wished(offer))
    del said["location"]
    return {
        "id": str(offer.id),
        "standing": offer_rules.standing(offer).value,
        "note": offer_rules.note_of(offer),
        "missing": offer_rules.what_is_missing(offer),
        **said,
        **{name: getattr(offer, name) for name in VISIT},
        "hours": [
            {"day": DAYS[w.byday], "opens": wall_clock(w.opens), "closes": wall_clock(w.closes)}
            for w in week_of(offer)
        ],
    }
