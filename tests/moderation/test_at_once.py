"""Two at the same moment: the second finds what the first has done, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from app.accounts.models import Member, Moderator
from app.bookings import rules as booking_rules
from app.bookings import waiting_rules
from app.bookings.models import OPEN, Booking
from app.db import db, writing
from app.errors import NotFound, Refusal, Stopped
from app.moderation import report_rules, suspension_rules, visit_rules
from app.moderation.case_models import Reason, VisitReason, VisitReport
from app.offers.models import Offer, Provider, Slot, State
from tests.bookings.cast import new_member, new_slot
from tests.bookings.cast import new_offer as published
from tests.moderation.cast import DAY, HOUR, NOW, new_business, new_moderator

ROUNDS = 5


@pytest.fixture
def at_once(app):
    """`at_once(deed, …)`: each in a thread and a session of its own, all let go together; what they gave back."""

    def run(*deeds):
        gate = Barrier(len(deeds))

        def one(deed):
            with app.app_context():
                gate.wait(10)
                try:
                    with writing() as session:
                        return deed(session)
                except Refusal as refusal:
                    return refusal
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(len(deeds)) as pool:
            return list(pool.map(one, deeds))

    return run


def _book(slot, member, *, now):
    return booking_rules.book(slot, member, once="y", now=now)


def _yes(app, told, who):
    with app.app_context(), writing() as session:
        visit_rules.stop(told, session.get_one(Moderator, who), "Called.", now=NOW)


def test_two_who_tell_at_once_are_two_voices(app, clock, at_once):
    clock.set(NOW)
    for number in range(ROUNDS):
        with app.app_context():
            offer = published(new_business(f"Studio {number}")).id
            two = [new_member().id for _ in range(2)]
        at_once(
            *(
                lambda session, who=who, offer=offer: report_rules.report(
                    offer, session.get_one(Member, who), Reason.UNSAFE, "", now=NOW
                )
                for who in two
            )
        )
        with app.app_context():
            assert db.session.get_one(Offer, offer).state is State.HIDDEN


def test_whoever_books_while_a_business_is_suspended_is_called_off_or_refused(app, clock, at_once):
    clock.set(NOW)
    with app.app_context():
        olga = new_moderator("Olga").id
    for number in range(ROUNDS):
        with app.app_context():
            studio = new_business(f"Studio {number}")
            offer = published(studio)
            slots = [new_slot(offer, NOW + DAY + n * HOUR).id for n in range(4)]
            people = [new_member().id for _ in slots]
            studio_id = offer.provider_id
        deeds = [
            lambda session, slot=slot, who=who: booking_rules.book(
                slot, session.get_one(Member, who), once="x", now=NOW
            )
            for slot, who in zip(slots, people, strict=True)
        ]
        answers = at_once(
            *deeds,
            lambda session, key=studio_id: suspension_rules.suspend(
                key, session.get_one(Moderator, olga), "A call is needed.", now=NOW
            ),
        )
        assert not isinstance(answers[-1], Refusal)
        assert all(isinstance(one, Booking | NotFound) for one in answers[:-1])
        with app.app_context():
            open_ones = sa.select(Booking.id).where(Booking.state.in_(OPEN))
            assert db.session.scalars(open_ones).all() == []
            assert set(db.session.scalars(sa.select(Slot.seats_taken))) == {0}
            assert db.session.get_one(Provider, studio_id).state is State.SUSPENDED


def test_whoever_books_while_an_offer_is_taken_down_is_called_off_or_refused(app, clock, at_once):
    clock.set(NOW)
    with app.app_context():
        olga, teller = new_moderator("Olga").id, new_member().id
    for number in range(ROUNDS):
        with app.app_context():
            offer = published(new_business(f"Studio {number}")).id
            slots = [
                new_slot(db.session.get_one(Offer, offer), NOW + DAY + n * HOUR).id
                for n in range(4)
            ]
            people = [new_member().id for _ in slots]
            with writing() as session:
                me = session.get_one(Member, teller)
                report_rules.report(offer, me, Reason.UNTRUE, "", now=NOW)
        answers = at_once(
            *(
                lambda session, slot=slot, who=who: booking_rules.book(
                    slot, session.get_one(Member, who), once="x", now=NOW
                )
                for slot, who in zip(slots, people, strict=True)
            ),
            lambda session, offer=offer: report_rules.uphold(
                offer, session.get_one(Moderator, olga), "It is so.", now=NOW
            ),
        )
        assert not isinstance(answers[-1], Refusal)
        with app.app_context():
            open_ones = sa.select(Booking.id).where(Booking.state.in_(OPEN))
            assert db.session.scalars(open_ones).all() == []


def test_two_yeses_at_once_stop_an_account_once(app, clock, at_once):
    clock.set(NOW)
    with app.app_context():
        staff = [new_moderator(name).id for name in ("Olga", "Marek")]
        slot = new_slot(published(new_business()), NOW + DAY).id
        nina = new_member().id
        with writing() as session:
            visit = booking_rules.book(slot, session.get_one(Member, nina), once="x", now=NOW)
        with writing():
            told = visit_rules.report_visit(
                db.session.get_one(Booking, visit.id), VisitReason.HARM, "", now=NOW
            ).public_id
    at_once(
        *(
            lambda session, who=who: visit_rules.stop(
                told, session.get_one(Moderator, who), "Called.", now=NOW
            )
            for who in staff
        )
    )
    with app.app_context():
        assert db.session.get_one(Member, nina).stopped_on == NOW.date()
        assert db.session.scalar(sa.select(VisitReport.stopped)) is True


@pytest.mark.parametrize("wish", [_book, waiting_rules.join], ids=["booking", "waiting"])
def test_whoever_is_stopped_while_they_book_takes_and_awaits_nothing(app, clock, wish):
    """On PostgreSQL the phone has read its member before the second yes; on SQLite they stand in line."""
    clock.set(NOW)
    with app.app_context():
        nina, staff = new_member().id, [new_moderator(name).id for name in ("Olga", "Marek")]
        offer = published(new_business())
        slots = [new_slot(offer, NOW + n * 9 * DAY).id for n in (1, 2)]
        with writing() as session:
            visit = booking_rules.book(slots[0], session.get_one(Member, nina), once="x", now=NOW)
            told = visit_rules.report_visit(visit, VisitReason.HARM, "", now=NOW).public_id
        _yes(app, told, staff[0])
        together = db.engine.dialect.name == "postgresql"
        if not together:
            _yes(app, told, staff[1])
        with writing() as session:
            me = session.get_one(Member, nina)
            if together:
                assert me.stopped_on is None
                with ThreadPoolExecutor(1) as other:
                    other.submit(_yes, app, told, staff[1]).result(10)
            with pytest.raises(Stopped):
                wish(slots[1], me, now=NOW)
        assert db.session.scalars(sa.select(Booking.id).where(Booking.state.in_(OPEN))).all() == []
