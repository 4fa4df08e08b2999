"""The business asks for another time: nothing moves before the member says yes."""

import pytest
import sqlalchemy as sa

from app.accounts.models import ProviderAccount
from app.bookings import change_rules, day_rules, line, proposal_rules, rules, times
from app.bookings.models import Booking, Proposal, Side
from app.db import db, writing
from app.errors import NotFound
from app.notifications.models import Notice
from app.offers.slot_rules import conflicts, keep_slots
from tests.bookings.browsing import book as book_page
from tests.bookings.cast import DAY, HOUR, NOW, new_member, new_offer, new_slot, seats_held, taken


@pytest.fixture
def do(now):
    def deed(rule, *what, at=None, **more):
        with writing():
            return rule(*what, **more, now=at or now)

    return deed


@pytest.fixture
def thursday(haircut):
    return new_slot(haircut, NOW + 3 * DAY)


@pytest.fixture
def asked(do, book, nina, tomorrow, thursday):
    """Nina is expected tomorrow; the studio would rather see her on Thursday."""
    booking = book(nina, tomorrow)
    do(proposal_rules.propose, booking, thursday.id)
    return booking


def told(who):
    return list(db.session.scalars(sa.select(Notice.kind).where(Notice.recipient == who.recipient)))


def test_nothing_moves_before_the_answer_and_the_other_time_is_kept(
    book, asked, nina, tomorrow, thursday
):
    assert (asked.slot_id, asked.starts_at) == (tomorrow.id, tomorrow.starts_at)
    assert (taken(thursday), seats_held(thursday)) == (1, 1)
    assert "move_proposed" in told(nina)
    with pytest.raises(rules.SlotTaken):
        book(new_member(), thursday)


def test_yes_moves_in_one_step_and_the_old_time_goes_to_nobody(
    do, asked, studio, tomorrow, thursday
):
    do(proposal_rules.accept, asked)

    assert (asked.slot_id, asked.starts_at) == (thursday.id, thursday.starts_at)
    assert (taken(tomorrow), taken(thursday)) == (0, 1)
    assert db.session.get(Proposal, asked.id) is None
    assert tomorrow.closed
    assert "booking_changed" in told(studio.account)


def test_no_leaves_everything_and_the_business_hears_of_it(do, asked, studio, tomorrow, thursday):
    do(proposal_rules.refuse, asked)
    do(proposal_rules.refuse, asked)

    assert (asked.slot_id, taken(tomorrow), taken(thursday)) == (tomorrow.id, 1, 0)
    assert told(studio.account).count("move_declined") == 1
    with pytest.raises(proposal_rules.ProposalOver):
        do(proposal_rules.accept, asked)


def test_after_a_day_without_an_answer_all_stays_even_where_no_worker_runs(
    do, book, asked, tomorrow, thursday
):
    later = NOW + DAY
    with pytest.raises(proposal_rules.ProposalOver):
        do(proposal_rules.accept, asked, at=later)

    assert thursday.id in [s.id for s in times.next_free(thursday.offer, later, 9, now=later)]
    assert book(new_member(), thursday, at=later).is_open
    assert (taken(thursday), seats_held(thursday), taken(tomorrow)) == (1, 1, 1)


def test_a_proposal_ends_with_its_visit(do, asked, thursday):
    with writing():
        change_rules.cancel(asked, Side.MEMBER, NOW)

    assert (taken(thursday), seats_held(thursday)) == (0, 0)


def test_a_second_proposal_replaces_the_first_and_one_can_be_taken_back(
    do, asked, haircut, thursday
):
    friday = new_slot(haircut, NOW + 4 * DAY)
    do(proposal_rules.propose, asked, friday.id)
    assert (taken(thursday), taken(friday)) == (0, 1)

    do(proposal_rules.take_back, asked)
    assert (taken(friday), seats_held(friday)) == (0, 0)


def test_only_a_free_time_of_the_same_offer_can_be_proposed(
    do, book, studio, nina, tomorrow, thursday
):
    booking = book(nina, tomorrow)
    other = new_slot(new_offer(studio, "Beard"), NOW + 3 * DAY)
    with pytest.raises(NotFound):
        do(proposal_rules.propose, booking, other.id)

    book(new_member(), thursday)
    with pytest.raises(rules.SlotTaken):
        do(proposal_rules.propose, booking, thursday.id)


def test_yes_is_refused_where_the_member_is_expected_elsewhere(
    do, book, asked, studio, nina, tomorrow, thursday
):
    dentist = new_offer(studio, "Teeth", 8)
    book(nina, new_slot(dentist, thursday.starts_at))

    with pytest.raises(rules.Overlap):
        do(proposal_rules.accept, asked)
    assert (asked.slot_id, taken(thursday)) == (tomorrow.id, 1)


def test_closing_the_day_of_the_other_time_ends_the_proposal(asked, studio, thursday):
    with writing():
        day_rules.close_day(studio, thursday.starts_at.date(), NOW)

    assert (taken(thursday), seats_held(thursday)) == (0, 0)
    assert asked.is_open


def test_the_worker_frees_what_nobody_answered(do, asked, thursday):
    with writing():
        line.keep(NOW + DAY)

    assert (taken(thursday), seats_held(thursday)) == (0, 0)


def test_visits_outside_new_hours_are_listed_until_the_business_chose(book, nina, lev, haircut):
    kept, moved = new_slot(haircut, NOW + DAY), new_slot(haircut, NOW + DAY + 2 * HOUR)
    stays, goes = book(nina, kept), book(lev, moved)
    with writing():
        keep_slots(haircut, NOW)  # a week without hours
    assert [b.id for b in day_rules.outside_hours(haircut, NOW)] == [stays.id, goes.id]
    assert stays.is_open
    assert goes.is_open

    with writing():
        day_rules.keep_outside(stays)
        change_rules.cancel(goes, Side.PROVIDER, NOW)

    assert day_rules.outside_hours(haircut, NOW) == conflicts(haircut, NOW) == []
    assert stays.is_open


def test_on_both_phones(enter, online, stage, app):
    nina = online("nina")
    ticket = book_page(nina, stage).location
    studio = enter(lambda: db.session.get(ProviderAccount, stage.account))
    with app.app_context():
        pid = db.session.query(Booking).one().public_id
    assert str(stage.slots[1]) in studio.get(f"/today/{pid}/proposal").text

    assert studio.post(f"/today/{pid}/proposal", {"slot": stage.slots[1]}).status_code == 303
    assert "You proposed another time" in studio.get(f"/today/{pid}?lang=en").text
    page = nina.get(ticket).text
    assert "Could you come at another time?" in page
    assert "17:15" in page

    assert nina.post(ticket + "/proposal/acceptance").location == ticket
    assert "17:15" in nina.get(ticket).text
    assert "Could you come" not in nina.get(ticket).text
    assert nina.post(ticket + "/proposal/acceptance").status_code == 409


def test_conflicts_on_the_phone(enter, online, stage, app):
    book_page(online("nina"), stage)
    studio = enter(lambda: db.session.get(ProviderAccount, stage.account))
    with app.app_context():
        pid = db.session.query(Booking).one().public_id
    page = studio.get(f"/my/offers/{stage.offer}/conflicts?lang=en").text
    assert "Visits outside your hours" in page
    assert f"/today/{pid}/keeping" in page

    assert studio.post(f"/today/{pid}/keeping").status_code == 303
    assert pid not in studio.get(f"/my/offers/{stage.offer}/conflicts").text
    assert studio.get(f"/my/offers/{stage.dentist}/conflicts").status_code == 404


def test_a_day_closed_ahead_lists_its_visits_and_calls_none_off(enter, online, stage, app):
    ticket = book_page(online("nina"), stage).location
    studio = enter(lambda: db.session.get(ProviderAccount, stage.account))

    assert studio.post("/my/closed-days", {"day": "2026-11-24"}).status_code == 303

    assert f"/my/offers/{stage.offer}/conflicts" in studio.get("/my/closed-days").text
    with app.app_context():
        booking = db.session.query(Booking).one()
        assert booking.is_open
        assert ticket.endswith(booking.public_id)
