"""Bookings for programs: the shapes and refusals of interchange.md."""

import pytest

from app.accounts.models import ProviderAccount
from app.db import db
from tests.bookings.cast import DAY, HOUR, MINUTE, NOW


class Program:
    """A client that sends JSON with its session's token, as `POST /session` hands it out."""

    def __init__(self, browser):
        self.client = browser.client
        page = browser.get("/settings").text
        self.headers = {"X-CSRFToken": page.split('name="csrf_token" value="')[1].split('"')[0]}

    def get(self, path):
        return self.client.get("/api/v1" + path)

    def post(self, path, json=None, **headers):
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post("/api/v1" + path, json=json, headers={**self.headers, **given})


@pytest.fixture
def nina(online):
    return Program(online("nina"))


@pytest.fixture
def lev(online):
    return Program(online("lev"))


def test_free_times_of_an_offer(nina, stage):
    answer = nina.get(f"/offers/{stage.offer}/slots")

    assert answer.status_code == 200
    assert answer.json["next"] is None
    assert answer.json["items"][0] == {
        "id": str(stage.slots[0]),
        "offer": str(stage.offer),
        "starts_at": "2026-11-24T15:30:00Z",
        "ends_at": "2026-11-24T16:15:00Z",
        "seats_left": 1,
    }
    assert nina.get("/offers/999999/slots").status_code == 404


def test_a_booking_and_its_shape(nina, stage):
    answer = nina.post(f"/slots/{stage.slots[0]}/booking")

    assert answer.status_code == 201
    assert set(answer.json) == {
        "id", "code", "alias", "state", "slot", "offer", "cancelled_by", "undo_until",
    }  # fmt: skip
    assert answer.json["state"] == "confirmed"
    assert answer.json["slot"]["seats_left"] == 0
    assert answer.json["offer"]["title"] == "Haircut"
    assert [b["id"] for b in nina.get("/bookings").json["items"]] == [answer.json["id"]]


def test_the_same_key_gives_the_same_answer_again(nina, stage):
    first = nina.post(f"/slots/{stage.slots[0]}/booking", Idempotency_Key="k1")
    again = nina.post(f"/slots/{stage.slots[0]}/booking", Idempotency_Key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json


def test_a_taken_time_is_a_problem_with_the_next_free_ones(nina, lev, stage):
    nina.post(f"/slots/{stage.slots[0]}/booking")

    answer = lev.post(f"/slots/{stage.slots[0]}/booking")

    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"].endswith("/slot-taken")
    assert [free["id"] for free in answer.json["next_free"]] == [str(s) for s in stage.slots[1:]]


@pytest.mark.parametrize(
    ("slot", "ending"), [("slots.1", "/fair-share"), ("tooth", "/overlap")], ids=["week", "overlap"]
)
def test_the_other_refusals(nina, stage, slot, ending):
    nina.post(f"/slots/{stage.slots[0]}/booking")
    wanted = stage.slots[1] if slot == "slots.1" else stage.tooth

    answer = nina.post(f"/slots/{wanted}/booking")

    assert answer.status_code == 409
    assert answer.json["type"].endswith(ending)
    assert isinstance(answer.json["next_free"], list)


def test_too_late(nina, stage, clock):
    clock.set(NOW + DAY + 4 * HOUR + 31 * MINUTE)

    answer = nina.post(f"/slots/{stage.slots[0]}/booking")

    assert answer.status_code == 409
    assert answer.json["type"].endswith("/too-late")
    assert answer.json["next_free"][0]["id"] == str(stage.slots[1])


def test_cancel_take_back_and_move(nina, stage):
    booking = nina.post(f"/slots/{stage.slots[0]}/booking").json

    cancelled = nina.post(f"/bookings/{booking['id']}/cancellation")
    assert (cancelled.status_code, cancelled.json["state"]) == (200, "cancelled")
    assert cancelled.json["undo_until"] == "2026-11-23T09:10:00Z"
    assert nina.post(f"/bookings/{booking['id']}/return").json["state"] == "confirmed"

    moved = nina.post(f"/bookings/{booking['id']}/move", json={"slot": str(stage.slots[1])})
    assert moved.json["slot"]["id"] == str(stage.slots[1])
    assert moved.json["code"] == booking["code"]


@pytest.mark.parametrize("slot", ["0", "x", "-4", "9" * 25, "1.5", ""])
def test_odd_times_are_refused_without_a_fault(nina, stage, slot):
    booking = nina.post(f"/slots/{stage.slots[0]}/booking").json

    assert nina.post(f"/bookings/{booking['id']}/move", json={"slot": slot}).status_code == 422


@pytest.mark.parametrize("slot", ["999999", "9" * 40])
def test_an_unknown_time_is_not_there(nina, slot):
    assert nina.post(f"/slots/{slot}/booking").status_code == 404


def test_somebody_elses_booking_answers_as_none_does(nina, lev, stage):
    booking = nina.post(f"/slots/{stage.slots[0]}/booking").json
    path = f"/bookings/{booking['id']}"

    for deed, body in (("cancellation", None), ("return", None), ("move", {"slot": "1"})):
        theirs = lev.post(f"{path}/{deed}", json=body)
        nobodys = lev.post(f"/bookings/unknown/{deed}", json=body)
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.json == nobodys.json


def test_without_the_token_nothing_is_written(nina, stage):
    nina.headers = {}

    assert nina.post(f"/slots/{stage.slots[0]}/booking").status_code in (400, 403)
    assert nina.get("/bookings").json["items"] == []


def test_a_business_sees_its_visits_and_no_member(enter, nina, stage):
    nina.post(f"/slots/{stage.slots[0]}/booking")
    studio = Program(enter(lambda: db.session.get(ProviderAccount, stage.account)))

    answer = studio.get("/my/bookings")

    assert [b["state"] for b in answer.json["items"]] == ["confirmed"]
    assert str(stage.nina) not in answer.text
    assert studio.get("/bookings").status_code == 403
    assert nina.get("/my/bookings").status_code == 403


def test_a_business_sees_no_visit_to_another(enter, nina, stage):
    nina.post(f"/slots/{stage.tooth}/booking")
    studio = Program(enter(lambda: db.session.get(ProviderAccount, stage.account)))

    assert studio.get("/my/bookings").json == {"items": [], "next": None}
