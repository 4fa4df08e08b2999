"""Pages travel small, and their length tells nothing."""

import gzip

from app.compression import packed

ASK = {"Accept-Encoding": "gzip, br"}


def test_a_page_travels_in_a_fraction_of_its_bytes_and_says_the_same(client):
    plain = client.get("/help?lang=be")
    small = client.get("/help?lang=be", headers=ASK)

    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert len(small.data) < len(plain.data) / 2
    assert b"<h1>" in gzip.decompress(small.data)
    assert int(small.headers["Content-Length"]) == len(small.data)


def test_who_does_not_ask_gets_the_page_as_it_is(client):
    answer = client.get("/help")

    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_refusals_travel_small_too(client):
    answer = client.get("/no-such-page", headers=ASK)

    assert answer.status_code == 404
    assert b"<h1>" in gzip.decompress(answer.data)


def test_the_same_page_has_many_lengths():
    assert len({len(packed(b"a page with a code" * 100)) for _ in range(200)}) > 50
