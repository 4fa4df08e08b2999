"""A member's phone for the tests: one real Firefox, beside the server, a worker and a push service."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.accounts.models import Member
from app.db import clock, db, writing
from app.notifications.kinds import KINDS
from app.notifications.models import PushSubscription
from app.notifications.preference_rules import choose
from app.notifications.rules import Recipient, notify
from app.settings import Settings
from tests.bookings.cast import new_offer, new_provider, new_slot
from tests.browsers import Server, serve
from tests.cast import a_card
from tests.firefox import Firefox
from tests.push_service import PushService, running_push_service

T = TypeVar("T")
SPOKEN = {"intl.accept_languages": "be"}
QUICK = {"dom.push.retryBaseInterval": 200}  # milliseconds before it calls its push service again
SHOWN = "const there = await (await navigator.serviceWorker.ready).getNotifications();"


@dataclass
class Town:
    """The web server, a worker and a push service, each a process or a thread of its own."""

    server: Server
    app: Flask
    service: PushService


@contextmanager
def a_town(folder: Path, template: Path) -> Iterator[Town]:
    with (
        running_push_service() as service,
        serve(folder, template, POBACH_PUSH_HOSTS="127.0.0.1") as server,
        server.worker(),
    ):
        yield Town(server, create_app(Settings.from_environ(server.environ)), service)


class Phone:
    """A new member's phone: the browser, and a hand on the server's database."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.firefox = Firefox(folder, town.service.url, **SPOKEN, **QUICK)
        self.url, self.service, self.app = town.server.url, town.service, town.app
        self._loop = (
            asyncio.new_event_loop()
        )  # Chromium's driver has one of its own in the tests' thread
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def go(self, story: Coroutine[Any, Any, T]) -> T:
        """Live through a story, with nothing left over from the one before."""
        self.service.messages.clear()
        self.service.acks.clear()
        return asyncio.run_coroutine_threadsafe(story, self._loop).result(180)

    def put_away(self) -> None:
        self.go(self.firefox.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def come_in(self) -> None:
        """The card's page, a tap, and one is in: somebody new."""
        with self.app.app_context():
            before = set(db.session.scalars(sa.select(Member.id)))
        await self.firefox.open(f"{self.url}/card#{a_card(self.app)}")
        await self.firefox.until("return !!document.querySelector('form .btn')")
        await self.firefox.do("document.querySelector('form .btn').click()")
        await self.firefox.until("return !location.pathname.startsWith('/card') && document.cookie")
        with self.app.app_context():
            (member,) = db.session.scalars(sa.select(Member).where(Member.id.not_in(before)))
        self.member = Recipient(member.recipient, member.language)

    async def allow_push(self) -> None:
        """Our own question, the first of its three ways, by a tap."""
        await self.firefox.open(f"{self.url}/reminders?next=/inbox")
        await self.firefox.do("document.querySelector('button[value=push]').click()")
        await self.firefox.until("return location.search.includes('done=push')")

    def want_everything(self) -> None:
        """Also what is off unless somebody asks for it."""
        with self.app.app_context(), writing():
            choose(self.member.key, "nearby", push=True, email=False)

    def tell(self, kind: str, link: str = "/inbox", subject: str = "") -> str:
        """A deed elsewhere; the public id of its notice."""
        told = {"link": link, "values": KINDS[kind].example, "now": clock()}
        with self.app.app_context(), writing():
            return notify(self.member, kind, subject=subject or f"test:{kind}", **told).public_id

    def an_offer(self) -> int:
        """A haircut in two days; its number."""
        with self.app.app_context():
            offer = new_offer(new_provider())
            new_slot(offer, clock().replace(microsecond=0) + timedelta(days=2))
            return offer.id

    def addresses(self) -> list[bytes]:
        with self.app.app_context():
            mine = PushSubscription.recipient == self.member.key
            return list(db.session.scalars(sa.select(PushSubscription.endpoint_hash).where(mine)))

    async def until_acked(self, number: int) -> list[int]:
        await until(lambda: len(self.service.acks) >= number)
        return self.service.acks

    async def until_shown(self, number: int) -> list[dict[str, Any]]:
        await self.firefox.until(f"{SHOWN} return there.length === {number}")
        return await self.firefox.shown()

    async def clear_the_screen(self) -> None:
        await self.firefox.script(f"{SHOWN} there.forEach((one) => one.close())")
        await self.until_shown(0)


async def until(true: Callable[[], bool], seconds: float = 60) -> None:
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")
