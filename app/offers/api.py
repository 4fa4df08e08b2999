"""Offers as JSON, for members' programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint

from app.access import may
from app.db import clock, db
from app.errors import NotFound
from app.i18n import language
from app.offers.browse_schemas import AskedByApiSchema, filters_of_api
from app.offers.cards import Card, cards_of
from app.offers.models import Category, Fact, Offer, State, Tongue
from app.offers.nearby import Found, nearest
from app.offers.places import Place, nearest_city
from app.settings import settings

bp = Blueprint("offers_api", __name__, url_prefix="/api/v1", description="What is offered nearby")


@bp.route("/offers")
class Offers(MethodView):
    """Published offers."""

    @bp.arguments(AskedByApiSchema, location="query")
    @bp.response(200)
    @bp.doc(operationId="listOffers", summary="Offers near a place; without one, the newest first")
    @may("browse")
    def get(self, asked: dict[str, Any]) -> Any:
        """Pages of 20. `next` is the cursor of the following page, or null."""
        now = clock()
        place = Place.parse(asked["near"]) if asked["near"] else None
        zone = nearest_city(place, settings().cities).timezone if place else "Europe/Warsaw"
        page = nearest(
            place,
            filters_of_api(asked, zone, now),
            now=now,
            after=asked["cursor"] or None,
            radius_m=asked["radius_km"] * 1000,
            sort=asked["sort"],
        )
        cards = cards_of(page.items, language(), now)
        return {"items": [as_data(card) for card in cards], "next": page.next}


@bp.route("/offers/<int:offer_id>")
class OneOffer(MethodView):
    """One published offer."""

    @bp.response(200)
    @bp.alt_response(404, description="No such offer, or not published")
    @bp.doc(operationId="getOffer", summary="One offer")
    @may("browse")
    def get(self, offer_id: int) -> Any:
        """The same fields as in the list, and its description."""
        offer = db.session.get(Offer, offer_id) if offer_id < 2**62 else None
        if offer is None or {offer.state, offer.provider.state} != {State.APPROVED}:
            raise NotFound()
        card = cards_of([Found(offer.id)], language(), clock())[0]
        return {**as_data(card), "description": card.text.description}


@bp.after_request
def tagged(response: Any) -> Any:
    """An ETag on reads, so that a weak network is spared what has not changed."""
    if request.method == "GET" and response.status_code == 200:
        response.add_etag()
        response.make_conditional(request)
    return response


def as_data(card: Card) -> dict[str, Any]:
    """An offer as interchange.md shapes it. Distance in metres, price in minor units, time in UTC."""
    offer, place = card.offer, card.offer.location
    return {
        "id": str(offer.id),
        "title": card.text.title,
        "provider": offer.provider.name,
        "kind": offer.kind.value,
        "category": Category(offer.category).name.lower(),
        "price_minor": offer.price_minor,
        "currency": offer.currency,
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "distance_m": None if card.distance_m is None else round(card.distance_m),
        "next_free_at": _rfc3339(card.starts_at),
        "languages": [str(one.name).lower() for one in Tongue(offer.languages)],
        "facts": [str(one.name).lower() for one in Fact(offer.facts)],
    }


def _rfc3339(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
