"""What is owed leaves, to the devices that exist when it is due, and each answer has its consequence."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.db import db, writing
from app.notifications import rules, sending
from app.notifications.models import Delivery, Notice, Planned, PushSubscription
from app.notifications.webpush import CIPHERTEXT_BYTES
from tests.notifications.stage import (
    LEV,
    NINA,
    SALON,
    VISIT,
    all_settled,
    count,
    let_in,
    phone_at,
    promise,
    requests_to,
    sends,
    tell_all,
    what_became,
    work,
)
from tests.push_service import Answer


def test_every_device_of_the_person_is_told_and_nobody_else_s(app, service):
    nina, tablet, lev = (phone_at(service, name) for name in ("nina", "tablet", "lev"))
    with app.app_context(), writing():
        let_in(lev, LEV)
    tell_all(app, [nina, tablet])
    work(app, all_settled)
    assert what_became(app) == [("sent", "201"), ("sent", "201")]
    assert {m.path for m in service.messages} == {"/to/nina", "/to/tablet"}


def test_the_phone_reads_that_there_is_news_and_where_and_nothing_else(app, service):
    nina = phone_at(service, "nina")
    tell_all(app, [nina])
    work(app, all_settled)
    (message,) = service.accepted()
    said = json.loads(nina.read(message.body))
    with app.app_context():
        notice = db.session.scalars(sa.select(Notice)).one()
    assert said == {
        "web_push": 8030,
        "notification": {
            "title": "Ёсць вестка",
            "lang": "be",
            "navigate": f"http://localhost/n/{notice.public_id}",
            "tag": message.headers["Topic"],
        },
    }
    assert len(message.body) == CIPHERTEXT_BYTES
    assert message.headers["Urgency"] == "normal"
    assert int(message.headers["TTL"]) == pytest.approx(3 * 86400, abs=5)


def test_book_first_allow_push_later_and_the_reminder_still_arrives(app, service, clock):
    starts_at = clock.now + timedelta(hours=6)
    with app.app_context(), writing():
        rules.plan_reminders(
            NINA, subject="booking:a", link="/", values=VISIT,
            starts_at=starts_at, timezone="Europe/Warsaw", now=clock.now,
        )  # fmt: skip
    clock.turn(hours=2)
    with app.app_context(), writing():
        let_in(phone_at(service, "new"))
    clock.turn(hours=2)
    service.verify = False
    work(app, all_settled)
    (message,) = service.accepted()
    assert message.path == "/to/new"
    assert message.headers["Urgency"] == "high"
    assert int(message.headers["TTL"]) == 2 * 3600


def test_two_visits_on_one_day_bring_one_push(app, service, clock):
    service.verify = False
    with app.app_context(), writing():
        let_in(phone_at(service, "nina"))
        for subject, hour in (("booking:a", 15), ("booking:b", 11)):
            rules.plan_reminders(
                NINA, subject=subject, link="/", values=VISIT,
                starts_at=datetime(2026, 11, 26, hour, tzinfo=UTC),
                timezone="Europe/Warsaw", now=clock.now,
            )  # fmt: skip
    clock.set(datetime(2026, 11, 25, 11, tzinfo=UTC))
    work(app, all_settled)
    assert len(service.accepted()) == 1
    with app.app_context():
        states = sorted(
            db.session.scalars(sa.select(Planned.state).where(Planned.due_at <= clock.now))
        )
    assert states == ["fanned", "joined"]


def test_a_visit_that_was_cancelled_is_not_reminded_of_even_when_the_row_is_already_spread(
    app, service
):
    service.answers["/to/nina"] = Answer(500, times=1)
    tell_all(app, [phone_at(service, "nina")], subject="booking:a")
    work(app, lambda: sends() == [("due", "500")])
    with app.app_context(), writing() as session:
        rules.call_off("booking:a")
        session.execute(sa.update(Delivery).values(due_at=datetime.now(UTC)))
    work(app, all_settled)
    assert what_became(app) == [("failed", "called off")]
    assert len(service.messages) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_its_service_no_longer_knows_gets_one_request_ever(app, service, status):
    service.answers["/to/old"] = Answer(status)
    old = phone_at(service, "old")
    tell_all(app, [old])
    work(app, all_settled)
    with app.app_context(), writing():
        promise()
    work(app, all_settled)
    assert len(requests_to(service, "old")) == 1
    assert count(app, PushSubscription) == 0
    assert what_became(app) == [("gone", str(status))]


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_what_is_our_own_fault_is_not_tried_again(app, service, status):
    service.answers["/to/nina"] = Answer(status)
    tell_all(app, [phone_at(service, "nina")])
    work(app, all_settled)
    assert what_became(app) == [("failed", str(status))]
    assert len(service.messages) == 1
    assert count(app, PushSubscription) == 1


def test_people_hear_of_it_once_when_a_push_service_refuses_our_key(app, service):
    app.extensions["watchers"] = lambda: [rules.Recipient("moderator:1", "en")]
    service.answers["*"] = Answer(403)
    phones = [phone_at(service, str(number)) for number in range(5)]
    tell_all(app, phones)
    work(app, all_settled)
    with app.app_context():
        alert = db.session.scalars(sa.select(Notice).where(Notice.kind == "push_refused")).one()
        assert alert.values == {"title": "127.0.0.1", "code": "403"}


@pytest.mark.parametrize("status", [500, 502])
def test_a_service_that_stumbles_is_tried_again_later_and_later(app, service, status):
    service.answers["/to/nina"] = Answer(status, times=2)
    tell_all(app, [phone_at(service, "nina")])
    work(app, all_settled)
    first, second, third = (message.at for message in service.messages)
    assert 1.0 <= second - first <= 2.8
    assert 2.0 <= third - second <= 4.8
    assert what_became(app) == [("sent", "201")]


def test_a_service_that_does_not_answer_is_tried_again(app, service, monkeypatch):
    monkeypatch.setattr(sending, "TIMEOUT", 0.3)
    service.answers["/to/nina"] = Answer(201, times=1, wait=1)
    tell_all(app, [phone_at(service, "nina")])
    work(app, lambda: sends() == [("due", "timeout")])
    work(app, all_settled)
    assert what_became(app) == [("sent", "201")]


def test_nothing_is_tried_past_its_end(app, service, clock):
    service.answers["/to/nina"] = Answer(500)
    tell_all(app, [phone_at(service, "nina")], expires_at=clock.now + timedelta(seconds=1))
    work(app, all_settled)
    assert what_became(app) == [("failed", "500")]
    assert len(service.messages) == 1


def test_a_redirect_is_not_followed(app, service):
    service.answers["/to/nina"] = Answer(307)
    tell_all(app, [phone_at(service, "nina")])
    work(app, all_settled)
    assert what_became(app) == [("failed", "307")]
    assert len(service.messages) == 1


def test_who_turned_a_kind_off_is_not_pushed_but_reads_it_in_the_inbox(app, service):
    with app.app_context(), writing():
        from app.notifications.preference_rules import choose

        choose(NINA.key, "changes", push=False, email=False)
    tell_all(app, [phone_at(service, "nina")])
    work(app, all_settled)
    assert service.messages == []
    assert count(app, Notice) == 1


def test_a_business_s_own_kinds_leave_at_once(app, service):
    began = time.time()
    tell_all(app, [phone_at(service, "salon")], SALON, kind="booking_new")
    work(app, all_settled)
    assert service.accepted()[0].at - began < 3
