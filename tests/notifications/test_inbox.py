"""The inbox: looking writes nothing down, a form does; what was told together stands together."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db, writing
from app.notifications.models import Notice
from app.notifications.rules import Recipient, notify, plan_reminders
from app.notifications.spreading import fan_out
from tests.accounts.test_forgery import everything
from tests.cast import a_member, send
from tests.notifications.stage import VISIT, count


@pytest.fixture
def nina(app, clock):
    return a_member(app)


@pytest.fixture
def who(app, nina):
    with app.app_context():
        return Recipient(db.session.scalars(sa.select(Member)).one().recipient, "en")


def tell(app, who, clock, link="/bookings", **more):
    with app.app_context(), writing():
        values = {"values": VISIT, "subject": "booking:a", **more}
        return notify(who, "booking_confirmed", link=link, now=clock.now, **values).public_id


def two_reminders_of_one_day(app, who, clock):
    with app.app_context(), writing():
        for subject, hour, title in (("booking:a", 15, "Massage"), ("booking:b", 11, "Haircut")):
            starts_at = datetime(2026, 11, 26, hour, tzinfo=UTC)
            values = {**VISIT, "title": title, "starts_at": starts_at.isoformat()}
            plan_reminders(
                who, subject=subject, link=f"/{subject}", values=values,
                starts_at=starts_at, timezone="Europe/Warsaw", now=clock.now,
            )  # fmt: skip
    clock.set(datetime(2026, 11, 25, 12, tzinfo=UTC))


def test_opening_a_notice_writes_nothing_down(app, nina, who, clock):
    notice_id = tell(app, who, clock)
    nina.get("/inbox")
    before = everything(app)
    page = nina.get(f"/n/{notice_id}")
    assert "Haircut" in page.text
    assert 'data-read="/bookings"' in page.text
    nina.get(f"/api/v1/notices/{notice_id}")
    assert everything(app) == before


def test_its_button_says_it_was_read_and_opens_the_page_it_speaks_of(app, nina, who, clock):
    notice_id = tell(app, who, clock, "/bookings/a")
    assert "New" in nina.get("/inbox?lang=en").text
    answer = send(nina, f"/n/{notice_id}", f"/n/{notice_id}")
    assert (answer.status_code, answer.location) == (303, "/bookings/a")
    with app.app_context():
        assert db.session.scalars(sa.select(Notice.read_at)).one() == clock.now
    assert nina.get(f"/api/v1/notices/{notice_id}").json["read"]


def test_the_notice_of_somebody_else_is_not_there(app, nina, clock):
    notice_id = tell(app, Recipient("member:1"), clock)
    assert nina.get(f"/n/{notice_id}").status_code == 404
    assert send(nina, f"/n/{notice_id}").status_code == 404


def test_everything_can_be_called_read_at_once(app, nina, who, clock):
    for _ in range(3):
        tell(app, who, clock)
    answer = send(nina, "/inbox/readings", "/inbox")
    assert answer.location == "/inbox"
    assert {item["read"] for item in nina.get("/api/v1/notices").json["items"]} == {True}
    assert "/inbox/readings" not in nina.get("/inbox").text


@pytest.mark.parametrize("worked", [False, True], ids=["worker stopped", "worker ran"])
def test_two_visits_of_one_day_are_one_row_with_a_way_to_each(app, nina, who, clock, worked):
    two_reminders_of_one_day(app, who, clock)
    if worked:
        with app.app_context(), writing():
            fan_out(clock.now)
    (item,) = nina.get("/api/v1/notices?lang=en").json["items"]
    assert item["title"] == "A visit tomorrow"
    assert item["text"].index("Haircut") < item["text"].index("Massage")
    page = nina.get(item["link"])
    assert page.text.count('action="/n/') == 2
    assert 'data-read="' not in page.text
    assert nina.get("/inbox?lang=en").text.count("A visit tomorrow") == 1


def test_either_way_the_row_of_two_visits_is_read(app, nina, who, clock):
    two_reminders_of_one_day(app, who, clock)
    with app.app_context():
        later = db.session.scalars(
            sa.select(Notice.public_id).where(
                Notice.subject == "booking:a", Notice.kind == "reminder_day"
            )
        ).one()
    assert send(nina, f"/n/{later}", f"/n/{later}").location == "/booking:a"
    (item,) = nina.get("/api/v1/notices").json["items"]
    assert item["read"]


def test_news_older_than_a_week_is_not_shown_whether_or_not_anybody_purged(app, nina, who, clock):
    tell(app, who, clock)
    clock.turn(days=7, seconds=1)
    assert nina.get("/api/v1/notices").json["items"] == []
    assert count(app, Notice) == 1


def test_the_older_ones_follow_on_a_page_of_their_own(app, nina, who, clock):
    for _ in range(25):
        clock.now += timedelta(minutes=1)
        tell(app, who, clock)
    first = nina.get("/api/v1/notices").json
    second = nina.get(f"/api/v1/notices?cursor={first['next']}").json
    assert (len(first["items"]), len(second["items"]), second["next"]) == (20, 5, None)


def test_how_an_iphone_is_made_to_remind_is_shown_to_anybody(app, nina):
    for browser in (nina, app.test_client()):
        page = browser.get("/install?lang=en").text
        assert page.count("<rect") >= 6, "the pictures are drawn, not written"
        assert "Add to Home Screen" in page
    assert 'href="/install"' in nina.get("/reminders").text
