"""A business's programs: the same rules as its pages, and nothing of anybody else's."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.db import db
from app.offers.models import Category, Offer, State
from tests.conftest import Clock
from tests.offers.desk import Desk, approve, introduced, sit_down, the_offer

HAIRCUT: dict[str, Any] = {
    "category": "hair",
    "languages": ["pl", "be"],
    "texts": [{"language": "en", "title": "Haircut", "description": "Wash and cut."}],
    "hours": [{"day": "mon", "opens": "10:00", "closes": "14:00"}],
}


class Program:
    """What a business's own program sends, with the token of its session."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def send(self, path: str, method: str = "POST", **body: Any) -> TestResponse:
        return self.desk.client.open(
            f"/api/v1/my/offers{path}",
            method=method,
            json=body,
            headers={"X-CSRFToken": self.desk.token},
        )

    def get(self, path: str = "") -> TestResponse:
        return self.desk.client.get(f"/api/v1/my/offers{path}")


@pytest.fixture
def program(desk: Desk) -> Program:
    return Program(desk)


def test_a_program_makes_an_offer_sends_it_and_it_is_published(
    app: Flask, program: Program
) -> None:
    made = program.send("", minutes=30, **HAIRCUT)
    assert made.status_code == 201
    assert made.json["standing"] == "draft"
    assert made.json["missing"] == []
    assert made.json["currency"] == "PLN", "that of the place"
    assert made.json["languages"] == ["be", "pl"]
    sent = program.send(f"/{made.json['id']}/submission")
    assert (sent.status_code, sent.json["standing"]) == (200, "checking")
    approve(app)
    assert program.get().json["items"][0]["standing"] == "visible"
    assert the_offer(app).minutes == 30


def test_what_is_read_can_be_sent_again(program: Program) -> None:
    made = program.send("", **HAIRCUT).json
    own = {"id", "standing", "note", "missing"}
    again = program.send("", **{name: made[name] for name in made if name not in own})
    assert again.status_code == 201, again.json
    assert {**again.json, "id": made["id"]} == made


def test_a_change_touches_what_is_named_and_nothing_else(app: Flask, program: Program) -> None:
    made = program.send("", **HAIRCUT).json
    changed = program.send(f"/{made['id']}", "PATCH", meets="Ewa", minutes=60)
    assert changed.status_code == 200
    assert changed.json == {**made, "meets": "Ewa", "minutes": 60}


def test_words_of_a_published_offer_wait_and_the_old_ones_stay(
    app: Flask, program: Program
) -> None:
    number = program.send("", **HAIRCUT).json["id"]
    program.send(f"/{number}/submission")
    approve(app)
    changed = program.send(f"/{number}", "PATCH", price_minor=500)
    assert changed.json["price_minor"] == 500
    offer = the_offer(app)
    assert (offer.price_minor, offer.state) == (0, State.APPROVED)
    assert offer.change is not None


def test_a_draft_without_hours_says_what_is_missing(program: Program) -> None:
    body = {name: value for name, value in HAIRCUT.items() if name != "hours"}
    made = program.send("", **body).json
    refused = program.send(f"/{made['id']}/submission")
    assert refused.status_code == 422
    assert refused.json["type"].endswith("/unfinished")
    assert refused.json["missing"] == made["missing"] == ["hours"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": "weapons"},
        {"price_minor": 99_999},
        {"texts": []},
        {"minutes": 3},
        {"hours": []},
        {"hours": [{"day": "mon", "opens": "14:00", "closes": "10:00"}]},
        {"hours": [{"day": "someday", "opens": "10:00", "closes": "12:00"}]},
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_with_the_field_named(
    app: Flask, program: Program, wrong: dict[str, Any]
) -> None:
    answer = program.send("", **HAIRCUT | wrong)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert set(wrong) <= set(answer.json["errors"].get("json", answer.json["errors"]))
    assert program.get().json["items"] == []


def test_no_column_can_be_set_from_outside(app: Flask, program: Program) -> None:
    """safety.md #4, ASVS 15.3.3: every column that is not a field of the body is refused, alone and by name."""
    number = program.send("", **HAIRCUT).json["id"]
    before = program.get(f"/{number}").json
    with app.app_context():
        columns = {column.key for column in db.inspect(Offer).columns} | {"provider", "location"}
    for name in columns - set(before) | {"id", "standing", "note", "missing"}:
        for path, method in (("", "POST"), (f"/{number}", "PATCH")):
            body = HAIRCUT if method == "POST" else {}
            answer = program.send(path, method, **body | {name: "approved"})
            assert answer.status_code == 422, (method, name)
    assert program.get().json["items"] == [before]


def test_another_business_finds_nothing_of_it(app: Flask, program: Program, clock: Clock) -> None:
    number = program.send("", **HAIRCUT).json["id"]
    other = Program(introduced(sit_down(app, "other@example.org")))
    for path, method in ((f"/{number}", "GET"), (f"/{number}", "PATCH")):
        foreign = other.send(path, method, meets="Me")
        unknown = other.send("/999999", method, meets="Me")
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.json == unknown.json
    assert other.send(f"/{number}/submission").status_code == 404
    assert other.get().json["items"] == []
    assert the_offer(app).meets == ""


def test_whoever_has_not_said_who_they_are_has_no_offers(app: Flask, clock: Clock) -> None:
    nobody = Program(sit_down(app))
    assert nobody.get().status_code == 404
    assert nobody.send("", **HAIRCUT).status_code == 404


def test_without_the_token_nothing_is_written(desk: Desk, program: Program) -> None:
    answer = desk.client.post("/api/v1/my/offers", json=HAIRCUT)
    assert answer.status_code == 403
    assert program.get().json["items"] == []


def test_the_description_names_the_doors(client: Any) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    assert set(paths["/api/v1/my/offers"]) == {"get", "post"}
    assert {"get", "patch"} <= set(paths["/api/v1/my/offers/{offer_id}"])
    assert Category.HAIR.name.lower() in str(paths) + str(
        client.get("/api/v1/openapi.json").json["components"]
    )
