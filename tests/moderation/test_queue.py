"""What waits for a look: oldest first, claimed in sight of the others, never one's own."""

import pytest

from app.db import writing
from app.errors import NotFound
from app.moderation import queue, rules
from app.moderation.cards import Asked
from app.offers.models import Category, Offer, Provider, State
from tests.moderation.cast import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    new_business,
    new_change,
    new_moderator,
    new_offer,
)


def subjects(me):
    return [card.subject for card in queue.waiting(me, now=NOW)]


def test_businesses_offers_and_changes_wait_together_oldest_first(olga, lipa):
    fresh = new_offer(lipa, waits=HOUR)
    dyeing = new_offer(lipa, state=State.APPROVED)
    new_change(dyeing, price_minor=3000, waits=50 * MINUTE)
    klon = new_business("Gabinet Klon", state=State.PENDING, waits=3 * HOUR)
    cards = queue.waiting(olga, now=NOW)
    assert [card.subject for card in cards] == [
        f"provider:{klon.id}", f"offer:{fresh.id}", f"offer:{dyeing.id}"
    ]  # fmt: skip
    assert [card.asked for card in cards] == [Asked.BUSINESS, Asked.OFFER, Asked.CHANGE]
    assert [NOW - card.since for card in cards] == [3 * HOUR, HOUR, 50 * MINUTE]
    assert queue.count(olga) == 3


def test_drafts_published_paused_and_declined_offers_do_not_wait(olga, lipa):
    for state in (State.DRAFT, State.APPROVED, State.PAUSED, State.DENIED):
        new_offer(lipa, state=state)
    assert subjects(olga) == []


def test_a_business_waits_once_its_address_is_confirmed(olga, context):
    shy = new_business("Shy", state=State.PENDING)
    with writing() as session:
        session.get_one(Provider, shy.id).account.confirmed_at = None
    assert subjects(olga) == []


def test_an_imported_business_waits_once_it_offers_something(olga, context):
    with writing() as session:
        orphan = Provider(
            name="Helping Hands", state=State.PENDING, created_at=NOW, source_id="hsds:1"
        )
        session.add(orphan)
    assert subjects(olga) == []
    offer = new_offer(orphan, information_only=True, source_id="hsds:2")
    assert set(subjects(olga)) == {f"provider:{orphan.id}", f"offer:{offer.id}"}
    card = queue.find(f"offer:{offer.id}", olga, now=NOW)
    assert card.needs_pin
    assert not card.has_reader


def test_a_moderators_own_listings_never_come_to_them(lipa, olga, context):
    offer = new_offer(lipa)
    owner = new_moderator("Ewa", email="studio.lipa@example.org")
    assert subjects(owner) == []
    assert queue.count(owner) == 0
    with pytest.raises(NotFound):
        queue.find(f"offer:{offer.id}", owner, now=NOW)
    assert subjects(olga) == [f"offer:{offer.id}"]


def test_a_claim_is_seen_by_the_others_and_ends_after_twenty_minutes(olga, marek, lipa, decide):
    subject = f"offer:{new_offer(lipa).id}"
    decide(rules.claim, olga, subject)
    seen = queue.find(subject, marek, now=NOW + 19 * MINUTE)
    assert seen.claim
    assert (seen.claim.moderator.name, seen.claim.until) == ("Olga", NOW + 20 * MINUTE)
    assert queue.find(subject, marek, now=NOW + 20 * MINUTE).claim is None


def test_a_live_claim_is_not_taken_over_but_an_old_one_is(olga, marek, lipa, decide):
    subject = f"offer:{new_offer(lipa).id}"
    decide(rules.claim, olga, subject)
    decide(rules.claim, marek, subject, now=NOW + 5 * MINUTE)
    assert queue.find(subject, marek, now=NOW + 5 * MINUTE).claim.moderator_id == olga.id
    decide(rules.claim, marek, subject, now=NOW + 21 * MINUTE)
    claim = queue.find(subject, olga, now=NOW + 22 * MINUTE).claim
    assert (claim.moderator_id, claim.until) == (marek.id, NOW + 41 * MINUTE)


def test_a_decision_ends_the_claim(olga, lipa, decide):
    offer = new_offer(lipa)
    decide(rules.claim, olga, f"offer:{offer.id}")
    decide(rules.decline, olga, f"offer:{offer.id}", "Not here.")
    with writing() as session:
        session.get_one(Offer, offer.id).state = State.PENDING
    assert queue.find(f"offer:{offer.id}", olga, now=NOW).claim is None


def test_half_of_what_was_decided_waited_no_longer_than_the_median(olga, lipa, decide):
    assert queue.median_wait(NOW) is None
    for hours in (1, 2, 9):
        offer = new_offer(lipa, waits=hours * HOUR)
        decide(rules.publish, olga, f"offer:{offer.id}")
    assert queue.median_wait(NOW) == 2 * HOUR
    assert queue.median_wait(NOW + 31 * DAY) is None


def test_only_doctors_psychologists_and_new_businesses_need_two(olga, lipa):
    two = {
        category
        for category in Category
        if queue.find(f"offer:{new_offer(lipa, category=category).id}", olga, now=NOW).needs_two
    }
    assert two == {Category.DOCTOR, Category.PSYCHOLOGIST}
    klon = new_business("Gabinet Klon", state=State.PENDING)
    assert queue.find(f"provider:{klon.id}", olga, now=NOW).needs_two


@pytest.mark.parametrize(
    "subject", ["offer:0", "offer:x", "slot:1", "offer:", "", "provider:99", "offer:²"]
)
def test_what_is_not_in_the_queue_answers_as_nothing_does(olga, lipa, subject):
    with pytest.raises(NotFound):
        queue.find(subject, olga, now=NOW)


def test_the_list_is_cut_but_the_count_is_not(olga, lipa):
    for _ in range(4):
        new_offer(lipa)
    assert len(queue.waiting(olga, now=NOW, limit=3)) == 3
    assert queue.count(olga) == 4
