"""A seeded server and people of every role walking about in it with phones."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext
from werkzeug.exceptions import HTTPException

from app import create_app
from app.accounts.invitation_rules import mint
from app.accounts.models import Holder, Invitation, Member, Moderator, ProviderAccount, Session
from app.accounts.session_rules import open_session
from app.db import clock, db, writing
from app.security import here_cookie_name
from app.settings import Settings
from tests.browsers import PHONE, Faults, Server
from tests.databases import KEYS, ROOT
from tests.quality.moments import MOMENTS, a_beginner, first_offers
from tests.quality.visits import STARTS, Visit, crawl

ROLES = tuple(MOMENTS)


class Town:
    """The seeded server, and a browser to look at it with."""

    def __init__(self, server: Server, chromium: Browser) -> None:
        self.server, self.chromium = server, chromium
        self.app = create_app(Settings.from_environ(server.environ))
        self.visits = cache(self._visits)
        self.cookies = cache(self._sign_in)
        self.offers = cache(self._offers)

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
        self._prove_anew()
        if faults is not None:
            faults.watch(context, self.server.url)
        yield context
        context.close()

    def cookie_header(self, role: str) -> str:
        return "; ".join(f"{kept['name']}={kept['value']}" for kept in self.cookies(role))

    def main_pages(self) -> dict[str, tuple[str, str]]:
        """The pages of the main job: name -> (role, path)."""
        booked = next(one.path for one in self.visits("member") if one.name == "booked")
        return {
            "front door": ("street", "/"),
            "browse": ("member", "/nearby"),
            "map": ("member", "/map"),
            "offer": ("member", self.offers()[3]),
            "booked": ("member", booked),
        }

    def _visits(self, role: str) -> list[Visit]:
        """What links lead to, then what had to happen first."""
        moments = MOMENTS[role](self)
        found: list[Visit] = []
        if role in STARTS:
            with self.walker(role, service_workers="block") as context:
                found = crawl(context, role, self.endpoint_of)
        return found + [Visit(role, name, path) for name, path in moments.items()]

    def _offers(self) -> list[str]:
        """Paths of offers that can be booked; the first is of the business that the demo signs in."""
        with self.app.app_context():
            return first_offers(4)

    def endpoint_of(self, path: str) -> str | None:
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(path)
        except HTTPException:
            return "nothing" if path == "/no-such-page" else None
        return str(endpoint)

    def _sign_in(self, role: str) -> list[dict[str, str]]:
        client = self.app.test_client()
        if role in {"member", "newcomer", "stopped"}:
            with self.app.app_context(), writing():
                token = mint(None, now=clock(), city="warsaw").token
            client.post("/api/v1/session", json={"invitation": token})
            if role == "stopped":
                self._stop_the_newest()
        elif role != "street":
            self._let_in(client, role)
        return [
            {"name": kept.key, "value": kept.decoded_value, "url": self.server.url}
            for kept in client._cookies.values()
        ]

    def _stop_the_newest(self) -> None:
        """Whoever came with the newest card is kept from booking."""
        with self.app.app_context(), writing() as session:
            card = session.scalar(sa.select(Invitation).order_by(Invitation.id.desc()))
            member = session.get_one(Member, card.member_id if card else 0)
            member.stopped_on, member.stopped_for = clock().date(), "visit:none"

    def _prove_anew(self) -> None:
        """A walk may begin long after the sign-in: staff have just proved the second step once more."""
        proved = sa.update(Session).where(Session.second_factor_at.is_not(None))
        with self.app.app_context(), writing():
            db.session.execute(proved.values(second_factor_at=clock()))

    def _let_in(self, client: FlaskClient, role: str) -> None:
        """Open a session as this role's own sign-in would."""
        with self.app.app_context(), writing():
            given = open_session(_holder(role), now=clock(), second_factor=role != "half")
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"], cookie.permanent = given.session, True, True
        with self.app.app_context():
            client.set_cookie(here_cookie_name(), given.here)


def _holder(role: str) -> Holder:
    """The demo's first business or moderator, or a business that has just begun."""
    if role == "beginner":
        return a_beginner()
    kind: type[ProviderAccount | Moderator] = ProviderAccount if role == "business" else Moderator
    holder = db.session.scalars(sa.select(kind).order_by(kind.id)).first()
    assert holder is not None, "the seed made nobody"
    return holder


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
