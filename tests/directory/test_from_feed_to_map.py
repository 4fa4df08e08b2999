"""An imported service on its way: pinned, looked at by two, published, and then found from a place close to it."""

import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Moderator
from app.db import db, writing
from app.moderation import rules
from app.offers import nearby
from app.offers.models import Offer, State
from app.offers.places import Place
from tests.conftest import Clock
from tests.directory.conftest import Folder, Import, location, service
from tests.moderation.cast import NOW, new_moderator

WHERE = (51.5033, -0.1196)


def test_once_pinned_and_published_it_is_found_from_a_place_close_to_it(
    app: Flask, bring_in: Import, folder: Folder, clock: Clock
) -> None:
    clock.set(NOW)
    there = [{"id": "sal-1", "location": location(latitude=100, longitude=101)}]
    feed = folder(services=[service(service_at_locations=there)])
    bring_in("hsds", feed, "--apply")
    with app.app_context():
        offer = db.session.scalars(sa.select(Offer)).one()
        business, subject = f"provider:{offer.provider_id}", f"offer:{offer.id}"
        people = [new_moderator(name).id for name in ("Olga", "Marek")]
        for rule, who, *more in (
            (rules.publish, 0, business, "In the register"),
            (rules.publish, 1, business, "Called them"),
            (rules.pin, 0, subject, *WHERE),
            (rules.publish, 1, subject),
        ):
            with writing() as session:
                rule(more[0], session.get_one(Moderator, people[who]), *more[1:], now=NOW)
        assert db.session.scalars(sa.select(Offer.state)).one() is State.APPROVED
        assert db.session.scalars(sa.select(Offer.h)).one() is not None
    assert bring_in("hsds", feed, "--apply")[-1] == "read 3, new 0, changed 0, same 2, refused 1"
    with app.app_context():
        assert found_near(Place(51.5, -0.12)) == ["Warm clothes"]
        assert found_near(Place(52.23, 21.01)) == []


def found_near(place: Place) -> list[str]:
    page = nearby.nearest(place, nearby.Filters(), now=NOW, radius_m=10_000)
    ids = [found.offer_id for found in page.items]
    return [db.session.get_one(Offer, number).texts[0].title for number in ids]
