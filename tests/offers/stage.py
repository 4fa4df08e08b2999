"""A business with one offer, for the tests of this room."""

from datetime import UTC, date, datetime

from app.db import db
from app.offers.models import Kind, Location, Offer, OfferText, Provider, State
from app.offers.schedule_rules import Window, set_week

MONDAY = date(2026, 11, 23)
WEEKDAYS_10_TO_14 = [Window(day, 600, 840) for day in range(5)]


def a_business(zone: str = "Europe/Warsaw", now: datetime | None = None) -> Provider:
    """Approved, at Lipowa 7, with a pin."""
    now = now or datetime(2026, 11, 1, tzinfo=UTC)
    business = Provider(name="Studio Lipa", state=State.APPROVED, created_at=now)
    business.locations = [
        Location(
            address="ul. Lipowa 7",
            city="Warszawa",
            country="PL",
            lat=52.2401,
            lon=21.0205,
            timezone=zone,
        )
    ]
    db.session.add(business)
    db.session.flush()
    return business


def an_offer(business: Provider, week: list[Window] | None = None, **words: object) -> Offer:
    """Published, a haircut of 45 minutes, Monday to Friday 10-14 unless said otherwise."""
    given: dict[str, object] = {
        "category": 0,
        "kind": Kind.APPOINTMENT,
        "minutes": 45,
        "state": State.APPROVED,
        "created_at": business.created_at,
        "published_at": business.created_at,
    }
    offer = Offer(provider=business, location=business.locations[0], **(given | words))
    offer.texts = [OfferText(language="pl", title="Strzyżenie")]
    set_week(offer, week or WEEKDAYS_10_TO_14, today=MONDAY)
    db.session.add(offer)
    db.session.flush()
    return offer
