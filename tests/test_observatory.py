"""Everything the site answers, scored by the table of the MDN HTTP Observatory (src/grader/charts.js): 130 or more."""

import re
from http.cookies import SimpleCookie

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.invitation_rules import mint
from app.db import clock, writing
from tests.databases import KEYS
from tests.test_settings import PRODUCTION

BASE = "https://pobach.example"
HALF_A_YEAR = 15_768_000


@pytest.fixture
def environ() -> dict[str, str]:
    return {**PRODUCTION, **KEYS, "POBACH_VAPID_PRIVATE_KEY": "A" * 42 + "E"}


@pytest.fixture
def street(app) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def member(app) -> FlaskClient:
    with app.app_context(), writing():
        token = mint(None, now=clock(), city="warsaw").token
    client = app.test_client()
    let_in = client.post("/api/v1/session", json={"invitation": token}, base_url=BASE)
    assert let_in.status_code == 201
    return client


def score(answer: TestResponse) -> int:
    """100, minus what is missing; extra credit only from 90 upwards, as the table's own grader does."""
    marks = [_csp(answer), _cookies(answer), _hsts(answer), *_single_headers(answer)]
    lost = 100 + sum(mark for mark in marks if mark < 0)
    return lost + sum(mark for mark in marks if mark > 0) * (lost >= 90)


def _csp(answer: TestResponse) -> int:
    told = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers.get("Content-Security-Policy", "").split(";")
    )
    if not told.get("default-src"):
        return -25
    if re.search(r"unsafe|data:|https?:|\*", str(told)):
        return -20
    best = told["default-src"] == "'none'" and told.get("form-action") in {"'self'", "'none'"}
    return 10 if best else 5


def _cookies(answer: TestResponse) -> int:
    kept = [
        cookie
        for line in answer.headers.getlist("Set-Cookie")
        for cookie in SimpleCookie(line).values()
    ]
    if not all(cookie["secure"] for cookie in kept):
        return -40
    if not all(cookie["httponly"] for cookie in kept if cookie.key == "__Host-s"):
        return -30
    return 5 * bool(kept) if all(cookie["samesite"] in {"Lax", "Strict"} for cookie in kept) else 0


def _hsts(answer: TestResponse) -> int:
    found = re.match(r"max-age=(\d+)", answer.headers.get("Strict-Transport-Security", ""))
    if not found:
        return -20
    return 0 if int(found[1]) >= HALF_A_YEAR else -10


def _single_headers(answer: TestResponse) -> list[int]:
    headers = answer.headers
    framed = "frame-ancestors 'none'" in headers.get("Content-Security-Policy", "")
    return [
        0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
        5 if framed else 0 if headers.get("X-Frame-Options") in {"DENY", "SAMEORIGIN"} else -20,
        5 if headers.get("Referrer-Policy") in {"no-referrer", "same-origin"} else -5,
        10 if headers.get("Cross-Origin-Resource-Policy") == "same-origin" else 0,
        0 if "Access-Control-Allow-Origin" not in headers else -50,
    ]


def addresses(app) -> list[str]:
    """Every address with a GET, filled in with something that is not there; every static file; a few refusals."""
    pages = {
        re.sub(r"<[^>]*>", "1", rule.rule)
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and rule.endpoint != "static"
    }
    files = {f"/static/{name}" for name in app.extensions["asset_names"].values()}
    return sorted(pages | files | {"/nowhere", "/static/nowhere.css", "/static/css/../../wsgi.py"})


@pytest.mark.parametrize("who", ["street", "member"])
def test_everything_we_answer_scores_130_or_more(app, who, request) -> None:
    client: FlaskClient = request.getfixturevalue(who)
    marks = {path: score(client.get(path, base_url=BASE)) for path in addresses(app)}

    assert len(marks) > 60
    assert {path: mark for path, mark in marks.items() if mark < 130} == {}


def test_what_is_refused_scores_as_much(app, street) -> None:
    refused = [
        street.post("/sign-in", base_url=BASE),
        street.post("/sign-in", base_url=BASE, data={"text": "x" * 300_000}),
        street.put("/", base_url=BASE),
        street.get("/", base_url="https://evil.example"),
    ]

    assert [answer.status_code for answer in refused] == [403, 413, 405, 400]
    assert [score(answer) for answer in refused if score(answer) < 130] == []


def test_the_table_notices_what_is_missing(app, street) -> None:
    answer = street.get("/", base_url=BASE)
    whole = score(answer)
    for name in ("Content-Security-Policy", "Strict-Transport-Security", "Referrer-Policy"):
        poorer = street.get("/", base_url=BASE)
        del poorer.headers[name]
        assert score(poorer) < min(whole, 130)
