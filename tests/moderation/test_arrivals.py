"""Many people on one day: two pairs of eyes, cards beyond the quota, and the newcomers' half (booking.md)."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app import life
from app.accounts.arrival_models import Arrival
from app.accounts.models import Invitation, Member
from app.bookings import rules
from app.bookings.models import WaitingPlace
from app.bookings.rules import KeptForNewcomers
from app.db import db, writing
from tests.bookings.cast import DAY, HOUR, NOW, new_member, new_offer, new_provider, new_slot
from tests.cast import a_moderator, send

CODE = re.compile(r'class="mono"[^>]*>[^·]+· ([0-9A-Z ]+)</p>')
FRIDAY = date(2026, 11, 27)


@pytest.fixture
def olga(app, clock):
    clock.set(NOW)
    return a_moderator(app)


@pytest.fixture
def marek(app, olga):
    return a_moderator(app, "marek@example.org")


def ask(moderator, people="40", city="warsaw"):
    answer = send(
        moderator, "/arrivals", "/arrivals", people=people, day=FRIDAY.isoformat(), city=city
    )
    assert answer.status_code == 303, answer.text


def deed(moderator, what):
    found = re.search(rf"/arrivals/[\w-]+/{what}", moderator.get("/arrivals").text)
    return send(moderator, found[0], "/arrivals") if found else None


def open_one(olga, marek, **how):
    ask(olga, **how)
    assert deed(marek, "approval").status_code == 303


def test_two_moderators_lift_the_quota_and_the_sheet_holds_all_the_cards(app, olga, marek):
    ask(olga, people="23")
    assert deed(olga, "approval") is None, "not by whoever asked"
    assert deed(olga, "cards") is None
    path = re.search(r"/arrivals/[\w-]+/approval", marek.get("/arrivals").text)[0]
    assert send(olga, path, "/arrivals").status_code == 403
    assert send(olga, path.replace("approval", "cards"), "/arrivals").status_code == 404
    assert deed(marek, "approval").status_code == 303

    sheet = deed(olga, "cards")
    typed = CODE.findall(sheet.text)
    assert len(set(typed)) == 23
    assert sheet.text.count('class="a4"') == 3, "ten to a page"
    assert sheet.headers["Cache-Control"] == "no-store"
    again = send(olga, path.replace("approval", "cards"), "/arrivals")
    assert again.status_code == 409, "as many as people, no more"
    assert "10 more cards" in olga.get("/invitations").text, "the quota of the day is untouched"

    newcomer = app.test_client()
    assert newcomer.post("/api/v1/session", json={"invitation": typed[0]}).status_code == 201
    assert newcomer.get("/my-data/pobach.json").json["member"][0]["city"] == "warsaw"
    assert "used 1, waiting 22" in olga.get("/arrivals").text
    assert "used 0, waiting 0" in marek.get("/arrivals").text, "states of one's own cards alone"


def test_cards_that_were_forgotten_after_their_use_are_not_made_again(app, olga, marek, clock):
    open_one(olga, marek, people="3")
    typed = CODE.findall(deed(olga, "cards").text)
    app.test_client().post("/api/v1/session", json={"invitation": typed[0]})
    with app.app_context(), writing():
        db.session.execute(sa.delete(Invitation))  # as the worker does after a fortnight
    assert deed(olga, "cards") is None
    with app.app_context():
        path = f"/arrivals/{db.session.scalars(sa.select(Arrival.public_id)).one()}/cards"
    assert send(olga, path, "/arrivals").status_code == 409


def test_closing_stops_unused_cards_and_cuts_every_tie_to_the_place(app, olga, marek):
    open_one(olga, marek, people="3")
    typed = CODE.findall(deed(olga, "cards").text)
    app.test_client().post("/api/v1/session", json={"invitation": typed[0]})
    deed(marek, "closure")
    with app.app_context():
        cards = db.session.scalars(sa.select(Invitation)).all()
        assert {(card.arrival_id, card.city) for card in cards} == {(None, None)}
        assert db.session.scalars(sa.select(Arrival.city)).one() is None
    answer = app.test_client().post("/api/v1/session", json={"invitation": typed[1]})
    assert answer.status_code == 422
    assert "/closure" not in olga.get("/arrivals").text


def test_what_is_typed_wrong_is_said_and_kept(app, olga):
    for people, day in (("", "2026-11-27"), ("0", "2026-11-27"), ("201", "2026-11-27"), ("9", "")):
        answer = send(olga, "/arrivals", "/arrivals", people=people, day=day, city="")
        assert answer.status_code == 422
        assert f'value="{people}"' in answer.text
    late = send(olga, "/arrivals", "/arrivals", people="9", day="2027-01-01", city="")
    assert late.status_code == 404


def test_who_is_new_is_a_sunday_three_weeks_on_and_is_forgotten_when_past(app, olga, clock):
    with app.app_context(), writing():
        db.session.add(member := a_guest(new_until=None))
        db.session.flush()
        member_id = member.id
    token = re.search(
        r'class="mono"[^>]*>(.+?)</p>', send(olga, "/invitations", "/invitations").text
    )
    answer = app.test_client().post(
        "/api/v1/session", json={"invitation": token[1].replace("<br>", "")}
    )
    assert answer.status_code == 201
    with app.app_context():
        newest = sa.select(Member.new_until).where(Member.id != member_id)
        until = db.session.scalars(newest).one()
        assert until == date(2026, 12, 13)
        assert until.weekday() == 6
        with writing():
            life.purge(clock.set(NOW + timedelta(days=20)))
        assert db.session.scalars(newest).one() == until
        with writing():
            life.purge(clock.set(NOW + timedelta(days=21)))
        assert db.session.scalars(newest).one() is None


def a_guest(new_until):
    return Member(
        alias="Lipa Recka", language="en", month_created=date(2026, 11, 1),
        week_last_seen=date(2026, 11, 23), new_until=new_until,
    )  # fmt: skip


class Stage:
    """A haircut with five free times in two to six days, one in five hours, one in ten days."""

    def __init__(self, city="warsaw"):
        self.offer = new_offer(new_provider())
        days = (2, 3, 4, 5, 6)
        self.week = [new_slot(self.offer, NOW + n * DAY + HOUR).id for n in days]
        self.soon = new_slot(self.offer, NOW + 5 * HOUR).id
        self.late = new_slot(self.offer, NOW + 10 * DAY).id

    def book(self, slot_id, member):
        with writing():
            return rules.book(slot_id, member, once=f"{slot_id}-{member.id}", now=NOW)

    def refused(self, slot_id, member):
        with pytest.raises(KeptForNewcomers) as why:
            self.book(slot_id, member)
        return [free["id"] for free in why.value.more["next_free"]]


def an_arrival(app, city="warsaw", **more):
    given = {"people": 40, "arrives_on": FRIDAY, "asked_by_id": 1, "approved_on": NOW.date()} | more
    with writing() as session:
        session.add(Arrival(city=city, **given))


def newcomer():
    with writing() as session:
        session.add(member := a_guest(NOW.date() + 10 * DAY))
    return member


def test_half_of_the_coming_week_rounded_up_is_for_newcomers(app, olga):
    with app.app_context():
        stage = Stage()
        an_arrival(app)
        old = [new_member() for _ in range(5)]
        stage.book(stage.week[0], old[0])
        stage.book(stage.week[1], old[1])
        left = stage.refused(stage.week[2], old[2])
        assert left == [str(stage.soon), str(stage.late)], (
            "a day before, and after the week: for all"
        )
        stage.book(stage.soon, old[2])
        stage.book(stage.late, old[3])
        for slot in stage.week[2:]:
            stage.book(slot, newcomer())


@pytest.mark.parametrize(
    "closed",
    [
        {"approved_on": None},
        {"closed_on": NOW.date()},
        {"city": "vilnius"},
        {"arrives_on": NOW.date() - 8 * DAY},
    ],
    ids=["not approved", "closed", "elsewhere", "over a week ago"],
)
def test_without_an_open_arrival_in_the_city_all_times_are_for_all(app, olga, closed):
    with app.app_context():
        stage = Stage()
        an_arrival(app, **closed)
        for slot in stage.week:
            stage.book(slot, new_member())


def test_a_seat_held_for_whoever_stood_in_line_stays_theirs(app, olga):
    with app.app_context():
        stage = Stage()
        old = [new_member() for _ in range(4)]
        an_arrival(app)
        stage.book(stage.week[0], old[0])
        stage.book(stage.week[1], old[1])
        with writing() as session:
            session.execute(
                sa.text("UPDATE slot SET seats_taken = 1 WHERE id = :id"), {"id": stage.week[2]}
            )
            session.add(
                WaitingPlace(slot_id=stage.week[2], member_id=old[2].id, hold_until=NOW + HOUR)
            )
        stage.book(stage.week[2], old[2])
        stage.refused(stage.week[3], old[3])


def test_the_page_says_why_there_are_fewer_times(app, olga):
    from tests.cast import a_member

    browser = a_member(app)
    with app.app_context():
        stage = Stage()
        an_arrival(app)
        with writing() as session:
            session.execute(sa.update(Member).values(new_until=None))
        stage.book(stage.week[0], new_member())
        stage.book(stage.week[1], new_member())
        path = f"/offers/{stage.offer.id}"
    page = browser.get(path + "?lang=en").text
    assert "kept for people who are new here" in page
    assert "just come" not in page, "that somebody has come to this city is nobody's business"
    assert page.count('name="slot"') == 2
