"""The decision log: append-only in the database itself, undo within ten seconds, and what people read of it."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.bookings.models import Booking, BookingState
from app.db import db, writing
from app.errors import NotFound
from app.moderation import log, queue, reversal_rules, rules
from app.moderation.models import Decision, Ruling
from app.moderation.news import UNDO_LASTS
from app.notifications.models import Notice
from app.offers.models import Category, Offer, Slot, State
from tests.bookings.cast import new_member
from tests.moderation.cast import DAY, NOW, new_business, new_change, new_offer


def again(offer):
    db.session.expire_all()
    return db.session.get_one(Offer, offer.id)


@pytest.mark.parametrize(
    "rewriting",
    [
        sa.update(Decision).values(reason="Somebody else's idea"),
        sa.delete(Decision),
        sa.delete(Decision).where(Decision.id == 1),
    ],
)
def test_the_database_refuses_to_rewrite_or_forget_a_ruling(olga, lipa, decide, rewriting):
    decide(rules.decline, olga, f"offer:{new_offer(lipa).id}", "Asks for papers")
    with pytest.raises(IntegrityError, match="only ever added"), writing() as session:
        session.execute(rewriting)
    assert db.session.scalars(sa.select(Decision.reason)).all() == ["Asks for papers"]


def test_a_yes_can_be_taken_back_for_ten_seconds(olga, lipa, decide):
    offer = new_offer(lipa)
    ruling = decide(rules.publish, olga, f"offer:{offer.id}")
    back = decide(reversal_rules.take_back, olga, ruling.id, now=NOW + UNDO_LASTS)
    assert (again(offer).state, again(offer).published_at) == (State.PENDING, None)
    assert (back.ruling, back.was, back.now) == (Ruling.TAKEN_BACK, "approved", "pending")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 0
    assert queue.count(olga) == 1


def test_after_ten_seconds_it_stays(olga, lipa, decide):
    offer = new_offer(lipa)
    ruling = decide(rules.publish, olga, f"offer:{offer.id}")
    with pytest.raises(reversal_rules.TooLateToTakeBack):
        decide(reversal_rules.take_back, olga, ruling.id, now=NOW + UNDO_LASTS * 1.01)
    assert again(offer).state is State.APPROVED


def test_only_the_one_who_said_yes_takes_it_back_and_only_once(olga, marek, lipa, decide):
    ruling = decide(rules.publish, olga, f"offer:{new_offer(lipa).id}")
    with pytest.raises(NotFound):
        decide(reversal_rules.take_back, marek, ruling.id)
    with pytest.raises(NotFound):
        decide(reversal_rules.take_back, olga, ruling.id + 1)
    decide(reversal_rules.take_back, olga, ruling.id)
    with pytest.raises(reversal_rules.TooLateToTakeBack):
        decide(reversal_rules.take_back, olga, ruling.id)


def test_a_no_is_not_taken_back(olga, lipa, decide):
    ruling = decide(rules.decline, olga, f"offer:{new_offer(lipa).id}", "Asks for papers")
    with pytest.raises(reversal_rules.TooLateToTakeBack):
        decide(reversal_rules.take_back, olga, ruling.id)


def test_a_published_change_taken_back_waits_again_and_the_old_words_are_up(olga, lipa, decide):
    offer = new_offer(lipa, state=State.APPROVED)
    wanted = new_change(offer, price_minor=3000, meets="Marta")
    ruling = decide(rules.publish, olga, f"offer:{offer.id}")
    decide(reversal_rules.take_back, olga, ruling.id)
    assert (again(offer).price_minor, again(offer).meets) == (0, "Ewa")
    assert again(offer).change.wanted == wanted
    assert queue.count(olga) == 1


def test_what_somebody_has_booked_meanwhile_stays_published(olga, lipa, decide):
    offer = new_offer(lipa)
    ruling = decide(rules.publish, olga, f"offer:{offer.id}")
    member = new_member()
    with writing() as session:
        slot = session.scalars(sa.select(Slot).where(Slot.offer_id == offer.id)).first()
        session.add(
            Booking(
                member_id=member.id,
                slot=slot,
                offer_id=offer.id,
                provider_id=lipa.id,
                kind=offer.kind,
                category=offer.category,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                state=BookingState.CONFIRMED,
                code="123456",
                alias="Lipa",
                made_on=NOW.date(),
            )
        )
    with pytest.raises(reversal_rules.TooLateToTakeBack):
        decide(reversal_rules.take_back, olga, ruling.id)


def test_a_first_yes_taken_back_no_longer_counts(olga, marek, lipa, decide):
    subject = f"offer:{new_offer(lipa, category=Category.DOCTOR).id}"
    decide(reversal_rules.take_back, olga, decide(rules.publish, olga, subject).id)
    assert decide(rules.publish, marek, subject).ruling is Ruling.FIRST_YES


def test_a_second_yes_taken_back_leaves_the_first(olga, marek, decide):
    subject = f"provider:{new_business('Gabinet Klon', state=State.PENDING).id}"
    decide(rules.publish, olga, subject, "Called them")
    second = decide(rules.publish, marek, subject, "Was there")
    decide(reversal_rules.take_back, marek, second.id)
    card = queue.find(subject, marek, now=NOW)
    assert card.provider.state is State.PENDING
    assert card.first_yes.moderator.name == "Olga"


def test_the_log_tells_by_day_who_ruled_what_and_why(app, olga, marek, lipa, decide):
    asked, talk, papers = (
        new_offer(lipa),
        new_offer(lipa, "Rozmowa"),
        new_offer(lipa, "Konsultacja"),
    )
    decide(rules.decline, olga, f"offer:{papers.id}", "Asks for papers", now=NOW - DAY)
    with writing() as session:
        session.get_one(Offer, talk.id).category = Category.PSYCHOLOGIST
    decide(rules.publish, marek, f"offer:{talk.id}")
    decide(rules.publish, olga, f"offer:{talk.id}")
    decide(rules.ask_to_fix, olga, f"offer:{asked.id}", ["price"], "And the hours.", "…")
    with app.test_request_context("/?lang=en"):
        told = log.log_view(None, "Europe/Warsaw", now=NOW)
    today, earlier = told.days
    assert [(e.word, e.title, e.why, e.who) for e in today[1]] == [
        (
            "Asked to fix",
            "Farbowanie włosów",
            "Make the price smaller or zero · And the hours.",
            "Olga · 10:00",
        ),
        ("Published by two", "Rozmowa", "", "Marek, then Olga · 10:00"),
    ]
    assert [(e.word, e.why) for e in earlier[1]] == [("Declined", "Asks for papers")]
    assert told.earlier is None
    assert log.decided_lately(NOW) == 4


def test_a_long_log_is_turned_page_by_page(app, olga, lipa, decide):
    for _ in range(log.PAGE + 1):
        decide(rules.decline, olga, f"offer:{new_offer(lipa).id}", "No")
    with app.test_request_context("/?lang=en"):
        first = log.log_view(None, "Europe/Warsaw", now=NOW)
        second = log.log_view(first.earlier, "Europe/Warsaw", now=NOW)
    assert [sum(len(entries) for _, entries in page.days) for page in (first, second)] == [
        log.PAGE,
        1,
    ]
    assert second.earlier is None
