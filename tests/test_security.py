"""One security idea, one place, one test."""

import pytest

from app.access import CAN, may
from app.security import HEADERS


@pytest.fixture
def app(own_app):
    return own_app


@pytest.fixture
def client(app):
    @app.post("/written")
    @may("come in")
    def written():
        return "done"

    @app.get("/forgotten")
    def forgotten():
        return "nobody said who may read this"

    @app.get("/members")
    @may("book")
    def members():
        return "for members"

    return app.test_client()


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/forgotten", "/members"])
def test_pages_refusals_and_unknown_addresses_all_wear_the_headers(client, path):
    answer = client.get(path)

    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_nothing_inline_is_ever_allowed():
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert HEADERS["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_view_that_declares_nobody_is_closed_to_all(client):
    assert client.get("/forgotten").status_code == 403


def test_the_street_does_not_come_into_a_members_page(client):
    assert client.get("/members").status_code == 401


def test_a_name_outside_the_access_table_stops_the_start():
    with pytest.raises(KeyError):
        may("fly")


def test_the_access_table_fits_one_screen():
    assert len(CAN) <= 40


def test_a_write_without_a_token_is_refused(client):
    assert client.post("/written").status_code in {400, 403}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_write_from_another_site_is_refused(client, headers):
    assert client.post("/written", headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/", "/healthz", "/nearby", "/no-such-page", "/api/v1/offers"])
def test_another_host_name_is_not_answered(client, path):
    """Our static page and no address in it: whatever is built from that name would lead to its owner."""
    for method in (client.get, client.post):
        answer = method(path, headers={"Host": "evil.example"})
        assert answer.status_code == 400
        assert answer.mimetype == "text/html"
        assert "Pobach" in answer.text
        assert "evil" not in answer.text
        assert "href" not in answer.text
        assert set(HEADERS) <= set(answer.headers.keys())


def test_a_body_over_the_limit_is_413(client):
    assert client.post("/written", data={"text": "x" * 300_000}).status_code == 413


def test_a_forwarded_address_counts_for_nothing_without_a_proxy(app):
    @app.get("/address")
    @may("be probed")
    def address():
        from flask import request

        return request.remote_addr + request.scheme

    answer = app.test_client().get(
        "/address", headers={"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https"}
    )
    assert answer.text == "127.0.0.1http"
