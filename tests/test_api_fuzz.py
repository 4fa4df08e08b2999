"""Whatever a program sends, the API answers and says nothing of its inside (safety.md #22, ASVS 4.1.1, 16.5.1)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.security import limiter
from tests.cast import a_member, token_on
from tests.conftest import Clock
from tests.fuzz import Fuzz
from tests.journey.test_in_order import books
from tests.offers.desk import Desk, introduced, published, sit_down

# Each, and how many answers must have been a yes for the cases to have gone anywhere.
ROLES = {"nobody": 0, "member": 50, "business": 25}


@pytest.fixture
def people(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> dict[str, tuple[FlaskClient, dict[str, str]]]:
    """Each signed in, with the ids of things that are theirs; floods are another test's."""
    monkeypatch.setattr(limiter, "enabled", False)
    studio, member = introduced(sit_down(app)), a_member(app)
    published(app, studio)
    nina = Desk(member)
    nina.get("/place")
    nina.go("/place", district="warsaw")
    ticket, _code = books(nina)
    return {
        "nobody": (app.test_client(), {}),
        "member": (member, {"booking_id": ticket.rpartition("/")[2]}),
        "business": (studio.client, {"offer_id": "1"}),
    }


def fuzz(app: Flask, who: tuple[FlaskClient, dict[str, str]], each: int, *, random: bool) -> Fuzz:
    client, known = who
    headers = {"X-CSRFToken": token_on(client, "/settings"), "Sec-Fetch-Site": "same-origin"}
    cookies = {one.key: one.value for one in client._cookies.values()}
    return Fuzz(app, headers | {"Accept-Encoding": "identity"}, cookies, known).run(
        each, random=random
    )


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_two_thousand_cases_and_never_a_fault_of_ours(app: Flask, people, role: str) -> None:
    """On each database as each of three, 24 cases of every operation."""
    done = fuzz(app, people[role], 24, random=False)
    assert done.faults == []
    assert done.sent >= 334, "2,000 by all six"
    reached = done.answers.get(200, 0) + done.answers.get(201, 0)
    assert reached >= ROLES[role], done.answers


@pytest.mark.soak
@pytest.mark.parametrize("role", ROLES)
def test_a_hundred_thousand_cases_and_never_a_fault_of_ours(app: Flask, people, role: str) -> None:
    done = fuzz(app, people[role], 800, random=True)
    assert done.faults == []
    assert done.sent >= 16_700
