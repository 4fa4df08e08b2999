"""A business tells of a visit by its code; two can stop the account behind it, and nobody sees whose it is."""

import json
import re

import pytest
import sqlalchemy as sa

from app.accounts.models import Member, Moderator, ProviderAccount
from app.bookings import consent_rules
from app.bookings import rules as booking_rules
from app.bookings.models import Booking, BookingState
from app.db import db, writing
from app.errors import NotFound, Stopped
from app.life import export, purge
from app.moderation import appeal_rules, case_views, rulings, visit_rules
from app.moderation.case_models import Appeal, VisitReason, VisitReport
from app.moderation.models import Decision
from app.moderation.rules import NobodyDecidesOnTheirOwn
from app.notifications.models import Notice
from app.offers.models import Provider, Slot
from tests.bookings.cast import new_member, new_offer, new_provider, new_slot
from tests.cast import a_business, a_member, send
from tests.moderation.cast import DAY, HOUR, NOW, new_moderator


@pytest.fixture
def slots(now, context):
    first = new_offer(new_provider())
    second = new_offer(new_provider("Salon Obok"), "Massage", 1)
    return [new_slot(first, NOW + 3 * HOUR), new_slot(second, NOW + DAY)]


@pytest.fixture
def ina(context):
    return new_moderator("Ina")


def book(slot, member):
    with writing() as session:
        me = session.get_one(Member, member.id)
        return booking_rules.book(slot.id, me, once=f"{slot.id}", now=NOW)


def tell(booking, words=""):
    with writing() as session:
        told = session.get_one(Booking, booking.id)
        return visit_rules.report_visit(told, VisitReason.THREAT, words, now=NOW)


def again(model, key):
    db.session.expire_all()
    return db.session.get_one(model, key)


def test_it_takes_two_and_then_their_visits_go_on_and_nothing_new_can_be_booked(
    slots, olga, marek, decide
):
    nina = new_member()
    here, there = (book(slot, nina) for slot in slots)
    row = tell(here)
    decide(visit_rules.stop, olga, row.public_id, "Threats at the door.")
    assert again(Member, nina.id).stopped_on is None, "one is not enough"
    with pytest.raises(NobodyDecidesOnTheirOwn):
        decide(visit_rules.stop, olga, row.public_id, "Twice me")
    decide(visit_rules.stop, marek, row.public_id, "The business was called.")

    assert again(Member, nina.id).stopped_on == NOW.date()
    assert again(Booking, there.id).state is BookingState.CANCELLED
    assert [again(Slot, slot.id).seats_taken for slot in slots] == [0, 0], "they go on at once"
    [told] = db.session.scalars(sa.select(Notice).filter_by(kind="account_decided"))
    assert (told.recipient, told.link) == (nina.recipient, "/my-case")
    db.session.rollback()
    with pytest.raises(Stopped):
        book(new_slot(slots[0].offer, NOW + 2 * DAY), nina)
    with pytest.raises(consent_rules.CodeNotGood):
        consent_rules.holder_of("12345678", now=NOW)


def test_no_ruling_and_no_notice_to_staff_leads_to_a_member_or_a_visit(
    slots, olga, marek, ina, decide
):
    nina = new_member()
    visit = book(slots[0], nina)
    row = tell(visit, "Qzxmarker")
    decide(visit_rules.stop, olga, row.public_id, "Called. Qzxwhy")
    assert "Qzxwhy" in str(case_views.case_view(f"visit:{row.public_id}", marek, now=NOW).said)
    decide(visit_rules.stop, marek, row.public_id, "Nina's threats. Qzxwhy")
    with writing() as session:
        me = session.get_one(Member, nina.id)
        case = appeal_rules.object_as_member(me, "It was not me.", now=NOW).public_id
    assert "Qzxwhy" in str(case_views.case_view(f"appeal:{case}", ina, now=NOW).said)
    decide(appeal_rules.keep, ina, case, "Still so. Qzxwhy")
    assert again(Appeal, db.session.scalar(sa.select(Appeal.id))).why == "Still so. Qzxwhy"
    log = [vars(d) for d in db.session.scalars(sa.select(Decision))]
    staff = db.session.scalars(sa.select(Notice).filter_by(kind="new_review")).all()
    written = json.dumps([log, [(n.subject, n.link, n.values) for n in staff]], default=str)
    assert "Qzxwhy" not in written, "the log is kept for ever; why, only with the case"
    for mark in (visit.code, visit.alias, visit.public_id, nina.public_id, str(nina.id)):
        assert mark not in written
    sealed = sa.text("SELECT words_sealed, visit_sealed, why_sealed FROM visit_report")
    raw = db.session.execute(sealed).one()
    marks = (b"Qzxmarker", b"Qzxwhy", visit.code.encode())
    assert not any(m in bytes(r) for r in raw for m in marks)


def test_an_objection_of_a_member_is_decided_by_neither_of_the_two(slots, olga, marek, ina, decide):
    nina = new_member()
    row = tell(book(slots[0], nina))
    for who in (olga, marek):
        decide(visit_rules.stop, who, row.public_id, "Threats.")
    with writing() as session:
        me = session.get_one(Member, nina.id)
        case = appeal_rules.object_as_member(me, "It was not me.", now=NOW)
    stopped = again(Member, nina.id)
    assert visit_rules.stopped_for(stopped, now=NOW + 29 * DAY)
    assert visit_rules.stopped_for(stopped, now=NOW + 31 * DAY) is None, "no worker has run"
    for who in (olga, marek):
        with pytest.raises(rulings.SomebodyElseDecides):
            decide(appeal_rules.grant, who, case.public_id, "")
    decide(appeal_rules.grant, ina, case.public_id, "It was a mistake.")
    assert again(Member, nina.id).stopped_on is None
    book(new_slot(slots[0].offer, NOW + 9 * DAY), nina)


def test_let_be_stops_nobody_and_the_details_end_thirty_days_after(slots, olga, decide):
    nina = new_member()
    row = tell(book(slots[0], nina))
    decide(visit_rules.let_be, olga, row.public_id, "")
    with pytest.raises(NotFound):
        decide(visit_rules.stop, olga, row.public_id, "After all")
    with writing():
        purge(NOW + 10 * DAY)
    assert again(VisitReport, row.id).booking_id is None, "the visit is forgotten in its own time"
    with writing():
        purge(NOW + 31 * DAY)
    assert db.session.query(VisitReport).count() == 0


def test_after_a_first_yes_the_second_reads_the_very_same_words(slots, olga, marek, decide):
    visit = book(slots[0], new_member())
    tell(visit, "It was loud.")
    row = tell(visit, "Threats at the door.")
    assert again(VisitReport, row.id).words == "Threats at the door.", "until then it may be mended"
    decide(visit_rules.stop, olga, row.public_id, "Threats.")
    for _after_the_first_and_after_the_second in range(2):
        with pytest.raises(visit_rules.AlreadyRead):
            tell(visit, "Nothing was there.")
        db.session.rollback()
        assert again(VisitReport, row.id).words == "Threats at the door."
        db.session.rollback()
        if not again(VisitReport, row.id).ruled_at:
            decide(visit_rules.stop, marek, row.public_id, "Threats.")


def test_before_the_ruling_a_member_learns_that_there_is_something_and_not_what(
    slots, olga, decide
):
    nina = new_member()
    row = tell(book(slots[0], nina), "Qzxmarker")
    assert export(again(Member, nina.id))["visit_report"] == [{"ruled_at": "not yet"}]
    decide(visit_rules.let_be, olga, row.public_id, "")
    [told] = export(again(Member, nina.id))["visit_report"]
    assert (told["words_sealed"], told["reason"]) == ("Qzxmarker", "threat")


@pytest.fixture
def stage(app, clock):
    """Nina has a visit at the business that is signed in."""
    clock.set(NOW - 2 * DAY)
    studio, nina = a_business(app), a_member(app)
    clock.set(NOW)
    with app.app_context():
        slot = new_slot(new_offer(new_provider()), NOW + 3 * HOUR)
        with writing() as session:
            account = session.scalar(
                sa.select(ProviderAccount).where(ProviderAccount.password_hash != "-")
            )
            session.execute(sa.update(Provider).values(account_id=account.id))
        member = db.session.scalar(sa.select(Member))
        visit = book(slot, member)
        return studio, nina, visit, member


def test_a_stopped_member_reads_why_objects_takes_along_and_erases(app, desk, stage):
    studio, nina, visit, member = stage
    page = studio.get("/today?code=" + visit.code).text
    assert f"/today/{visit.public_id}" in page
    path = f"/today/{visit.public_id}/report"
    assert f'href="{path}"' in studio.get(f"/today/{visit.public_id}").text
    assert send(studio, path, path, reason="threat", words="At the door").status_code == 303

    olga, marek = desk("Olga"), desk("Marek")
    case = re.search(r"/cases/visit:[\w-]+", olga.get("/queue").text)[0].removesuffix("/claim")
    seen = olga.get(case).text
    assert visit.code_in_two in seen
    assert not any(m in seen for m in (visit.alias, member.alias, member.public_id, str(member.id)))
    for who in (olga, marek):
        assert "<textarea" in studio.get(path).text or who is marek
        done = who.post(f"{case}/ruling", {"ruling": "stop", "words": "We have called."})
        assert done.status_code == 303
        assert "<textarea" not in studio.get(path).text, "from the first yes nothing can be changed"
    assert send(studio, path, "/settings", reason="other", words="No").status_code == 409

    for closed in ("/nearby", f"/offers/{visit.offer_id}", "/api/v1/offers", "/wishes"):
        assert nina.get(closed).status_code == 403, closed
    assert nina.get("/").location == "/my-case"
    mine = nina.get("/my-case").text
    assert "We have called." in mine
    assert "/my-data" in mine
    for still in ("/my-data", "/inbox", "/settings", "/help"):
        assert nina.get(still).status_code == 200, still
    kept = json.loads(nina.get("/my-data/pobach.json").text)
    assert kept["visit_report"][0]["reason"] == "threat"
    assert kept["member"][0]["stopped_on"] == str(NOW.date())
    assert send(nina, "/my-case", "/my-case", words="").status_code == 422
    assert send(nina, "/my-case", "/my-case", words="It was not me.").status_code == 303
    assert "It was not me." in nina.get("/my-case").text
    assert send(nina, "/my-data/erasure", "/my-data/erasure").location == "/leave"
    with app.app_context():
        assert db.session.query(VisitReport).count() == 0
        assert db.session.query(Moderator).count() == 2


def test_two_cases_of_one_person_share_no_more_than_two_of_different_people(app, desk, clock):
    clock.set(NOW)
    with app.app_context():
        nina, lev = new_member(), new_member()
        cases = []
        for number, who in enumerate((nina, nina, lev)):
            offer = new_offer(new_provider(f"Studio {number}"), "Visit", number)
            row = tell(book(new_slot(offer, NOW + DAY + number * HOUR), who), "It was loud.")
            cases.append(f"/cases/visit:{row.public_id}")
    olga = desk("Olga")
    first, second, other = (
        set(re.findall(r"[\w-]{4,}", re.sub(r"<input[^>]+csrf[^>]+>", "", olga.get(one).text)))
        for one in cases
    )
    assert (first & second) - other == set()


def test_another_business_reports_no_visit_of_theirs(app, stage):
    other = a_business(app, "other@example.org")
    path = f"/today/{stage[2].public_id}/report"
    assert other.get(path).status_code == 404
    assert send(other, path, "/settings", reason="threat").status_code == 404
