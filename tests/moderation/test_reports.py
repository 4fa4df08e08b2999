"""Members tell of an offer: two trusted voices hide it until somebody has looked, and nobody learns who told."""

import pytest
import sqlalchemy as sa

from app.accounts.models import Invitation, Member, Moderator
from app.bookings.models import Booking, BookingState
from app.db import db, writing
from app.errors import NotFound
from app.life import purge
from app.moderation import cases, report_rules
from app.moderation.case_models import Reason, Report
from app.moderation.models import Decision, Ruling
from app.moderation.rules import NobodyDecidesOnTheirOwn
from app.notifications.models import Notice
from app.offers.models import Offer, Slot, State
from app.seal import digest
from tests.bookings.cast import new_member, new_slot
from tests.bookings.cast import new_offer as published
from tests.cast import a_member, send
from tests.moderation.cast import DAY, HOUR, NOW, new_business, new_moderator


@pytest.fixture
def haircut(now, lipa):
    return published(lipa)


def came_today(member):
    with writing() as session:
        card = Invitation(
            token_hash=digest(str(member.id)), made_on=NOW.date(), expires_on=NOW.date() + 14 * DAY,
            used_on=NOW.date(), member_id=member.id,
        )  # fmt: skip
        session.add(card)
    return member


def guest_of(inviter, member):
    with writing() as session:
        session.get_one(Member, member.id).invited_by_id = inviter.id
    return member


def tell(offer, member, reason=Reason.PAPERS, words="", now=NOW):
    with writing() as session:
        me = session.get_one(Member, member.id)
        return report_rules.report(offer.id, me, reason, words, now=now)


def state_of(offer):
    db.session.expire_all()
    return db.session.get_one(Offer, offer.id).state


def notices(kind):
    db.session.rollback()
    return db.session.scalars(sa.select(Notice).filter_by(kind=kind)).all()


def test_two_trusted_voices_hide_an_offer_and_moderators_hear_of_the_first(haircut, olga):
    nina = new_member()
    tell(haircut, nina)
    assert state_of(haircut) is State.APPROVED
    assert [n.link for n in notices("new_review")] == [f"/cases/report:{haircut.id}"]
    tell(haircut, nina, Reason.UNSAFE)
    assert state_of(haircut) is State.APPROVED, "one person saying it twice is one voice"
    tell(haircut, new_member())
    assert state_of(haircut) is State.HIDDEN
    [told] = notices("offer_decided")
    assert (told.recipient.split(":")[0], told.values["decision"]) == ("provider", "hidden")


def test_whoever_came_today_hides_nothing_unless_they_have_been_there(haircut, olga):
    new = [came_today(new_member()) for _ in range(3)]
    for member in new[:2]:
        tell(haircut, member)
    assert state_of(haircut) is State.APPROVED
    slot = new_slot(haircut, NOW - HOUR)
    with writing() as session:
        for number, member in enumerate(new[1:]):
            session.add(visit_of(member, slot, f"{number:06}"))
    for member in new[1:]:
        tell(haircut, member)
    assert state_of(haircut) is State.HIDDEN


def visit_of(member, slot, code):
    offer = db.session.get_one(Offer, slot.offer_id)
    return Booking(
        member_id=member.id, slot_id=slot.id, offer_id=offer.id, provider_id=offer.provider_id,
        kind=offer.kind, category=offer.category, starts_at=slot.starts_at, ends_at=slot.ends_at,
        state=BookingState.ATTENDED, code=code, alias="Lipa Recka", made_on=NOW.date(),
    )  # fmt: skip


def test_guests_of_one_inviter_are_one_voice_and_of_a_frozen_one_none(haircut, olga, marek):
    for _ in range(4):
        tell(haircut, guest_of(olga, new_member()))
    assert state_of(haircut) is State.APPROVED
    with writing() as session:
        session.get_one(Moderator, olga.id).frozen_at = NOW
    tell(haircut, guest_of(marek, new_member()))
    assert (state_of(haircut), report_rules.voices(haircut.id)) == (State.APPROVED, 1)
    tell(haircut, new_member())
    assert state_of(haircut) is State.HIDDEN


def test_put_back_shows_it_again_and_upheld_takes_it_down_with_its_visits(haircut, olga, decide):
    nina, lev = new_member(), new_member()
    slot = new_slot(haircut, NOW + DAY)
    for member in (nina, lev):
        tell(haircut, member)
    decide(report_rules.put_back, olga, haircut.id, "")
    assert state_of(haircut) is State.APPROVED
    assert {n.values["decision"] for n in notices("report_decided")} == {"put_back"}
    with pytest.raises(NotFound):
        decide(report_rules.put_back, olga, haircut.id, "")

    comes = new_member()
    with writing() as session:
        ahead = visit_of(comes, slot, "123456")
        ahead.state = BookingState.CONFIRMED
        session.add(ahead)
        session.get_one(Slot, slot.id).seats_taken = 1
    tell(haircut, nina)
    decide(report_rules.uphold, olga, haircut.id, "It asks for papers.")
    assert state_of(haircut) is State.DENIED
    assert len(notices("slot_cancelled")) == 1
    assert db.session.get_one(Slot, slot.id).seats_taken == 0
    rulings = db.session.scalars(sa.select(Decision.ruling).order_by(Decision.id)).all()
    assert rulings == [Ruling.PUT_BACK, Ruling.UPHELD]
    assert notices("offer_decided")[-1].values["words"] == "It asks for papers."
    assert notices("report_decided")[-1].recipient == nina.recipient


def test_nobody_rules_on_what_is_told_of_their_own_offer(haircut, decide):
    ewa = new_moderator("Ewa", "studio.lipa@example.org")
    tell(haircut, new_member())
    with pytest.raises(NobodyDecidesOnTheirOwn):
        decide(report_rules.put_back, ewa, haircut.id, "")
    assert cases.open_cases(ewa, now=NOW) == []


def test_own_words_are_sealed_and_reports_end_with_the_ruling_or_the_member(haircut, olga, decide):
    tell(haircut, new_member(), words="Qzxmarker")
    raw = db.session.scalar(sa.text("SELECT words_sealed FROM report"))
    assert b"Qzxmarker" not in bytes(raw)
    db.session.rollback()
    decide(report_rules.put_back, olga, haircut.id, "")
    with writing():
        purge(NOW + 29 * DAY)
    assert db.session.query(Report).count() == 1
    with writing():
        purge(NOW + 31 * DAY)
    assert db.session.query(Report).count() == 0


def test_hidden_stays_in_the_queue_when_whoever_told_is_gone(haircut, olga):
    two = [new_member(), new_member()]
    for member in two:
        tell(haircut, member)
    with writing() as session:
        for member in two:
            session.delete(session.get_one(Member, member.id))
    assert [c.subject for c in cases.open_cases(olga, now=NOW)] == [f"report:{haircut.id}"]


def test_two_taps_tell_and_no_page_says_who_it_was(app, desk, clock):
    clock.set(NOW - 2 * DAY)
    nina = a_member(app)
    clock.set(NOW)
    with app.app_context():
        offer = published(new_business())
    olga = desk("Olga")
    page = nina.get(f"/offers/{offer.id}")
    assert f'href="/offers/{offer.id}/reports"' in page.text, "the first tap"
    path = f"/offers/{offer.id}/reports"
    wrong = send(nina, path, path, words="kept words")
    assert wrong.status_code == 422
    assert "kept words" in wrong.text
    assert send(nina, path, path, reason="papers", words="At the desk").location == "/told"

    assert "Haircut" in olga.get("/queue").text
    seen = olga.get(f"/cases/report:{offer.id}").text
    assert "They asked for documents" in seen
    assert "At the desk" in seen
    with app.app_context():
        member = db.session.scalar(sa.select(Member))
        row = db.session.scalar(sa.select(Report))
        assert not any(
            mark in seen for mark in (member.alias, member.public_id, str(member.id), row.public_id)
        )
    ruled = f"/cases/report:{offer.id}/ruling"
    assert olga.post(ruled, {"ruling": "uphold"}).status_code == 422, (
        "against somebody only with a reason"
    )
    done = olga.post(ruled, {"ruling": "uphold", "words": "Seen at the place."})
    assert (done.status_code, done.location) == (303, "/queue")
    assert nina.get(f"/offers/{offer.id}").status_code == 404
    assert "Seen at the place." in olga.get("/decisions").text
    assert olga.get(f"/cases/report:{offer.id}").status_code == 404
