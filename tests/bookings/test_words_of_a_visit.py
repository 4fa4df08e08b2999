"""Ready phrases both ways, a thank-you after it, counts by month."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import ProviderAccount
from app.bookings import change_rules, day_rules, word_rules
from app.bookings.models import Booking, Side
from app.bookings.word_models import BookingWord, Thanks, ThanksState, VisitCount
from app.db import db, writing
from app.errors import NotFound
from app.life import purge
from app.moderation.models import Decision
from app.notifications.models import Notice
from tests.bookings.browsing import book as book_page
from tests.bookings.cast import DAY, HOUR, NOW
from tests.cast import a_moderator, send

AFTER = NOW + DAY + 8 * HOUR


@pytest.fixture
def visit(book, nina, tomorrow):
    return book(nina, tomorrow)


def said(who, kind):
    wish = sa.select(Notice).where(Notice.recipient == who.recipient, Notice.kind == kind)
    return [n.values for n in db.session.scalars(wish.order_by(Notice.id))]


def test_a_ready_phrase_is_told_to_the_other_side_and_kept_sealed(visit, nina, studio):
    with writing():
        word_rules.say(visit, Side.MEMBER, "late", "", now=NOW)
        word_rules.say(visit, Side.PROVIDER, "door", "4711#", now=NOW)

    assert [v["said"] for v in said(studio.account, "visit_word")] == ["member-late"]
    told = said(nina, "visit_word")
    assert [v["said"] for v in told] == ["provider-door"]
    assert "4711#" not in str(told)
    assert [w.said for w in word_rules.said(visit)] == ["late|", "door|4711#"]
    assert all(b"4711" not in w.said_sealed for w in word_rules.said(visit))


def test_phrases_go_with_the_booking(visit):
    with writing():
        word_rules.say(visit, Side.MEMBER, "lost", "", now=NOW)
    with writing():
        purge(visit.ends_at + 8 * DAY)

    assert db.session.query(BookingWord).count() == 0


def test_only_phrases_of_ones_own_side_until_three_hours_after_and_ten_at_most(visit):
    with writing():
        with pytest.raises(NotFound):
            word_rules.say(visit, Side.MEMBER, "door", "1", now=NOW)
        for _ in range(10):
            word_rules.say(visit, Side.MEMBER, "late", "", now=NOW)
        with pytest.raises(word_rules.EnoughSaid):
            word_rules.say(visit, Side.MEMBER, "late", "", now=NOW)
        word_rules.say(visit, Side.PROVIDER, "wait", "", now=NOW)
        with pytest.raises(change_rules.Over):
            word_rules.say(visit, Side.PROVIDER, "wait", "", now=visit.ends_at + 3 * HOUR)


def test_a_ready_thank_you_arrives_at_once_and_only_one(visit, studio):
    with writing():
        word_rules.thank(visit, "warm", "", now=AFTER)

    assert [v["ready"] for v in said(studio.account, "thanked")] == ["warm"]
    with pytest.raises(word_rules.AlreadyThanked), writing():
        word_rules.thank(visit, "kind", "", now=AFTER)


def test_nobody_gives_thanks_before_the_visit_or_for_one_that_was_not(visit):
    with pytest.raises(change_rules.Over), writing():
        word_rules.thank(visit, "warm", "", now=NOW)
    with writing():
        day_rules.no_show(visit, AFTER)
    with pytest.raises(change_rules.Over), writing():
        word_rules.thank(visit, "warm", "", now=AFTER)


def test_counts_are_by_month_and_a_slip_put_right_counts_right(visit, studio):
    with writing():
        day_rules.no_show(visit, AFTER)
        day_rules.attended(visit, AFTER)
        day_rules.attended(visit, AFTER)
        word_rules.thank(visit, "warm", "", now=AFTER)

    (row,) = word_rules.counts(studio.id)
    assert (str(row.month), row.came, row.did_not_come, row.thanks) == ("2026-11-01", 1, 0, 1)
    columns = {column.name for column in VisitCount.__table__.columns}
    assert columns == {"provider_id", "month", "came", "did_not_come", "thanks"}
    with writing():
        purge(AFTER + 30 * DAY)
    assert db.session.query(Booking).count() == 0
    assert word_rules.counts(studio.id)[0].came == 1


def test_own_words_are_read_by_a_volunteer_first(app, online, stage, clock, enter):
    nina = online("nina")
    ticket = book_page(nina, stage).location
    clock.set(AFTER + timedelta(hours=1))
    assert "Say thank you" in nina.get(ticket).text
    assert nina.post(ticket + "/thanks", {"words": ""}).status_code == 422
    assert nina.post(ticket + "/thanks", {"words": "You were so kind."}).status_code == 303
    assert "A volunteer reads it first" in nina.get(ticket + "/thanks").text
    studio = enter(lambda: db.session.get(ProviderAccount, stage.account))
    assert "so kind" not in studio.get("/inbox").text

    olga = a_moderator(app)
    with app.app_context():
        pid = db.session.query(Thanks).one().public_id
    assert "You were so kind." in olga.get("/thanks").text
    assert send(olga, f"/thanks/{pid}/publication", "/thanks").status_code == 303

    assert "so kind" in studio.get("/inbox").text
    assert send(olga, f"/thanks/{pid}/publication", "/settings").status_code == 404
    assert olga.get("/decisions").status_code == 200
    with app.app_context():
        ruling = db.session.query(Decision).one().id
    assert send(olga, f"/decisions/{ruling}/reversal").status_code == 409


def test_what_is_held_back_is_forgotten_and_nobody_hears_of_it(app, online, stage, clock):
    nina = online("nina")
    ticket = book_page(nina, stage).location
    clock.set(AFTER + timedelta(hours=1))
    nina.post(ticket + "/thanks", {"words": "Call me on 500"})
    olga = a_moderator(app)
    with app.app_context():
        pid = db.session.query(Thanks).one().public_id

    assert send(olga, f"/thanks/{pid}/refusal", "/thanks").status_code == 303

    with app.app_context():
        row = db.session.query(Thanks).one()
        assert (row.state, row.words) == (ThanksState.HELD_BACK, None)
        assert db.session.query(Notice).filter_by(kind="thanked").count() == 0


def test_both_phones_show_what_was_said(app, online, stage, enter):
    nina = online("nina")
    ticket = book_page(nina, stage).location
    studio = enter(lambda: db.session.get(ProviderAccount, stage.account))
    with app.app_context():
        pid = db.session.query(Booking).one().public_id

    assert nina.post(ticket + "/words", {"word": "late"}).location == ticket + "/words"
    assert "I will be about 15 minutes late." in studio.get(f"/today/{pid}/words?lang=en").text
    assert studio.post(f"/today/{pid}/words", {"word": "door"}).status_code == 422
    assert studio.post(f"/today/{pid}/words", {"word": "door", "door": "12#"}).status_code == 303
    assert "Door code: 12#" in nina.get(ticket).text
    assert studio.get("/today/months").status_code == 200
