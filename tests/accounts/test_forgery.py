"""Writes asked for by somebody else's page (safety.md #16, ASVS 3.5.x), and reads that must not write."""

import hashlib

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db
from tests.cast import a_member, token_on
from tests.conftest import Clock
from tests.test_access import Door, doors, people

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
# They bring their own proof, and answer only to our own site or to a program without a cookie.
PROVE_THEMSELVES = {"bring a card", "open session by api", "renew push"}
FROM_ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
]


def writes(app: Flask) -> list[Door]:
    return [door for door in doors(app) if door.method in WRITES]


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=str)
def test_no_write_of_any_kind_may_come_from_another_site(
    app: Flask, clock: Clock, headers: dict[str, str]
) -> None:
    """Even with the right token: a token may have leaked, the browser's own word has not."""
    member = a_member(app)
    headers = {**headers, "X-CSRFToken": token_on(member, "/settings")}
    got = {
        door.name: member.open(door.path, method=door.method, headers=headers).status_code
        for door in writes(app)
    }
    assert {name for name, status in got.items() if status != 403} == set()


def test_no_write_is_done_without_a_token(app: Flask, clock: Clock) -> None:
    member = a_member(app)
    for door in writes(app):
        got = member.open(door.path, method=door.method).status_code
        assert got == 403, (door.name, got)


def test_the_token_of_another_browser_is_none(app: Flask, clock: Clock) -> None:
    member, stranger = a_member(app), app.test_client()
    token = token_on(stranger, "/settings")
    answer = member.post("/settings/size", data={"csrf_token": token, "size": "3"})
    assert answer.status_code == 403
    assert "data-focus" in answer.text


def test_looking_around_changes_nothing(app: Flask, clock: Clock) -> None:
    """Every page, by every role: the database is the same afterwards, to the last byte of every row."""
    browsers = people(app)
    before = everything(app)
    for browser in browsers.values():
        for door in doors(app):
            if door.method == "GET":
                browser.get(door.path)
    assert everything(app) == before


def everything(app: Flask) -> str:
    seen = hashlib.sha256()
    with app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(sa.select(table).order_by(*table.primary_key)):
                seen.update(f"{table.name}|{tuple(row)!r}\n".encode())
    return seen.hexdigest()
