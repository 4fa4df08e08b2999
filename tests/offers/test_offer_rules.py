"""An offer's life: draft, sent, published, changed, paused; and the words people read."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db, writing
from app.offers import nearby, offer_rules, pause_rules, provider_rules
from app.offers.models import Kind, Location, Offer, OfferText, Provider, Slot, State
from app.offers.nearby import Filters
from app.offers.offer_rules import BusinessUnknown, NotNow, Standing, Unfinished, standing
from app.offers.places import Place
from app.offers.texts import Wanted, as_wanted, text_for, wished
from tests.offers.stage import a_business, an_offer

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def a_draft(business: Provider) -> Offer:
    offer = an_offer(business, state=State.DRAFT, published_at=None)
    offer.languages = 5
    return offer


def said(offer: Offer, **other: object) -> Wanted:
    return {**as_wanted(offer), **other}  # type: ignore[typeddict-item]


def found() -> list[int]:
    page = nearby.nearest(Place(52.24, 21.02), Filters(), now=NOW)
    return [one.offer_id for one in page.items]


def test_a_draft_is_sent_published_and_found_nearby_with_times(context: Flask) -> None:
    with writing():
        offer = a_draft(a_business())
        offer_rules.submit(offer, now=NOW)
        assert standing(offer) is Standing.CHECKING
        assert found() == []
        offer_rules.publish(offer, now=NOW)
    assert standing(offer) is Standing.VISIBLE
    assert found() == [offer.id]
    assert db.session.scalar(sa.select(sa.func.count(Slot.id)).where(Slot.offer_id == offer.id))


def test_a_draft_without_hours_words_or_place_is_not_sent(context: Flask) -> None:
    with writing():
        offer = a_draft(a_business())
        offer.schedule, offer.texts, offer.location = [], [], None
        with pytest.raises(Unfinished) as refused:
            offer_rules.submit(offer, now=NOW)
    assert refused.value.more["missing"] == ["location", "words", "hours"]


def test_nothing_of_a_business_nobody_knows_is_seen(context: Flask) -> None:
    with writing():
        business = a_business()
        business.state = State.PENDING
        offer = a_draft(business)
        offer_rules.submit(offer, now=NOW)
        with pytest.raises(BusinessUnknown):
            offer_rules.publish(offer, now=NOW)
    assert found() == []


def test_a_change_waits_while_the_published_words_stay_up(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        wish = said(offer, texts=[{"language": "pl", "title": "Inaczej", "description": ""}])
        offer_rules.want(offer, wish, now=NOW)
        assert text_for(offer, "pl").title == "Strzyżenie"
        assert text_for(wished(offer), "pl").title == "Inaczej"
        before = offer.version
        offer_rules.apply_change(offer, now=NOW)
        assert (text_for(offer, "pl").title, offer.change) == ("Inaczej", None)
        assert offer.version == before + 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Offer)) == 1


def test_wishing_what_is_published_already_takes_the_change_back(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        published = said(offer)
        offer_rules.want(offer, said(offer, meets="Hanna"), now=NOW)
        offer_rules.want(offer, published, now=NOW)
        assert offer.change is None


def test_a_request_to_fix_gives_a_draft_back_with_the_words(context: Flask) -> None:
    with writing():
        offer = a_draft(a_business())
        offer_rules.submit(offer, now=NOW)
        offer_rules.ask_to_fix(offer, "Say how long it takes.", now=NOW)
        assert (standing(offer), offer_rules.note_of(offer)) == (
            Standing.TO_FIX,
            "Say how long it takes.",
        )
        offer_rules.submit(offer, now=NOW)
        assert (standing(offer), offer_rules.note_of(offer)) == (Standing.CHECKING, "")


def test_a_change_to_fix_leaves_the_published_version_up(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        offer_rules.want(offer, said(offer, meets="Hanna"), now=NOW)
        offer_rules.ask_to_fix(offer, "No names, please.", now=NOW)
        assert (standing(offer), offer.state) == (Standing.TO_FIX, State.APPROVED)
        offer_rules.want(offer, said(offer, meets="Somebody kind"), now=NOW)
        assert standing(offer) is Standing.VISIBLE


def test_a_declined_draft_is_final_and_a_declined_change_is_dropped(context: Flask) -> None:
    with writing():
        draft, live = a_draft(a_business()), an_offer(a_business())
        offer_rules.submit(draft, now=NOW)
        offer_rules.decline(draft, "Not for us.", now=NOW)
        with pytest.raises(NotNow):
            offer_rules.want(draft, said(draft), now=NOW)
        offer_rules.want(live, said(live, meets="Hanna"), now=NOW)
        offer_rules.decline(live, "Better without.", now=NOW)
        assert (live.change, live.state, live.meets) == (None, State.APPROVED, "")


def test_words_changed_while_being_checked_begin_the_check_anew(context: Flask) -> None:
    later = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    with writing():
        offer = a_draft(a_business())
        offer_rules.submit(offer, now=NOW)
        offer_rules.want(offer, said(offer, meets="Hanna"), now=later)
        assert (offer.meets, offer.submitted_at, offer.state) == ("Hanna", later, State.PENDING)


def test_a_publication_can_be_taken_back(context: Flask) -> None:
    with writing():
        offer = a_draft(a_business())
        offer_rules.submit(offer, now=NOW)
        offer_rules.publish(offer, now=NOW)
        offer_rules.take_back(offer, now=NOW)
    assert (found(), offer.state) == ([], State.PENDING)


def test_paused_offers_are_not_found_and_come_back_with_times(context: Flask) -> None:
    with writing():
        business = a_business()
        offers = [an_offer(business), an_offer(business)]
        offer_rules.relocate(offers)
        pause_rules.pause_all(offers)
    assert found() == []
    with writing():
        pause_rules.resume_all(offers, now=NOW)
    assert len(found()) == 2


def test_a_pin_moves_every_offer_of_the_place(context: Flask) -> None:
    with writing():
        business = a_business()
        business.locations[0].lat = business.locations[0].lon = None
        first, second = an_offer(business), an_offer(business)
        assert found() == []
        offer_rules.pin(first, 52.24, 21.02, now=NOW)
    assert sorted(found()) == [first.id, second.id]


def test_the_length_of_a_published_offer_changes_at_once_but_not_its_kind(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business())
        offer_rules.set_visit(
            offer, kind="gift", minutes=60, seats=5, gap_minutes=0, lead_minutes=0, now=NOW
        )
        assert (offer.kind, offer.minutes, offer.seats) == (Kind.APPOINTMENT, 60, 1)


def test_only_what_no_member_has_seen_is_thrown_away(context: Flask) -> None:
    with writing():
        business = a_business()
        draft, live = a_draft(business), an_offer(business)
        offer_rules.remove(draft)
        with pytest.raises(NotNow):
            offer_rules.remove(live)
    assert list(db.session.scalars(sa.select(Offer.id))) == [live.id]


def test_a_reader_gets_their_language_else_the_first_one_marked(context: Flask) -> None:
    offer = Offer(texts=[OfferText(language="pl", title="Masaż", position=0)])
    offer.texts.append(OfferText(language="be", title="Масаж", position=1))
    assert (text_for(offer, "be").title, text_for(offer, "be").marked) == ("Масаж", "")
    assert (text_for(offer, "lt").title, text_for(offer, "lt").marked) == ("Masaż", "Polski")


def test_moving_house_waits_for_a_look_while_the_old_place_stays_up(context: Flask) -> None:
    place = provider_rules.Place(
        address="ul. Nowa 1", city="Warszawa", postal_code="", country="PL",
        timezone="Europe/Warsaw", entrance="", step_free=True,
    )  # fmt: skip
    with writing():
        business = a_business()
        offer = an_offer(business)
        old = business.locations[0]
        new = provider_rules.settle(business, place, now=NOW)
        assert (offer.location, new.id != old.id) == (old, True)
        offer_rules.apply_change(offer, now=NOW)
        assert offer.location is new


def test_correcting_the_place_of_a_draft_forgets_its_pin(context: Flask) -> None:
    place = provider_rules.Place(
        address="ul. Nowa 1", city="Warszawa", postal_code="", country="PL",
        timezone="Europe/Warsaw", entrance="", step_free=False,
    )  # fmt: skip
    with writing():
        business = a_business()
        a_draft(business)
        location = provider_rules.settle(business, place, now=NOW)
        assert (location.lat, location.address) == (None, "ul. Nowa 1")
        assert db.session.scalar(sa.select(sa.func.count(Location.id))) == 1
