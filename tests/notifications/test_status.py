"""What the operator sees of the outbox: numbers, and never a person."""

from datetime import timedelta

import pytest

from app.db import writing
from app.notifications import rules
from tests.notifications.stage import NINA, all_settled, phone_at, promise, tell_all, work
from tests.push_service import Answer


@pytest.fixture
def environ():
    return {"POBACH_PUSH_HOSTS": "127.0.0.1", "POBACH_METRICS_TOKEN": "t0ken"}


def status(app):
    said = app.test_cli_runner().invoke(args=["push", "status"])
    assert said.exit_code == 0, said.output
    return dict(
        line.split(maxsplit=1)
        for line in said.output.replace("under way", "under-way").splitlines()
    )


def test_status_tells_what_waits_what_was_sent_and_why_the_rest_was_not(app, service):
    service.answers["/to/old"] = Answer(410)
    service.answers["/to/odd"] = Answer(400)
    tell_all(app, [phone_at(service, name) for name in ("nina", "old", "odd")])
    work(app, all_settled)
    seen = status(app)
    assert (seen["sent"], seen["failed"], seen["400"], seen["410"]) == ("1", "2", "1", "1")
    assert (seen["waiting"], seen["oldest"]) == ("0", "none")


def test_status_says_how_late_the_oldest_is_while_no_worker_runs(app, clock):
    with app.app_context(), writing():
        promise(NINA)
        rules.plan_reminders(
            NINA, subject="booking:a", link="/", values={}, timezone="Europe/Warsaw",
            starts_at=clock.now + timedelta(days=3), now=clock.now,
        )  # fmt: skip
    clock.turn(seconds=90)
    seen = status(app)
    assert (seen["planned"], seen["waiting"], seen["oldest"]) == ("2", "1", "90 s late")


def test_the_counters_only_grow_and_survive_what_they_counted(app, service):
    service.answers["/to/nina"] = Answer(500, times=1)
    tell_all(app, [phone_at(service, "nina")])
    work(app, all_settled)
    with app.app_context(), writing():
        rules.forget(NINA.key)
    told = app.test_client().get("/metrics", headers={"Authorization": "Bearer t0ken"}).text
    assert 'pobach_deliveries_total{outcome="due",reason="500"} 1.0' in told
    assert 'pobach_deliveries_total{outcome="sent",reason="201"} 1.0' in told
