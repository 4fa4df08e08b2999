"""Who may open which door: every route, every method, every role (safety.md #1, ASVS 8.1.1, 8.2.1, 8.3.1).

A new open door is a line in `OPEN_ROUTES`; a view that declares nobody is a red build.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import NamedTuple

from flask import Flask
from flask.testing import FlaskClient

from app.access import CAN, is_anyone, policy_of
from tests.cast import a_business, a_half_moderator, a_member, a_moderator
from tests.conftest import Clock

OPEN_ROUTES = {
    "GET /",
    "GET /card",
    "POST /card",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-up",
    "POST /sign-up",
    "GET /sign-up/letter",
    "GET /sign-up/unconfirmed",
    "GET /confirm/<proof>",
    "POST /confirm/<proof>",
    "GET /lost-password",
    "POST /lost-password",
    "GET /new-password/<proof>",
    "POST /new-password/<proof>",
    "GET /reminders/email/<word>",
    "POST /reminders/email/<word>",
    "GET /reminders/email/thanks",
    "GET /settings",
    "POST /settings/language",
    "POST /settings/size",
    "GET /hand-over",
    "POST /hand-over",
    "POST /hand-over/entry",
    "GET /new-address/<word>",
    "POST /new-address/<word>",
    "GET /keep-address/<word>",
    "POST /keep-address/<word>",
    "GET /passkey",
    "POST /passkey",
    "GET /way-back",
    "POST /way-back",
    "GET /help",
    "GET /install",
    "GET /who-runs-this",
    "GET /offers/<int:offer_id>",  # shows itself to the street only where the business opted in
    "POST /api/v1/session",
    "POST /api/v1/push-subscriptions/renewal",
    "GET /api/v1/openapi.json",
    "GET /api/v1/docs",
    "GET /calendar/<token>.ics",  # a business's own calendar asks; the random address is the proof
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /sw.js",
    "GET /manifest.webmanifest",
    "GET /offline",
    "GET /unsent",
    "GET /leave",
}
# Open to all, and yet each offer answers for itself: what is for members asks to come in first.
CLOSED_ONE_BY_ONE = {"GET /offers/<int:offer_id>"}
# What each role is, as the access table sees it.
ROLES = {
    "street": {},
    "member": {"is_authenticated": True, "is_member": True, "kind": "member"},
    "business": {"is_authenticated": True, "is_provider": True, "kind": "provider"},
    "half a moderator": {"is_authenticated": True, "kind": "moderator"},
    "moderator": {
        "is_authenticated": True,
        "is_moderator": True,
        "can_invite": True,
        "kind": "moderator",
    },
}
NOBODY = {
    "is_authenticated": False, "is_member": False, "is_provider": False, "is_moderator": False,
    "can_invite": False, "kind": "",
}  # fmt: skip


class Door(NamedTuple):
    """One route and method, a path that leads to it, and what it has declared."""

    method: str
    rule: str
    path: str
    policy: str | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"

    def opens_for(self, role: str) -> bool:
        who = SimpleNamespace(**NOBODY | ROLES[role])
        return all(test(who) for test in CAN[self.policy or ""])


def doors(app: Flask) -> Iterator[Door]:
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            _, path = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Door(method, rule.rule, path, policy_of(rule.endpoint, method))


def people(app: Flask) -> dict[str, FlaskClient]:
    return {
        "street": app.test_client(),
        "member": a_member(app),
        "business": a_business(app),
        "half a moderator": a_half_moderator(app, "ina@example.org")[0],
        "moderator": a_moderator(app),
    }


def test_every_door_says_who_may_open_it(app: Flask) -> None:
    assert [door.name for door in doors(app) if door.policy not in CAN] == []


def test_the_open_doors_are_these_and_no_others(app: Flask) -> None:
    found = {door.name for door in doors(app) if CAN[door.policy or ""] == [is_anyone]}
    assert found == OPEN_ROUTES


def test_every_role_is_refused_at_every_door_that_is_not_theirs(app: Flask, clock: Clock) -> None:
    """401 on the street, 403 for somebody else, and at a write perhaps 403 for want of a token before that."""
    mistakes = []
    for role, browser in people(app).items():
        for door in doors(app):
            if door.opens_for(role):
                continue
            got = browser.open(door.path, method=door.method).status_code
            refused = {403} if role != "street" else {401} if door.method == "GET" else {401, 403}
            if got not in refused:
                mistakes.append((role, door.name, got))
    assert mistakes == []


def test_asking_what_a_door_can_do_is_no_way_in_either(app: Flask, clock: Clock) -> None:
    """OPTIONS and HEAD are answered where the role may come in by some method, else refused."""
    mistakes = []
    for role, browser in people(app).items():
        own = {door.rule for door in doors(app) if door.opens_for(role)}
        for door in doors(app):
            for method in ("OPTIONS", "HEAD") if door.method == "GET" else ("OPTIONS",):
                got = browser.open(door.path, method=method).status_code
                if door.rule not in own and got not in {401, 403}:
                    mistakes.append((role, method, door.rule, got))
    assert mistakes == []


def test_every_role_may_look_through_every_door_of_its_own(app: Flask, clock: Clock) -> None:
    """What is there may not exist (404) or be over (410), but nobody is turned away for who they are."""
    mistakes = []
    for role, browser in people(app).items():
        for door in doors(app):
            if door.method == "GET" and door.opens_for(role):
                got = browser.get(door.path).status_code
                if door.name in CLOSED_ONE_BY_ONE and got == 401:
                    continue
                if got in {401, 403} or got >= 500:
                    mistakes.append((role, door.rule, got))
    assert mistakes == []


def test_a_password_alone_opens_nothing_of_the_staff(app: Flask) -> None:
    """safety.md T10: half a moderator finishes, leaves, or does what the street may do."""
    own = {door.policy for door in doors(app) if door.opens_for("half a moderator")}
    street = {door.policy for door in doors(app) if door.opens_for("street")}
    assert own - street == {"prove second factor", "leave"}


def test_every_line_of_the_table_is_of_use(app: Flask) -> None:
    """No name in the table stands for a door that is gone; these stand for doors still to be built."""
    to_be_built = {"list offers", "see today", "review"}
    assert set(CAN) - {door.policy for door in doors(app)} <= to_be_built
