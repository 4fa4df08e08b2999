"""A phone with one kept connection and as little of its own as can be: what is measured is the server."""

import gzip
import json
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlsplit


class Visitor:
    """Somebody over HTTP, one request after another; signed in after `come`."""

    def __init__(self, url: str) -> None:
        self.line = HTTPConnection(urlsplit(url).netloc, timeout=60)
        self.headers = {"Origin": url, "Accept-Encoding": "gzip"}
        self.cookies: dict[str, str] = {}

    def come(self, card: str) -> "Visitor":
        status, body = self.ask("POST", "/api/v1/session", json.dumps({"invitation": card}))
        assert status == 201, body
        self.headers["X-CSRFToken"] = json.loads(body)["csrf_token"]
        return self

    def get(self, path: str) -> bytes:
        status, body = self.ask("GET", path)
        assert status == 200, (status, body[:200])
        return body

    def post(self, path: str) -> None:
        status, body = self.ask("POST", path)
        assert status == 201, (status, body[:200])

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        kept = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        kind = {"Content-Type": "application/json"} if body else {}
        self.line.request(method, path, body, {**self.headers, **kind, **kept})
        answer = self.line.getresponse()
        said = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip" and said and answer.status != 200:
            said = gzip.decompress(said)
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer.status, said
