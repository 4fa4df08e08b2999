"""A real Firefox: a tap, a booking's news, our sender, Firefox decrypts, shows, is clicked, and the page opens."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
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
from tests.browsers import serve
from tests.cast import a_card
from tests.databases import IN_CI
from tests.firefox import BINARY, Firefox
from tests.push_service import PushService, running_push_service

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not IN_CI and not shutil.which(BINARY), reason="Firefox is not installed"),
]
SHOWN = "const there = await (await navigator.serviceWorker.ready).getNotifications();"
SPOKEN = {"intl.accept_languages": "be"}


@dataclass
class Town:
    """The web server, a worker and a push service, each a process or a thread of its own."""

    url: str
    app: Flask
    service: PushService


class Phone:
    """A new member's phone beside the server: the browser, and a hand on the server's database."""

    def __init__(self, firefox: Firefox, town: Town) -> None:
        self.firefox, self.url, self.service, self.app = firefox, town.url, town.service, town.app
        self.service.messages.clear()
        self.service.acks.clear()

    async def come_in(self) -> None:
        """The card's page: a tap, and one is in."""
        with self.app.app_context():
            before = set(db.session.scalars(sa.select(Member.id)))
        await self.firefox.open(f"{self.url}/card#{a_card(self.app)}")
        await self.firefox.until("return !!document.querySelector('form .btn')")
        await self.firefox.script("document.querySelector('form .btn').click()", tap=True)
        await self.firefox.until("return !location.pathname.startsWith('/card') && document.cookie")
        with self.app.app_context():
            (member,) = db.session.scalars(sa.select(Member).where(Member.id.not_in(before)))
        self.member = Recipient(member.recipient, member.language)

    async def allow_push(self) -> None:
        """Our own question, the first of its three ways, by a tap."""
        await self.firefox.open(f"{self.url}/reminders?next=/notices")
        await self.firefox.script("document.querySelector('button[value=push]').click()", tap=True)
        await self.firefox.until("return location.search.includes('done=push')")

    def want_everything(self) -> None:
        """Also what is off unless somebody asks for it."""
        with self.app.app_context(), writing():
            choose(self.member.key, "nearby", push=True, email=False)

    def tell(self, kind: str, link: str = "/notices", subject: str = "") -> str:
        """A deed elsewhere; the public id of its notice."""
        values = KINDS[kind].example
        with self.app.app_context(), writing():
            made = notify(
                self.member,
                kind,
                subject=subject or f"test:{kind}",
                link=link,
                values=values,
                now=clock(),
            )
        return made.public_id

    def addresses(self) -> list[bytes]:
        with self.app.app_context():
            mine = PushSubscription.recipient == self.member.key
            return list(db.session.scalars(sa.select(PushSubscription.endpoint_hash).where(mine)))

    async def until_acked(self, number: int) -> list[int]:
        await until(lambda: len(self.service.acks) >= number)
        return self.service.acks

    async def until_shown(self, number: int) -> list[dict[str, Any]]:
        for _ in range(600):
            shown = await self.firefox.shown()
            if len(shown) == number:
                return shown
            await asyncio.sleep(0.05)
        raise AssertionError(shown)


async def until(true: Callable[[], bool], seconds: float = 60) -> None:
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    with (
        running_push_service() as service,
        serve(folder, sqlite_template, POBACH_PUSH_HOSTS="127.0.0.1") as server,
        server.worker(),
    ):
        yield Town(server.url, create_app(Settings.from_environ(server.environ)), service)


def on_a_phone(town: Town, folder: Path, story: Callable[[Phone], Awaitable[None]]) -> None:
    """A Firefox of its own; the member has come in and allowed push."""

    async def run() -> None:
        async with Firefox(folder / "profile", town.service.url, **SPOKEN) as firefox:
            phone = Phone(firefox, town)
            await phone.come_in()
            await phone.allow_push()
            await story(phone)

    with ThreadPoolExecutor(1) as aside:  # Chromium's driver has a loop of its own in this thread
        aside.submit(asyncio.run, run()).result()


def test_every_kind_is_received_decrypted_shown_and_leads_to_its_page(town, tmp_path):
    async def story(phone: Phone) -> None:
        phone.want_everything()
        for number, kind in enumerate(KINDS, start=1):
            phone.tell(kind, link=f"/notices?{kind}")
            assert set(await phone.until_acked(number)) == {100}
        shown = await phone.until_shown(len(KINDS))
        assert {news["title"] for news in shown} == {"Ёсць вестка"}
        assert {news["body"] for news in shown} == {""}
        await phone.firefox.open(f"{phone.url}/offers")
        await phone.firefox.click_notification()
        await phone.firefox.until("return location.pathname === '/notices'")
        assert {len(message.body) for message in phone.service.accepted()} == {614}

    on_a_phone(town, tmp_path, story)


def test_what_cannot_be_read_is_reported_and_the_next_message_arrives(town, tmp_path):
    async def story(phone: Phone) -> None:
        phone.tell("booking_confirmed")
        await phone.until_acked(1)
        (first,) = phone.service.accepted()
        async with aiohttp.ClientSession() as http:
            broken = {**first.headers, "Topic": "broken"}
            url = phone.service.url + first.path
            async with http.post(url, data=os.urandom(614), headers=broken) as answer:
                assert answer.status == 201
        assert await phone.until_acked(2) == [100, 101]
        phone.tell("booking_changed")
        assert await phone.until_acked(3) == [100, 101, 100]

    on_a_phone(town, tmp_path, story)


def test_news_of_one_thing_replaces_older_news_of_it_on_the_screen(town, tmp_path):
    async def story(phone: Phone) -> None:
        for number, kind in enumerate(("booking_confirmed", "booking_changed"), start=1):
            newest = phone.tell(kind, subject="booking:a")
            await phone.until_acked(number)
        await phone.firefox.until(
            f"{SHOWN} return there.some((n) => n.data.navigate.endsWith('/n/{newest}'))"
        )
        assert len(await phone.firefox.shown()) == 1

    on_a_phone(town, tmp_path, story)


def test_a_phone_that_was_away_gets_the_newest_of_each_thing_when_it_comes_back(town, tmp_path):
    async def story(phone: Phone) -> None:
        await phone.firefox.__aexit__()
        for kind in ("booking_confirmed", "booking_changed"):
            phone.tell(kind, subject="booking:a")
        phone.tell("slot_cancelled", subject="booking:b")
        await until(lambda: len(phone.service.accepted()) == 3)
        assert phone.service.stored() == 2
        await phone.firefox.__aenter__()
        assert await phone.until_acked(2) == [100, 100]

    on_a_phone(town, tmp_path, story)


def test_an_address_the_browser_has_changed_is_followed(town, tmp_path):
    async def story(phone: Phone) -> None:
        before = phone.addresses()
        await phone.firefox.__aexit__()
        phone.service.forget_browsers()
        await phone.firefox.__aenter__()
        await until(lambda: phone.addresses() != before)
        assert len(phone.addresses()) == 1
        phone.tell("booking_confirmed")
        assert await phone.until_acked(1) == [100]

    on_a_phone(town, tmp_path, story)


def test_who_signs_out_is_not_told_on_this_phone_any_more(town, tmp_path):
    async def story(phone: Phone) -> None:
        await phone.firefox.open(f"{phone.url}/settings")
        leave = "document.querySelector('form[data-silence]').requestSubmit()"
        await phone.firefox.script(leave, tap=True)
        await phone.firefox.until("return location.pathname === '/'")
        asked = "const r = await navigator.serviceWorker.ready; return !(await r.pushManager.getSubscription())"
        assert await phone.firefox.script(asked)
        assert phone.addresses() == []

    on_a_phone(town, tmp_path, story)
