"""A push service that asks for quiet gets it, and one that stumbles keeps nobody waiting."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.db import writing
from app.notifications import rules
from app.notifications.models import OriginPause
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


def test_when_the_first_try_stumbles_the_others_go_without_it(app, service):
    service.answers["*"] = Answer(500, times=1)
    tell_all(app, [phone_at(service, str(number)) for number in range(8)])
    work(app, all_settled)
    stumbled, *others = service.messages
    assert len(others) == len(service.accepted()) == 8
    assert others[-1].path == stumbled.path
