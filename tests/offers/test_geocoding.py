"""Addresses become points by the operator's geocoder; without one, or when it is silent, by hand."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.db import writing
from app.offers import geocoding
from app.offers.geocoding import GeocoderSilent, Suggestion, suggest

NOMINATIM = [
    {
        "place_id": 1,
        "lat": "52.2401",
        "lon": "21.0205",
        "display_name": "7, Lipowa, Powiśle, Warszawa, 00-316, Polska",
        "address": {
            "house_number": "7",
            "road": "Lipowa",
            "city": "Warszawa",
            "postcode": "00-316",
            "country_code": "pl",
        },
    }
]
PHOTON = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [21.0205, 52.2401]},
            "properties": {
                "street": "Lipowa",
                "housenumber": "7",
                "city": "Warszawa",
                "postcode": "00-316",
                "countrycode": "PL",
                "country": "Polska",
                "name": "Lipowa 7",
            },
        }
    ],
}


@contextmanager
def speaking(body: object, status: int = 200, wait: threading.Event | None = None) -> Iterator[Any]:
    """A small geocoder on loopback; `asked` holds the query strings it was sent."""
    asked: list[dict[str, list[str]]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(parse_qs(urlsplit(self.path).query))
            if wait:
                wait.wait(10)
            said = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(HTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # the other side hung up, as it should

    server = Quiet(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", asked
    finally:
        if wait:
            wait.set()
        server.shutdown()
        server.server_close()
        thread.join()


LIPOWA = ("Lipowa 7", "Warszawa", "00-316", "PL", 52.2401, 21.0205)


def told(one: Suggestion) -> tuple[object, ...]:
    return (
        one.address.replace("Lipowa 7", "Lipowa 7"),
        one.city,
        one.postal_code,
        one.country,
        one.lat,
        one.lon,
    )


@pytest.mark.parametrize(("kind", "body"), [("nominatim", NOMINATIM), ("photon", PHOTON)])
def test_an_address_becomes_a_point(context: Flask, kind: str, body: object) -> None:
    with speaking(body) as (domain, asked):
        found = suggest("ul. Lipowa 7", "Warszawa", geocoder=f"{kind}:{domain}")
    assert [told(one) for one in found] == [LIPOWA]
    assert asked[0]["q"] == ["ul. Lipowa 7, Warszawa"]


@pytest.mark.parametrize("setting", ["", "none", "nominatim", "unheard-of:127.0.0.1:1"])
def test_without_a_geocoder_nothing_is_suggested(context: Flask, setting: str) -> None:
    assert suggest("ul. Lipowa 7", "Warszawa", geocoder=setting) == []


def test_an_address_nobody_knows_has_no_points(context: Flask) -> None:
    with speaking([]) as (domain, _):
        assert suggest("Nowhere 1", "Warszawa", geocoder=f"nominatim:{domain}") == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (NOMINATIM, 429),
        (NOMINATIM, 403),
        (NOMINATIM, 503),
        (b"<html>", 200),
        ([{"lat": "123", "lon": "21", "display_name": "off the earth"}], 200),
        ([{"display_name": "nothing said"}], 200),
    ],
)
def test_a_refusal_or_nonsense_is_said_kindly(context: Flask, body: object, status: int) -> None:
    with speaking(body, status) as (domain, _), pytest.raises(GeocoderSilent):
        suggest("ul. Lipowa 7", "Warszawa", geocoder=f"nominatim:{domain}")


def test_a_geocoder_that_hangs_is_not_waited_for(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geocoding, "TIMEOUT_S", 0.2)
    with speaking(NOMINATIM, wait=threading.Event()) as (domain, _), pytest.raises(GeocoderSilent):
        suggest("ul. Lipowa 7", "Warszawa", geocoder=f"nominatim:{domain}")


def test_a_geocoder_that_is_not_there_is_said_kindly(context: Flask) -> None:
    with pytest.raises(GeocoderSilent):
        suggest("ul. Lipowa 7", "Warszawa", geocoder="photon:127.0.0.1:9")


def test_nobody_waits_for_the_write_while_it_is_asked(context: Flask) -> None:
    with writing(), pytest.raises(RuntimeError):
        suggest("ul. Lipowa 7", "Warszawa", geocoder="none")
