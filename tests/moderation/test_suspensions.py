"""A business is suspended by one and reinstated by another; whoever was coming is told and offered other times."""

import pytest
import sqlalchemy as sa

from app.accounts.models import Member
from app.bookings import rules as booking_rules
from app.bookings import times, waiting_rules
from app.bookings.models import Booking, BookingState
from app.db import db, writing
from app.errors import NotFound
from app.moderation import appeal_rules, case_views, report_rules, rulings, suspension_rules
from app.moderation.case_models import Appeal, Reason
from app.moderation.models import Decision, Ruling
from app.moderation.rules import NobodyDecidesOnTheirOwn, decline
from app.notifications.models import Notice
from app.offers import pause_rules, provider_rules
from app.offers.models import Category, Offer, Provider, Slot, State
from app.offers.offer_rules import BusinessUnknown
from tests.bookings.cast import new_member, new_slot
from tests.bookings.cast import new_offer as published
from tests.moderation.cast import DAY, NOW, new_business, new_moderator, new_offer


@pytest.fixture
def haircut(now, lipa):
    return published(lipa)


@pytest.fixture
def ina(context):
    return new_moderator("Ina")


def of(model, row):
    db.session.expire_all()
    return db.session.get_one(model, row.id)


def book(slot, member):
    with writing() as session:
        me = session.get_one(Member, member.id)
        return booking_rules.book(slot.id, me, once=f"{slot.id}", now=NOW)


def told(kind):
    db.session.rollback()
    return db.session.scalars(sa.select(Notice).filter_by(kind=kind).order_by(Notice.id)).all()


def test_a_suspended_business_is_seen_and_booked_by_nobody_and_its_bookers_hear(
    haircut, lipa, olga, decide
):
    elsewhere = new_slot(published(new_business("Salon Brzoza"), "Cut"), NOW + 2 * DAY)
    slot, later = new_slot(haircut, NOW + DAY), new_slot(haircut, NOW + 9 * DAY)
    nina = new_member()
    visit = book(slot, nina)
    lev = new_member()
    with writing() as session:
        waiting_rules.join(slot.id, session.get_one(Member, lev.id), now=NOW)
    paused = published(lipa, "Nails", Category.CARE, state=State.PAUSED)

    decide(suspension_rules.suspend, olga, lipa.id, "Two people were sent away.")

    assert of(Provider, lipa).state is State.SUSPENDED
    assert (of(Offer, haircut).state, of(Offer, paused).state) == (State.HIDDEN, State.PAUSED)
    assert of(Booking, visit).state is BookingState.CANCELLED
    assert of(Slot, slot).seats_taken == 0
    assert {n.recipient for n in told("slot_cancelled")} == {nina.recipient, lev.recipient}
    others = times.same_kind(of(Offer, haircut), NOW, 3, now=NOW)
    assert [one.id for one in others] == [elsewhere.id], "the page it leads to offers other places"
    with pytest.raises(NotFound):
        book(later, nina)
    with pytest.raises(BusinessUnknown), writing():
        pause_rules.resume(of(Offer, paused), now=NOW)
    account = of(Provider, lipa).account
    with pytest.raises(provider_rules.AlreadyChecked), writing():
        provider_rules.introduce(account, "Another name", "", now=NOW)
    assert told("offer_decided")[-1].values["decision"] == "suspended"


def test_somebody_else_reinstates_it_and_the_log_keeps_both(lipa, now, olga, marek, decide):
    haircut = new_offer(lipa, state=State.APPROVED)
    slot = new_slot(haircut, NOW + DAY)  # ten o'clock, which its hours have
    visit = book(slot, new_member())
    decide(suspension_rules.suspend, olga, lipa.id, "A call is needed.")
    with pytest.raises(rulings.SomebodyElseDecides):
        decide(suspension_rules.reinstate, olga, lipa.id, "")
    decide(suspension_rules.reinstate, marek, lipa.id, "We have called.")

    assert (of(Provider, lipa).state, of(Offer, haircut).state) == (State.APPROVED, State.APPROVED)
    assert of(Booking, visit).state is BookingState.CANCELLED, "nobody is booked again unasked"
    book(slot, new_member())
    log = db.session.execute(
        sa.select(Decision.ruling, Decision.moderator_id, Decision.reason)
    ).all()
    assert sorted(log) == sorted(
        [
            (Ruling.SUSPENDED, olga.id, "A call is needed."),
            (Ruling.REINSTATED, marek.id, "We have called."),
        ]
    )


def test_what_two_voices_hide_stays_hidden_when_the_business_comes_back(
    haircut, lipa, olga, marek, decide
):
    for member in (new_member(), new_member()):
        with writing() as session:
            me = session.get_one(Member, member.id)
            report_rules.report(haircut.id, me, Reason.UNSAFE, "", now=NOW)
    decide(suspension_rules.suspend, olga, lipa.id, "A call is needed.")
    other = published(lipa, "Nails", Category.CARE)
    decide(suspension_rules.reinstate, marek, lipa.id, "")
    assert (of(Offer, haircut).state, of(Offer, other).state) == (State.HIDDEN, State.APPROVED)
    decide(suspension_rules.suspend, olga, lipa.id, "Once more.")
    decide(report_rules.put_back, marek, haircut.id, "")
    assert of(Offer, haircut).state is State.HIDDEN, "not while the business is suspended"
    decide(suspension_rules.reinstate, marek, lipa.id, "")
    assert of(Offer, haircut).state is State.APPROVED


def test_nobody_suspends_or_reinstates_their_own_business(lipa, haircut, decide):
    ewa = new_moderator("Ewa", "studio.lipa@example.org")
    with pytest.raises(NobodyDecidesOnTheirOwn):
        decide(suspension_rules.suspend, ewa, lipa.id, "Mine")


def objecting(business, subject, words="We asked nobody."):
    with writing() as session:
        mine = session.get_one(Provider, business.id)
        return appeal_rules.object_as_business(subject, mine, words, now=NOW)


def test_an_objection_to_a_suspension_is_decided_by_somebody_else(
    haircut, lipa, olga, marek, decide
):
    decide(suspension_rules.suspend, olga, lipa.id, "A call is needed.")
    case = objecting(lipa, f"provider:{lipa.id}")
    with pytest.raises(appeal_rules.AlreadyObjected):
        objecting(lipa, f"provider:{lipa.id}")
    with pytest.raises(rulings.SomebodyElseDecides):
        decide(appeal_rules.grant, olga, case.public_id, "")
    decide(appeal_rules.grant, marek, case.public_id, "They are right.")
    assert (of(Provider, lipa).state, of(Offer, haircut).state) == (State.APPROVED, State.APPROVED)
    with pytest.raises(NotFound):
        decide(appeal_rules.keep, marek, case.public_id, "Again")


@pytest.mark.parametrize("odd", ["0{}", "00{}", "{} ", "+{}", "arabic", "١{}"])
def test_one_offer_is_one_subject_however_its_number_is_written(haircut, lipa, olga, decide, odd):
    arabic = "".join(chr(0x660 + int(digit)) for digit in str(haircut.id))
    number = arabic if odd == "arabic" else odd.format(haircut.id)
    decide(report_rules.uphold, olga, told_of(haircut), "It is so.")
    objecting(lipa, f"offer:{haircut.id}")
    with pytest.raises(NotFound):
        objecting(lipa, f"offer:{number}")
    with pytest.raises(NotFound):
        case_views.case_view(f"business:{number}", olga, now=NOW)


def told_of(offer):
    teller = new_member().id
    with writing() as session:
        me = session.get_one(Member, teller)
        report_rules.report(offer.id, me, Reason.UNTRUE, "", now=NOW)
    return offer.id


def test_an_objection_to_a_declined_offer_brings_it_back_to_the_queue_or_leaves_it(
    lipa, olga, marek, ina, decide
):
    offer, other = new_offer(lipa), new_offer(lipa, "Masaż")
    for one in (offer, other):
        decide(decline, olga, f"offer:{one.id}", "Asks for papers")
    case = objecting(lipa, f"offer:{offer.id}")
    with pytest.raises(rulings.SomebodyElseDecides):
        decide(appeal_rules.keep, olga, case.public_id, "No")
    decide(appeal_rules.grant, marek, case.public_id, "")
    assert of(Offer, offer).state is State.PENDING
    assert told("offer_decided")[-1].values["decision"] == "again"
    decide(appeal_rules.keep, ina, objecting(lipa, f"offer:{other.id}").public_id, "It does ask.")
    assert of(Offer, other).state is State.DENIED
    assert told("offer_decided")[-1].values["decision"] == "stays"
    with pytest.raises(NotFound):
        objecting(new_business("Salon Obok"), f"offer:{other.id}")


def test_words_about_a_hidden_offer_stand_beside_what_was_told_and_go_on_to_somebody_else(
    haircut, lipa, olga, marek, decide
):
    for member in (new_member(), new_member()):
        with writing() as session:
            me = session.get_one(Member, member.id)
            report_rules.report(haircut.id, me, Reason.UNTRUE, "", now=NOW)
    case = objecting(lipa, f"offer:{haircut.id}")
    with pytest.raises(NotFound):
        decide(appeal_rules.grant, marek, case.public_id, "")
    decide(report_rules.uphold, olga, haircut.id, "It is so.")
    with pytest.raises(rulings.SomebodyElseDecides):
        decide(appeal_rules.grant, olga, case.public_id, "")
    decide(appeal_rules.grant, marek, case.public_id, "")
    assert of(Offer, haircut).state is State.APPROVED
    assert of(Appeal, case).granted is True
