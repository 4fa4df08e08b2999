"""Rulings: publish, ask to fix, decline, pin. Each is a row; two look where one is not enough."""

import pytest
import sqlalchemy as sa

from app.db import db, writing
from app.errors import NotFound
from app.moderation import queue, rules
from app.moderation.models import Decision, Ruling
from app.notifications.models import Notice
from app.offers.models import Category, Offer, Provider, Slot, State
from app.offers.offer_rules import BusinessUnknown
from tests.moderation.cast import HOUR, NOW, new_business, new_change, new_moderator, new_offer


def of(thing):
    return f"{'offer' if isinstance(thing, Offer) else 'provider'}:{thing.id}"


def again(thing):
    db.session.expire_all()
    return db.session.get_one(type(thing), thing.id)


def news():
    wish = sa.select(Notice).where(Notice.kind == "offer_decided").order_by(Notice.id)
    return [
        (one.recipient, one.language, one.values["decision"]) for one in db.session.scalars(wish)
    ]


def test_publishing_lets_members_see_it_with_its_times_and_tells_the_business(olga, lipa, decide):
    offer = new_offer(lipa, waits=2 * HOUR)
    ruling = decide(rules.publish, olga, of(offer))
    assert again(offer).state is State.APPROVED
    assert again(offer).published_at == NOW
    assert db.session.scalar(sa.select(sa.func.count()).where(Slot.offer_id == offer.id)) > 10
    assert (ruling.was, ruling.now, ruling.ruling) == ("pending", "approved", Ruling.PUBLISHED)
    assert (ruling.waited_minutes, ruling.moderator_id, ruling.at) == (120, olga.id, NOW)
    assert news() == [(lipa.account.recipient, "pl", "published")]


def test_a_published_offer_cannot_be_decided_again(olga, marek, lipa, decide):
    offer = new_offer(lipa)
    decide(rules.publish, olga, of(offer))
    for rule, more in ((rules.publish, ()), (rules.decline, ("Late.",))):
        with pytest.raises(NotFound):
            decide(rule, marek, of(offer), *more)


def test_a_new_business_needs_two_people(olga, marek, decide):
    klon = new_business("Gabinet Klon", state=State.PENDING)
    first = decide(rules.publish, olga, of(klon), "Called them")
    assert (first.ruling, first.reason, first.now) == (Ruling.FIRST_YES, "Called them", "pending")
    assert again(klon).state is State.PENDING
    assert news() == []
    assert queue.find(of(klon), marek, now=NOW).first_yes.moderator.name == "Olga"
    second = decide(rules.publish, marek, of(klon), "Was there")
    assert (second.ruling, second.now) == (Ruling.PUBLISHED, "approved")
    assert again(klon).state is State.APPROVED


@pytest.mark.parametrize("category", [Category.DOCTOR, Category.PSYCHOLOGIST])
def test_doctors_and_psychologists_need_two_people(olga, marek, lipa, decide, category):
    offer = new_offer(lipa, category=category)
    assert decide(rules.publish, olga, of(offer)).ruling is Ruling.FIRST_YES
    assert again(offer).state is State.PENDING
    assert decide(rules.publish, marek, of(offer)).ruling is Ruling.PUBLISHED
    assert again(offer).state is State.APPROVED


def test_the_second_yes_is_never_by_the_same_person(olga, decide):
    klon = new_business("Gabinet Klon", state=State.PENDING)
    decide(rules.publish, olga, of(klon), "Called them")
    with pytest.raises(rules.NobodyDecidesOnTheirOwn):
        decide(rules.publish, olga, of(klon), "Called again")
    assert again(klon).state is State.PENDING


def test_nobody_decides_on_their_own_listing(lipa, decide):
    owner = new_moderator("Ewa", email="studio.lipa@example.org")
    offer = new_offer(lipa)
    for rule, more in (
        (rules.publish, ()),
        (rules.ask_to_fix, (["price"], "", "…")),
        (rules.decline, ("No.",)),
        (rules.pin, (52.0, 21.0)),
    ):
        with pytest.raises(rules.NobodyDecidesOnTheirOwn):
            decide(rule, owner, of(offer), *more)
    assert again(offer).state is State.PENDING


def test_the_first_yes_counts_only_for_what_was_seen(olga, marek, lipa, decide):
    offer = new_offer(lipa, category=Category.DOCTOR)
    decide(rules.publish, olga, of(offer))
    with writing() as session:
        session.get_one(Offer, offer.id).submitted_at = NOW + HOUR  # sent anew, with other words
    later = decide(rules.publish, marek, of(offer), now=NOW + 2 * HOUR)
    assert later.ruling is Ruling.FIRST_YES


def test_an_offer_waits_for_its_business(olga, decide):
    klon = new_business("Gabinet Klon", state=State.PENDING)
    for category in (Category.HAIR, Category.DOCTOR):
        with pytest.raises(BusinessUnknown):
            decide(rules.publish, olga, of(new_offer(klon, category=category)))


def test_a_change_replaces_the_published_words_only_when_it_is_published(olga, lipa, decide):
    offer = new_offer(lipa, state=State.APPROVED)
    new_change(offer, price_minor=3000, meets="Ewa albo Marta")
    assert (again(offer).price_minor, again(offer).state) == (0, State.APPROVED)
    ruling = decide(rules.publish, olga, of(offer))
    assert (again(offer).price_minor, again(offer).meets) == (3000, "Ewa albo Marta")
    assert again(offer).change is None
    assert (ruling.was, ruling.now) == ("approved", "approved")
    assert ruling.replaced["price_minor"] == 0


def test_a_declined_change_leaves_the_published_version_up(olga, lipa, decide):
    offer = new_offer(lipa, state=State.APPROVED)
    new_change(offer, price_minor=90000)
    ruling = decide(rules.decline, olga, of(offer), "This is not symbolic.")
    assert (again(offer).state, again(offer).price_minor) == (State.APPROVED, 0)
    assert again(offer).change is None
    assert ruling.now == "approved"
    assert news()[0][2] == "declined"


def test_asking_to_fix_gives_it_back_and_tells_the_business_what(olga, lipa, decide):
    offer = new_offer(lipa)
    words = "Czy cena może być niższa?"
    ruling = decide(rules.ask_to_fix, olga, of(offer), ["price", "length"], "Thank you", words)
    assert again(offer).state is State.DRAFT
    assert again(offer).review_note == words
    assert ruling.reason == "price length\nThank you"
    assert news()[0][2] == "asked_to_fix"
    assert queue.count(olga) == 0


def test_a_change_asked_to_be_fixed_is_with_the_business_until_it_comes_back(olga, lipa, decide):
    offer = new_offer(lipa, state=State.APPROVED)
    wanted = new_change(offer, price_minor=3000)
    decide(rules.ask_to_fix, olga, of(offer), ["price"], "", "Niższa?")
    assert queue.count(olga) == 0
    assert again(offer).state is State.APPROVED
    new_change(again(offer), **{**wanted, "price_minor": 1000})
    assert queue.count(olga) == 1


def test_a_declined_business_takes_its_offers_out_of_the_queue(olga, decide):
    klon = new_business("Gabinet Klon", state=State.PENDING)
    new_offer(klon)
    assert queue.count(olga) == 2
    decide(rules.decline, olga, of(klon), "Nobody knows them.")
    assert again(klon).state is State.DENIED
    assert queue.count(olga) == 0


def test_an_imported_offer_gets_its_pin_before_it_is_published(olga, marek, decide):
    with writing() as session:
        hands = Provider(name="Hands", state=State.APPROVED, created_at=NOW, source_id="hsds:1")
        session.add(hands)
    offer = new_offer(hands, information_only=True, source_id="hsds:2")
    with pytest.raises(rules.PinFirst):
        decide(rules.publish, olga, of(offer))
    with pytest.raises(rules.NobodyToAsk):
        decide(rules.ask_to_fix, olga, of(offer), ["price"], "", "…")
    ruling = decide(rules.pin, olga, of(offer), 54.6872, 25.2797)
    assert ruling.ruling is Ruling.PINNED
    place = again(offer).location
    assert (place.lat, place.lon, place.timezone) == (54.6872, 25.2797, "Europe/Vilnius")
    assert decide(rules.publish, marek, of(offer)).ruling is Ruling.PUBLISHED
    assert again(offer).h is not None
    assert news() == []


def test_every_ruling_is_a_row(olga, marek, lipa, decide):
    offer = new_offer(lipa, category=Category.DOCTOR)
    decide(rules.publish, olga, of(offer))
    decide(rules.publish, marek, of(offer))
    rows = db.session.scalars(sa.select(Decision).order_by(Decision.id)).all()
    assert [(row.ruling, row.moderator.name) for row in rows] == [
        (Ruling.FIRST_YES, "Olga"), (Ruling.PUBLISHED, "Marek")
    ]  # fmt: skip
