"""A seeded server and people of every role walking about in it with phones."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.exceptions import HTTPException

from app import create_app
from app.accounts.invitation_rules import mint
from app.accounts.models import Moderator, ProviderAccount
from app.accounts.session_rules import open_session
from app.db import clock, db, writing
from app.offers.models import Offer
from app.security import here_cookie_name
from app.settings import Settings
from tests.browsers import PHONE, Faults, Server
from tests.databases import KEYS, ROOT
from tests.quality.visits import Visit, crawl

ROLES = ("street", "member", "business", "moderator")


class Town:
    """The seeded server, and a browser to look at it with."""

    def __init__(self, server: Server, chromium: Browser) -> None:
        self.server, self.chromium = server, chromium
        self.app = create_app(Settings.from_environ(server.environ))
        self.visits = cache(self._visits)
        self.cookies = cache(self._sign_in)

    @classmethod
    def seeded(cls, server: Server, chromium: Browser) -> "Town":
        server.flask("seed")
        return cls(server, chromium)

    @contextmanager
    def walker(
        self, role: str, faults: Faults | None = None, **more: object
    ) -> Iterator[BrowserContext]:
        """A phone signed in as `role`."""
        options = {
            "viewport": PHONE,
            "is_mobile": True,
            "has_touch": True,
            "locale": "be-BY",
        } | more
        context = self.chromium.new_context(base_url=self.server.url, **options)
        context.add_cookies(self.cookies(role))
        if faults is not None:
            faults.watch(context, self.server.url)
        yield context
        context.close()

    def cookie_header(self, role: str) -> str:
        return "; ".join(f"{kept['name']}={kept['value']}" for kept in self.cookies(role))

    def main_pages(self) -> dict[str, tuple[str, str]]:
        """The pages of the main job: name -> (role, path)."""
        paths = [visit.path for visit in self.visits("member")]
        offer = next(path for path in paths if re.fullmatch(r"/offers/\d+", path))
        booked = next(path for path in paths if re.fullmatch(r"/bookings/[\w-]+", path))
        return {
            "front door": ("street", "/"),
            "browse": ("member", "/nearby"),
            "offer": ("member", offer),
            "booked": ("member", booked),
        }

    def _visits(self, role: str) -> list[Visit]:
        if role in {"member", "business"}:
            with self.walker("member") as context:
                book_a_visit(context.new_page(), self._first_offer())
        with self.walker(role, service_workers="block") as context:
            return crawl(context, role, self._endpoint_of)

    def _first_offer(self) -> str:
        """Of the business that the demo signs in."""
        with self.app.app_context():
            return f"/offers/{db.session.scalar(sa.select(sa.func.min(Offer.id)))}"

    def _endpoint_of(self, path: str) -> str | None:
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(path)
        except HTTPException:
            return "nothing" if path == "/no-such-page" else None
        return str(endpoint)

    def _sign_in(self, role: str) -> list[dict[str, str]]:
        client = self.app.test_client()
        if role == "member":
            with self.app.app_context(), writing():
                token = mint(None, now=clock(), city="warsaw").token
            client.post("/api/v1/session", json={"invitation": token})
        elif role != "street":
            _let_in(self.app, client, ProviderAccount if role == "business" else Moderator)
        return [
            {"name": kept.key, "value": kept.decoded_value, "url": self.server.url}
            for kept in client._cookies.values()
        ]


def book_a_visit(page: Page, offer: str) -> None:
    """From the offer to the ticket."""
    page.goto(offer)
    page.locator(".slot").first.click()
    page.locator(".bar .btn").click()
    page.locator(".ticket .num").wait_for()


def _let_in(app: Flask, client: FlaskClient, kind: type[ProviderAccount | Moderator]) -> None:
    """Open the session of the demo's first business or moderator as its own sign-in would."""
    with app.app_context(), writing():
        holder = db.session.scalars(sa.select(kind).order_by(kind.id)).first()
        assert holder is not None, "the seed made nobody"
        given = open_session(holder, now=clock(), second_factor=True)
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"], cookie.permanent = given.session, True, True
    with app.app_context():
        client.set_cookie(here_cookie_name(), given.here)


def a_migrated_file(folder: Path) -> Path:
    """An empty database at the newest migration, for a run outside the tests' own stage."""
    file = folder / "template.db"
    environ = {
        **os.environ,
        **KEYS,
        "POBACH_DATA_DIR": str(folder),
        "POBACH_DATABASE_URL": f"sqlite:///{file}",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True)
    return file
