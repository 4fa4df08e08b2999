"""A push service that asks for quiet gets it, and one that stumbles keeps nobody waiting."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.db import writing
from app.notifications import rules
from app.notifications.models import OriginPause
from app.notifications.sending import CONNECTIONS
from tests.notifications.stage import all_settled, count, let_in, phone_at, promise, tell_all, work
from tests.push_service import Answer


@pytest.mark.parametrize("as_date", [False, True])
@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_asks_for_quiet_gets_it_from_every_row_until_the_moment_it_named(
    app, service, status, as_date
):
    tell_all(app, [phone_at(service, str(number)) for number in range(10)])
    for who in range(10, 40):
        with app.app_context(), writing():
            let_in(phone_at(service, str(who)), rules.Recipient(f"member:{who}"))
            promise(rules.Recipient(f"member:{who}"))
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    service.answers["*"] = Answer(status, format_datetime(until, usegmt=True) if as_date else "3")
    work(app, lambda: len(service.messages) >= 1)
    first = service.messages[0].at
    ends = until.timestamp() if as_date else first + 3
    service.answers.clear()
    work(app, all_settled)
    assert [m for m in service.messages if first + 0.3 < m.at < ends] == []
    assert len(service.messages) == 1 + 40
    assert len(service.accepted()) == 40
    assert count(app, OriginPause) == 1


def test_a_service_that_asks_for_quiet_in_the_midst_of_many_has_been_asked_once(app, service):
    service.answers["*"], service.service_time = Answer(429, "2", wait=0.2), 0.01
    phones = [phone_at(service, str(number)) for number in range(10)]
    tell_all(app, phones)
    work(app, lambda: count(app, OriginPause) == 1)
    assert len(service.messages) == 1


def test_in_full_swing_too_nothing_that_waited_its_turn_follows_the_word_for_quiet(app, service):
    service.service_time = 0.05
    for who in range(20):
        phones = [phone_at(service, f"{who}-{number}") for number in range(10)]
        tell_all(app, phones, rules.Recipient(f"member:{who}"))

    def halfway() -> bool:
        if len(service.messages) > 60:
            service.answers["*"] = Answer(429, "2")
        return "*" in service.answers

    work(app, lambda: halfway() and count(app, OriginPause) == 1)
    refused = [m.at for m in service.messages if m.status == 429]
    assert 0 < len(refused) <= CONNECTIONS, "those that were under way, and no other"
    service.answers.clear()
    work(app, all_settled)
    assert [m for m in service.messages if refused[0] + 0.3 < m.at < refused[0] + 2] == []
    assert len(service.accepted()) == 200


def test_when_the_first_try_stumbles_the_others_go_without_it(app, service):
    service.answers["*"] = Answer(500, times=1)
    tell_all(app, [phone_at(service, str(number)) for number in range(8)])
    work(app, all_settled)
    stumbled, *others = service.messages
    assert len(others) == len(service.accepted()) == 8
    assert others[-1].path == stumbled.path
